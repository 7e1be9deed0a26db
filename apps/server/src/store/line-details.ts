import { type AppliedDiscount, type Currency, type FinalInvoice, type InvoiceId, type InvoiceLine, money } from '@nyuzi/core'
import type { IssuedLineRow } from '../flows/billing/ports.ts'
import { fromRowValue, toRowValue, type ValueRow } from './discounts.ts'
import { rowsOf, type Sql } from './transaction.ts'

/** What lowered the lines of invoices, and what was measured for them. */
export async function addLineDetails(sql: Sql, invoices: readonly Pick<FinalInvoice, 'id' | 'lines'>[]): Promise<void> {
  const discounts = invoices.flatMap((invoice) => invoice.lines.flatMap((line) => toDiscountRows(invoice, line)))
  if (discounts.length > 0)
    await sql`
      insert into invoice_line_discounts (organisation_id, invoice_id, line_position, position, source, source_id, code, title, rate_bp, fixed_minor, currency,
                                          base_minor, amount_minor, working)
      select nyuzi_organisation(), r.* from ${rowsOf(sql, discounts, {
        invoiceId: 'uuid',
        linePosition: 'integer',
        position: 'integer',
        source: 'text',
        sourceId: 'uuid',
        code: 'text',
        title: 'text',
        rateBp: 'integer',
        fixedMinor: 'bigint',
        currency: 'text',
        baseMinor: 'bigint',
        amountMinor: 'bigint',
        working: 'text',
      })}`
  const usage = invoices.flatMap(({ id, lines }) =>
    lines.flatMap((line) => (line.usage ? [{ invoiceId: id, linePosition: line.position, ...line.usage }] : [])),
  )
  if (usage.length > 0)
    await sql`
      insert into invoice_line_usage (organisation_id, invoice_id, line_position, unit, units, rated_units)
      select nyuzi_organisation(), r.* from ${rowsOf(sql, usage, {
        invoiceId: 'uuid',
        linePosition: 'integer',
        unit: 'text',
        units: 'bigint',
        ratedUnits: 'bigint',
      })}`
}

/** By invoice and position: `019a… 1`. */
export type LineDetails = {
  readonly discounts: ReadonlyMap<string, readonly AppliedDiscount[]>
  readonly usage: ReadonlyMap<string, NonNullable<InvoiceLine['usage']>>
  readonly passes: ReadonlyMap<string, NonNullable<IssuedLineRow['pass']>>
}

export async function readLineDetails(sql: Sql, ids: readonly InvoiceId[]): Promise<LineDetails> {
  const [discounts, usage, passes] = await Promise.all([
    sql<AppliedRow[]>`
      select d.invoice_id || ' ' || d.line_position as line, coalesce(d.source_id::text, d.source) as id, d.source, d.code, d.title, d.rate_bp as "rateBp",
             d.fixed_minor as "fixedMinor", d.currency, d.base_minor as "baseMinor", d.amount_minor as "amountMinor", i.currency as "invoiceCurrency", d.working
        from invoice_line_discounts d join invoices i on i.id = d.invoice_id
       where d.invoice_id = any(${ids}::uuid[]) order by d.invoice_id, d.line_position, d.position`,
    sql<({ line: string } & NonNullable<InvoiceLine['usage']>)[]>`
      select invoice_id || ' ' || line_position as line, unit, units, rated_units as "ratedUnits" from invoice_line_usage where invoice_id = any(${ids}::uuid[])`,
    sql<({ line: string } & NonNullable<IssuedLineRow['pass']>)[]>`
      select p.invoice_id || ' ' || p.line_position as line, lower(p.valid) as "from", upper(p.valid) as until, o.time_zone as zone
        from passes p join organisations o on o.id = p.organisation_id where p.invoice_id = any(${ids}::uuid[])`,
  ])
  return {
    discounts: byLine(discounts, toApplied),
    usage: new Map(usage.map(({ line, ...measured }) => [line, measured])),
    passes: new Map(passes.map(({ line, ...pass }) => [line, pass])),
  }
}

type AppliedRow = Omit<AppliedDiscount, 'value' | 'base' | 'amount'> &
  ValueRow & { line: string; baseMinor: bigint; amountMinor: bigint; invoiceCurrency: Currency }

function toApplied({
  line: _,
  rateBp,
  fixedMinor,
  currency,
  baseMinor,
  amountMinor,
  invoiceCurrency,
  ...discount
}: AppliedRow): AppliedDiscount {
  return {
    ...discount,
    value: fromRowValue({ rateBp, fixedMinor, currency }),
    base: money(baseMinor, invoiceCurrency),
    amount: money(amountMinor, invoiceCurrency),
  }
}

function byLine<Row extends { readonly line: string }, Noun>(
  rows: readonly Row[],
  toNoun: (row: Row) => Noun,
): ReadonlyMap<string, readonly Noun[]> {
  const lines = new Map<string, Noun[]>()
  for (const row of rows) lines.set(row.line, [...(lines.get(row.line) ?? []), toNoun(row)])
  return lines
}

const toDiscountRows = ({ id: invoiceId }: Pick<FinalInvoice, 'id'>, line: InvoiceLine) =>
  (line.discounts ?? []).map(({ id, source, code, title, value, base, amount, working }, index) => ({
    ...{ invoiceId, linePosition: line.position, position: index + 1, source, code, title, working },
    // What the policy gives has no row that it could name.
    sourceId: source === 'volume' || source === 'loyalty' ? null : id,
    ...toRowValue(value),
    baseMinor: base.amountMinor,
    amountMinor: amount.amountMinor,
  }))
