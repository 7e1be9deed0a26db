import type { ChargeReading, ReadingStore } from '../../flows/readings/ports.ts'
import type { Sql } from '../transaction.ts'
import { after, first, where } from './page.ts'

export function chargeReadings(sql: Sql): Pick<ReadingStore, 'charges' | 'charge'> {
  const status = sql`case when c.invoiced_on is not null then 'invoiced' when c.withdrawn_on is not null then 'withdrawn' else 'waiting' end`
  const charges = sql`
    select c.id, c.subscriber_id as "subscriberId", c.subscription_id as "subscriptionId", c.description, c.category, c.tax_class as "taxClass", c.pricing,
           c.amount_minor as "amountMinor", c.currency, ${status} as status, case when c.invoiced_on is null then c.invoice_on end as "invoiceOn",
           c.invoiced_on as "invoicedOn", i.id as "invoiceId", i.number as "invoiceNumber", c.withdrawn_on as "withdrawnOn", c.withdrawn_because as "withdrawnBecause",
           c.created_at as "createdAt"
      from one_time_charges c
      left join invoice_lines n on n.organisation_id = c.organisation_id and n.charge_id = c.id
      left join invoices i on i.organisation_id = n.organisation_id and i.id = n.invoice_id`
  return {
    charges: ({ subscriberId, status: asked, ...page }) => sql<ChargeReading[]>`
      ${charges} where c.subscriber_id = ${subscriberId} ${where(sql, asked, (word) => sql`${status} = ${word}`)} ${after(sql, page, sql`c.id`)}`,
    charge: async (id) => first(await sql<ChargeReading[]>`${charges} where c.id = ${id}`),
  }
}
