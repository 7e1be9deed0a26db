import type { TaxAmount } from '@nyuzi/core'
import type { AllocationReading, CreditLineReading, CreditReading, ReadingStore } from '../../flows/readings/ports.ts'
import { fromRows } from '../mapping.ts'
import type { Sql } from '../transaction.ts'
import { allocationRows } from './billing.ts'
import { fiscalReadings } from './fiscal.ts'
import { after, where } from './page.ts'

export function creditReadings(sql: Sql): Pick<ReadingStore, 'credits' | 'credit'> {
  const credits = sql`
    select c.id, c.subscriber_id as "subscriberId", s.name as "subscriberName", s.account_number as "accountNumber", c.kind, c.number, c.currency,
           c.total_minor as "totalMinor", c.allocated_minor as "allocatedMinor", c.issued_on as "issuedOn", c.reason, c.created_at as "createdAt"
    from credits c join subscribers s on s.organisation_id = c.organisation_id and s.id = c.subscriber_id`
  return {
    credits: ({ kind, subscriberId, ...page }) => sql<CreditReading[]>`
      ${credits} where true
      ${where(sql, kind, (word) => sql`c.kind = ${word}`)}
      ${where(sql, subscriberId, (id) => sql`c.subscriber_id = ${id}`)}
      ${after(sql, page, sql`c.id`)}`,
    async credit(id) {
      const [credit] = await sql<CreditReading[]>`${credits} where c.id = ${id}`
      if (!credit) return undefined
      const lines = await sql<Omit<CreditLineReading, 'taxes'>[]>`
        select l.position, l.invoice_id as "invoiceId", i.number as "invoiceNumber", l.line_position as "invoiceLine", lower(l.days) as start, upper(l.days) as "end",
               l.subscription_id as "subscriptionId", n.description, n.period_start as "periodStart", n.period_end as "periodEnd", l.category, l.tax_class as "taxClass", l.tax_point as "taxPoint", l.net_minor as "netMinor",
               l.total_minor as "totalMinor", l.arithmetic
        from credit_lines l
        join invoice_lines n on n.organisation_id = l.organisation_id and n.invoice_id = l.invoice_id and n.position = l.line_position
        join invoices i on i.organisation_id = l.organisation_id and i.id = l.invoice_id
        where l.credit_id = ${id} order by l.position`
      const taxes = fromRows<TaxAmount & { linePosition: number }>(
        await sql`
        select line_position as "linePosition", code, title, rate_bp as "rateBp", base_minor as "baseMinor", amount_minor as "amountMinor", certificate
        from credit_line_taxes where credit_id = ${id} order by line_position, position`,
      )
      const allocations = await sql<AllocationReading[]>`${allocationRows(sql)} where a.credit_id = ${id} order by a.created_at, a.id`
      const taxesOf = (position: number) => taxes.filter(({ linePosition }) => linePosition === position)
      return {
        ...credit,
        lines: lines.map((line) => ({ ...line, taxes: taxesOf(line.position) })),
        allocations,
        fiscal: await fiscalReadings(sql).fiscalDocumentsOf({ creditId: id }),
      }
    },
  }
}
