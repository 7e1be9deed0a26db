import type { SubscriberId } from '@nyuzi/core'
import type { LateFeeStore, LateInvoice, LateQuery } from '../flows/receivables/ports.ts'
import { fromRows } from './mapping.ts'
import { inScope, type Scope } from './scope.ts'
import { rowsOf, type Sql } from './transaction.ts'

export const lateFeeStore = (sql: Sql, scope?: Scope): LateFeeStore => {
  // Leaves out what surely bears none today, so that a run reads the fees that fell and not every debt there is.
  const late = ({ day, policy: { from, graceDays, repeatEveryDays, countMax } }: LateQuery) => sql`
    from invoices i
    left join lateral (select count(*)::int as charged, max(f.falls_on) as last_on from late_fees f where f.invoice_id = i.id) f on true
   where i.status = 'open' and i.kind = 'invoice' and i.due_on between ${from} and ${day}::date - ${graceDays + 1}::int and f.charged < ${countMax}
     and (f.charged = 0 or f.last_on <= ${repeatEveryDays === undefined ? null : sql`${day}::date - ${repeatEveryDays}::int`})`
  return {
    async latePayers(query, after, limit) {
      const rows = await sql`
        select distinct i.subscriber_id ${late(query)} ${after === undefined ? sql`` : sql`and i.subscriber_id > ${after}`} ${inScope(sql, scope, sql`i.subscriber_id`)} order by 1 limit ${limit}`
      return rows.map((row) => row.subscriber_id as SubscriberId)
    },

    async lateInvoices(query, subscriberIds) {
      if (subscriberIds.length === 0) return []
      return fromRows<LateInvoice>(
        await sql`
          select i.id as "invoiceId", i.subscriber_id as "subscriberId", i.number, i.currency, i.due_on as "dueOn", i.total_minor - i.allocated_minor as "openMinor",
                 f.charged as "feesCharged" ${late(query)} and i.subscriber_id = any(${[...subscriberIds]}::uuid[]) order by i.due_on, i.id`,
      )
    },

    async add(fees) {
      if (fees.length === 0) return
      await sql`
        insert into late_fees (organisation_id, invoice_id, number, falls_on, debit_note_id)
        select nyuzi_organisation(), r.* from ${rowsOf(sql, [...fees], { invoiceId: 'uuid', number: 'integer', fallsOn: 'date', debitNoteId: 'uuid' })}`
    },
  }
}
