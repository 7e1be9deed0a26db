import type { InvoiceId, SubscriptionId } from '@nyuzi/core'
import type { ReceivableStore } from '../flows/receivables/ports.ts'
import type { Sql } from './transaction.ts'

export const receivableStore = (sql: Sql): ReceivableStore => ({
  async heldInvoices(ids, day) {
    if (ids.length === 0) return new Set()
    const rows = await sql`
      select i.id from invoices i
       where i.id = any(${[...ids]}::uuid[])
         and (exists (select from extensions e where e.subscriber_id = i.subscriber_id and e.holds_until > ${day})
           or exists (select from instalment_plan_invoices x join instalment_plans p on p.id = x.plan_id where x.invoice_id = i.id and p.status = 'running'))`
    return new Set(rows.map(({ id }) => id as InvoiceId))
  },

  async heldRenewals(ids, day) {
    if (ids.length === 0) return new Set()
    const rows = await sql`
      select s.id from subscriptions s
       where s.id = any(${[...ids]}::uuid[]) and exists (select from extensions e where e.subscriber_id = s.payer_id and e.holds_until > ${day})`
    return new Set(rows.map(({ id }) => id as SubscriptionId))
  },

  async setOverdraft(subscriberId, overdraftMinor) {
    await sql`update subscribers set overdraft_minor = ${overdraftMinor} where id = ${subscriberId}`
  },
})
