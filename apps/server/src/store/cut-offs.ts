import type { CutOffBatchId } from '@nyuzi/core'
import type { CutOffBatchStatus, CutOffMember, CutOffStore } from '../flows/dunning/ports.ts'
import { inScope, type Scope } from './scope.ts'
import type { Sql } from './transaction.ts'

export const cutOffStore = (sql: Sql, scope?: Scope): CutOffStore => {
  /** What a batch of the same day left on stays on until tomorrow; what is approved waits for its turn. */
  const waits = (today: string) => sql`
    a.wanted_reason = 'awaiting_approval' ${inScope(sql, scope, sql`a.subscriber_id`)} and not exists (
      select from cut_off_members m join cut_off_batches b on b.id = m.batch_id where m.service_id = a.service_id and (b.decided_on >= ${today} or (b.status = 'approved' and m.status = 'listed')))`
  return {
    async open(id, today, at) {
      await sql`
        insert into cut_off_batches (organisation_id, id, opened_on, refreshed_on, created_at)
        select nyuzi_organisation(), ${id}, ${today}, ${today}, ${at}
         where exists (select from access_states a where ${waits(today)})
        on conflict do nothing`
    },

    async lockOpen() {
      const [row] = await sql<{ id: CutOffBatchId }[]>`select id from cut_off_batches where status = 'open' for update`
      return row?.id
    },

    async lock(id) {
      const [row] = await sql<{ status: CutOffBatchStatus }[]>`select status from cut_off_batches where id = ${id} for update`
      return row
    },

    async list(id, today) {
      await sql`update cut_off_batches set refreshed_on = ${today} where id = ${id} and refreshed_on <> ${today}`
      await sql`
        insert into cut_off_members as m (organisation_id, batch_id, service_id, subscriber_id, debt_minor, days_overdue)
        select nyuzi_organisation(), ${id}, a.service_id, a.subscriber_id, coalesce(d.debt_minor, 0), coalesce(${today}::date - d.oldest, 0)
          from access_states a
          join services v on v.id = a.service_id
          join subscriptions s on s.id = v.subscription_id
          cross join lateral (
            select sum(i.total_minor - i.allocated_minor)::bigint as debt_minor, min(i.due_on) as oldest
              from invoices i where i.subscriber_id in (a.subscriber_id, s.payer_id) and i.status = 'open' and i.due_on < ${today}) d
         where ${waits(today)}
        on conflict (organisation_id, batch_id, service_id) do update set
               debt_minor = excluded.debt_minor, days_overdue = excluded.days_overdue, status = 'listed', reason = null
         where m.status <> 'taken_out' and (m.debt_minor, m.days_overdue, m.status) is distinct from (excluded.debt_minor, excluded.days_overdue, 'listed')`
    },

    async settle(id) {
      await sql`
        update cut_off_members m set
               status = case when a.wanted_reason = 'overdue' then 'cut_off' else 'spared' end,
               reason = case when a.wanted_reason = 'overdue' then null else a.wanted_reason end
          from access_states a
         where m.batch_id = ${id} and m.status = 'listed' and a.service_id = m.service_id and a.wanted_reason <> 'awaiting_approval' ${inScope(sql, scope, sql`m.subscriber_id`)}`
      const [row] = await sql<{ left: number }[]>`
        select count(*)::int as left from cut_off_members where batch_id = ${id} and status = 'listed'`
      return row?.left ?? 0
    },

    async takeOut(id, serviceIds, reason) {
      const rows = await sql`
        update cut_off_members set status = 'taken_out', reason = ${reason}
         where batch_id = ${id} and service_id = any(${[...serviceIds]}::uuid[]) and status = 'listed' returning 1`
      return rows.length === serviceIds.length
    },

    async decide(id, { status, on, at, by, reason }) {
      await sql`
        update cut_off_batches set status = ${status}, decided_on = ${on}, decided_at = ${at}, decided_by = ${by ?? null}, reason = ${reason ?? null} where id = ${id}`
    },

    async approvedMembers(limit) {
      const rows = await sql<(CutOffMember & { readonly batchId: CutOffBatchId })[]>`
        select m.batch_id as "batchId", m.service_id as "serviceId", m.subscriber_id as "subscriberId"
          from cut_off_members m join cut_off_batches b on b.id = m.batch_id
         where b.status = 'approved' and m.status = 'listed' ${inScope(sql, scope, sql`m.subscriber_id`)}
         order by m.batch_id, m.service_id limit ${limit}`
      const batchId = rows[0]?.batchId
      return batchId && { batchId, members: rows.filter((row) => row.batchId === batchId) }
    },
  }
}
