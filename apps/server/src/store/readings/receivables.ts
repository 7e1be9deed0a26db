import type { ExtensionReading, InstalmentPlanReading, ReadingStore } from '../../flows/readings/ports.ts'
import type { Sql } from '../transaction.ts'
import { after, first, where } from './page.ts'

type Verbs = 'extensions' | 'extension' | 'instalmentPlans' | 'instalmentPlan'

export function receivableReadings(sql: Sql): Pick<ReadingStore, Verbs> {
  const extensions = sql`
    select e.id, e.subscriber_id as "subscriberId", s.name as "subscriberName", s.account_number as "accountNumber", e.until, e.reason, e.status, e.note,
           e.requested_by as "requestedBy", e.requested_at as "requestedAt", e.answered_by as "answeredBy", e.answered_at as "answeredAt", e.ended_at as "endedAt"
      from extensions e join subscribers s on s.id = e.subscriber_id`
  const plans = sql`
    select p.id, p.subscriber_id as "subscriberId", s.name as "subscriberName", s.account_number as "accountNumber", p.status, p.currency,
           p.total_minor as "totalMinor", p.grace_days as "graceDays", p.started_on as "startedOn", p.ended_on as "endedOn", p.created_by as "createdBy",
           p.created_at as "createdAt", p.ended_at as "endedAt",
           (select json_agg(json_build_object('dueOn', n.due_on, 'amountMinor', n.amount_minor::text) order by n.position) from instalments n where n.plan_id = p.id) as instalments,
           (select json_agg(json_build_object('invoiceId', i.id, 'number', i.number, 'openMinor', x.open_minor::text,
                     'stillOpenMinor', (case when i.status = 'open' then i.total_minor - i.allocated_minor else 0 end)::text) order by i.due_on, i.id)
              from instalment_plan_invoices x join invoices i on i.id = x.invoice_id where x.plan_id = p.id) as invoices
      from instalment_plans p join subscribers s on s.id = p.subscriber_id`

  return {
    extensions: ({ status, subscriberId, ...page }) => sql<ExtensionReading[]>`
      ${extensions} where true ${where(sql, status, (word) => sql`e.status = ${word}`)} ${where(sql, subscriberId, (id) => sql`e.subscriber_id = ${id}`)}
      ${after(sql, page, sql`e.id`)}`,
    extension: async (id) => first(await sql<ExtensionReading[]>`${extensions} where e.id = ${id}`),
    instalmentPlans: ({ status, subscriberId, ...page }) => sql<InstalmentPlanReading[]>`
      ${plans} where true ${where(sql, status, (word) => sql`p.status = ${word}`)} ${where(sql, subscriberId, (id) => sql`p.subscriber_id = ${id}`)}
      ${after(sql, page, sql`p.id`)}`,
    instalmentPlan: async (id) => first(await sql<InstalmentPlanReading[]>`${plans} where p.id = ${id}`),
  }
}
