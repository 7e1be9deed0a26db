import { type ChargeId, type Currency, money, type SubscriberId } from '@nyuzi/core'
import type { ChargeStore, WaitingCharge } from '../flows/charges/ports.ts'
import { fromRow } from './mapping.ts'
import type { Sql } from './transaction.ts'

export const chargeStore = (sql: Sql): ChargeStore => ({
  async add({ id, subscriberId, subscriptionId, description, category, taxClass, pricing, amount, invoiceOn }, at) {
    await sql`
      insert into one_time_charges (organisation_id, id, subscriber_id, subscription_id, description, category, tax_class, pricing, amount_minor, currency, invoice_on, created_at)
      values (nyuzi_organisation(), ${id}, ${subscriberId}, ${subscriptionId ?? null}, ${description}, ${category}, ${taxClass}, ${pricing}, ${amount.amountMinor},
              ${amount.currency}, ${invoiceOn}, ${at})`
  },

  async waiting(payerIds) {
    if (payerIds.length === 0) return []
    const rows = await sql`
      select c.id, c.subscription_id as "subscriptionId", c.description, c.category, c.tax_class as "taxClass", c.pricing, c.amount_minor as "amountMinor", c.currency,
             c.invoice_on as "invoiceOn", p.id as "payerId", b.code as series
        from one_time_charges c
        join subscribers k on k.id = c.subscriber_id
        join subscribers p on p.id = case when k.parent_pays then k.parent_id else k.id end
        join branches b on b.id = p.branch_id
       where c.invoiced_on is null and c.withdrawn_on is null and p.id = any(${[...payerIds]}::uuid[]) order by c.created_at, c.id`
    return rows.map((row) => {
      const { payerId, series, invoiceOn, amountMinor, currency, ...charge } = fromRow<Row>(row)
      return { payerId, series, invoiceOn, charge: { ...charge, amount: money(amountMinor, currency) } }
    })
  },

  async subscriberOf(id) {
    const [row] = await sql<{ subscriberId: SubscriberId }[]>`select subscriber_id as "subscriberId" from one_time_charges where id = ${id}`
    return row?.subscriberId
  },

  async withdraw(id, { on, reason }) {
    const rows = await sql`
      update one_time_charges set invoice_on = null, withdrawn_on = ${on}, withdrawn_because = ${reason}
       where id = ${id} and invoiced_on is null and withdrawn_on is null returning id`
    return rows.length === 1
  },

  async invoiced(ids, on) {
    if (ids.length === 0) return
    await sql`update one_time_charges set invoiced_on = ${on} where id = any(${[...ids]}::uuid[])`
  },
})

type Row = Omit<WaitingCharge, 'charge'> &
  Omit<WaitingCharge['charge'], 'amount'> & { id: ChargeId; amountMinor: bigint; currency: Currency }
