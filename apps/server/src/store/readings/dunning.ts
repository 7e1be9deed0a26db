import type { CutOffBatchReading, CutOffMemberReading, DunningPolicyReading, ReadingStore } from '../../flows/readings/ports.ts'
import type { Sql } from '../transaction.ts'
import { after, first, where } from './page.ts'

type Verbs = 'dunningPolicies' | 'dunningPolicy' | 'cutOffBatches' | 'cutOffBatch' | 'cutOffMembers'

export function dunningReadings(sql: Sql): Pick<ReadingStore, Verbs> {
  const policies = sql`
    select id, branch_id as "branchId", segment, plan_id as "planId", steps, created_at as "createdAt", updated_at as "updatedAt"
    from dunning_policies where removed_at is null`
  const batches = sql`
    select b.id, b.status, b.opened_on as "openedOn", b.refreshed_on as "refreshedOn", b.decided_at as "decidedAt", b.decided_by as "decidedBy", b.reason,
           b.created_at as "createdAt", m.listed, m."takenOut", m."cutOff", m.spared, m.debts
    from cut_off_batches b
    cross join lateral (
      select count(*) filter (where status = 'listed')::int as listed, count(*) filter (where status = 'taken_out')::int as "takenOut",
             count(*) filter (where status = 'cut_off')::int as "cutOff", count(*) filter (where status = 'spared')::int as spared,
             (select coalesce(json_agg(json_build_object('currency', d.currency, 'amountMinor', d.minor) order by d.currency), '[]') from (
                select o.currency, sum(o.debt_minor)::text as minor
                  from (select s.currency, max(t.debt_minor) as debt_minor
                          from cut_off_members t join services v on v.id = t.service_id join subscriptions p on p.id = v.subscription_id join subscribers s on s.id = p.payer_id
                         where t.batch_id = b.id and t.status in ('listed', 'cut_off') group by s.id, s.currency) o group by o.currency) d) as debts
        from cut_off_members where batch_id = b.id) m`
  const members = sql`
    select m.service_id as "serviceId", v.username, m.subscriber_id as "subscriberId", s.name as "subscriberName", s.account_number as "accountNumber",
           m.debt_minor as "debtMinor", s.currency, m.days_overdue as "daysOverdue", m.status, m.reason
    from cut_off_members m
    join services v on v.organisation_id = m.organisation_id and v.id = m.service_id
    join subscribers s on s.organisation_id = m.organisation_id and s.id = m.subscriber_id`
  return {
    dunningPolicies: (page) => sql<DunningPolicyReading[]>`${policies} ${after(sql, page)}`,
    dunningPolicy: async (id) => first(await sql<DunningPolicyReading[]>`${policies} and id = ${id}`),
    cutOffBatches: ({ status, ...page }) => sql<CutOffBatchReading[]>`
      ${batches} where true ${where(sql, status, (word) => sql`b.status = ${word}`)} ${after(sql, page, sql`b.id`)}`,
    cutOffBatch: async (id) => first(await sql<CutOffBatchReading[]>`${batches} where b.id = ${id}`),
    cutOffMembers: (id, page) => sql<CutOffMemberReading[]>`${members} where m.batch_id = ${id} ${after(sql, page, sql`m.service_id`)}`,
  }
}
