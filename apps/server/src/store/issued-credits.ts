import type { CivilDate, CreditId, Currency, InvoiceId, IssuedCreditLine, TaxedAmount } from '@nyuzi/core'
import { leftOf, money } from '@nyuzi/core'
import type { CreditableLine, IssuedCreditRow } from '../flows/credits/ports.ts'
import { readLines, type TaxRow, taxJson, toTax } from './creditable-lines.ts'
import { rowsOf, type Sql } from './transaction.ts'

type CreditRow = { id: CreditId; number: string; currency: Currency; totalMinor: bigint }
type LineRow = {
  creditId: CreditId
  position: number
  invoiceId: InvoiceId
  linePosition: number
  start: CivilDate | null
  end: CivilDate | null
  netMinor: bigint
  totalMinor: bigint
  taxes: readonly TaxRow[]
}

/** Credit notes after an id, each line with the line that it credits and what earlier credits had left of that. */
export async function readIssuedCredits(sql: Sql, after: CreditId | undefined, limit: number): Promise<readonly IssuedCreditRow[]> {
  const credits = await sql<CreditRow[]>`
    select id, number, currency, total_minor as "totalMinor" from credits
     where kind = 'credit_note' ${after === undefined ? sql`` : sql`and id > ${after}`} order by id limit ${limit}`
  const ids = credits.map(({ id }) => id)
  // Of every line that one of them credits, all credits in the order in which they came.
  const rows = await sql<LineRow[]>`
    select l.credit_id as "creditId", l.position, l.invoice_id as "invoiceId", l.line_position as "linePosition", lower(l.days) as start, upper(l.days) as "end",
           l.net_minor as "netMinor", l.total_minor as "totalMinor",
           (select coalesce(json_agg(${taxJson(sql)}), '[]') from credit_line_taxes t where t.credit_id = l.credit_id and t.line_position = l.position) as taxes
      from credit_lines l join credits c on c.id = l.credit_id
     where (l.invoice_id, l.line_position) in (select invoice_id, line_position from credit_lines where credit_id = any(${ids}::uuid[]))
     order by c.created_at, c.sequence, l.position`
  const refs = rows.map(({ invoiceId, linePosition }) => ({ invoiceId, position: linePosition }))
  const claims = new Map<string, { line: CreditableLine; left: TaxedAmount }>()
  for (const line of refs.length === 0
    ? []
    : await readLines(
        sql,
        sql`(n.invoice_id, n.position) in (select invoice_id, position from ${rowsOf(sql, refs, { invoiceId: 'uuid', position: 'integer' })})`,
      ))
    claims.set(`${line.invoiceId} ${line.position}`, { line, left: line.claimed })
  const lines = new Map<CreditId, IssuedCreditLine[]>()
  for (const row of rows) {
    const claim = claims.get(`${row.invoiceId} ${row.linePosition}`)
    if (!claim) continue
    const issued = toIssued(row, claim.line, claim.left)
    claim.left = leftOf(claim.left, [issued])
    lines.set(row.creditId, [...(lines.get(row.creditId) ?? []), issued])
  }
  return credits.map(({ id, number, currency, totalMinor }) => ({
    id,
    number,
    total: money(totalMinor, currency),
    lines: lines.get(id) ?? [],
  }))
}

function toIssued(
  { position, start, end, netMinor, totalMinor, taxes }: LineRow,
  { claimed, currency }: CreditableLine,
  left: TaxedAmount,
): IssuedCreditLine {
  const amounts = { net: money(netMinor, currency), taxes: taxes.map(toTax), total: money(totalMinor, currency) }
  const line = { position, ...amounts, claimed, left }
  if (start === null || end === null || !('period' in claimed)) return line
  const { period, whole, rate } = claimed
  return { ...line, days: { credited: { start, end }, charged: period, whole, rate } }
}
