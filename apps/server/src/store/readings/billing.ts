import type { TaxAmount } from '@nyuzi/core'
import type {
  AllocationReading,
  InvoiceLineReading,
  InvoiceReading,
  LineDiscountReading,
  ReadingStore,
} from '../../flows/readings/ports.ts'
import { fromRows } from '../mapping.ts'
import type { Sql } from '../transaction.ts'
import { fiscalReadings } from './fiscal.ts'
import { after, where } from './page.ts'

export function billingReadings(sql: Sql): Pick<ReadingStore, 'invoices' | 'invoice'> {
  const invoices = sql`
    select i.id, i.subscriber_id as "subscriberId", s.name as "subscriberName", s.account_number as "accountNumber", i.kind, i.number, i.status,
           i.currency, i.total_minor as "totalMinor", i.allocated_minor as "allocatedMinor", i.issued_on as "issuedOn", i.due_on as "dueOn",
           i.created_at as "createdAt"
    from invoices i join subscribers s on s.organisation_id = i.organisation_id and s.id = i.subscriber_id`
  return {
    invoices: ({ status, kind, subscriberId, ...page }) => sql<InvoiceReading[]>`
      ${invoices} where true
      ${where(sql, status, (word) => sql`i.status = ${word}`)}
      ${where(sql, kind, (word) => sql`i.kind = ${word}`)}
      ${where(sql, subscriberId, (id) => sql`i.subscriber_id = ${id}`)}
      ${after(sql, page, sql`i.id`)}`,
    async invoice(id) {
      const [invoice] = await sql<InvoiceReading[]>`${invoices} where i.id = ${id}`
      if (!invoice) return undefined
      const lines = await sql<Omit<InvoiceLineReading, 'taxes' | 'discounts'>[]>`
        select position, description, category, tax_class as "taxClass", pricing, tax_point as "taxPoint", rate_minor as "rateMinor", net_minor as "netMinor",
               total_minor as "totalMinor", subscription_id as "subscriptionId", period_start as "periodStart",
               period_end as "periodEnd", price_id as "priceId", price_version as "priceVersion", arithmetic
        from invoice_lines where invoice_id = ${id} order by position`
      const taxes = fromRows<TaxAmount & { linePosition: number }>(
        await sql`
        select line_position as "linePosition", code, title, rate_bp as "rateBp", base_minor as "baseMinor", amount_minor as "amountMinor", certificate
        from invoice_line_taxes where invoice_id = ${id} order by line_position, position`,
      )
      const discounts = await sql<(LineDiscountReading & { linePosition: number })[]>`
        select line_position as "linePosition", source, code, title, base_minor as "baseMinor", amount_minor as "amountMinor", working
        from invoice_line_discounts where invoice_id = ${id} order by line_position, position`
      const discountsOf = (position: number) => discounts.filter(({ linePosition }) => linePosition === position)
      const taxesOf = (position: number) => taxes.filter(({ linePosition }) => linePosition === position)
      const allocations = await sql<AllocationReading[]>`${allocationRows(sql)} where a.invoice_id = ${id} order by a.created_at, a.id`
      return {
        ...invoice,
        lines: lines.map((line) => ({ ...line, taxes: taxesOf(line.position), discounts: discountsOf(line.position) })),
        allocations,
        fiscal: await fiscalReadings(sql).fiscalDocumentsOf({ invoiceId: id }),
      }
    },
  }
}

export const allocationRows = (sql: Sql) => sql`
  select a.payment_id as "paymentId", a.credit_id as "creditId", c.number as "creditNumber", a.invoice_id as "invoiceId", i.number as "invoiceNumber",
         p.provider_transaction as "providerTransaction", a.amount_minor as "amountMinor", a.created_at as "createdAt"
  from (select organisation_id, id, payment_id, null::uuid as credit_id, invoice_id, amount_minor, created_at from allocations
        union all select organisation_id, id, null, credit_id, invoice_id, amount_minor, created_at from credit_allocations) a
  join invoices i on i.organisation_id = a.organisation_id and i.id = a.invoice_id
  left join payments p on p.organisation_id = a.organisation_id and p.id = a.payment_id
  left join credits c on c.organisation_id = a.organisation_id and c.id = a.credit_id`
