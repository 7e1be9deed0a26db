import type { ClaimKind, CreditId, FreeClaim, InvoiceId, TaxAmount } from '@nyuzi/core'
import { rowsOf, type Sql } from './transaction.ts'

/** What a claim of any kind has in common; one that names no kind is an invoice. */
type Headed = Omit<FreeClaim, 'kind' | 'lines'> & { readonly kind?: ClaimKind }

/** Claims without their lines; one of nothing is paid. */
export async function addHeaders(sql: Sql, claims: readonly Headed[], at: Date): Promise<void> {
  if (claims.length === 0) return
  const rows = claims.map(({ id, subscriberId, kind = 'invoice', series, sequence, number, currency, total, issuedOn, dueOn }) => ({
    id,
    subscriberId,
    kind,
    series,
    sequence,
    number,
    status: total.amountMinor === 0n ? 'paid' : 'open',
    currency,
    totalMinor: total.amountMinor,
    issuedOn,
    dueOn,
  }))
  await sql`
    insert into invoices (organisation_id, created_at, id, subscriber_id, kind, series, sequence, number, status, currency, total_minor, issued_on, due_on)
    select (select nyuzi_organisation()), ${at}, r.* from ${rowsOf(sql, rows, {
      id: 'uuid',
      subscriberId: 'uuid',
      kind: 'text',
      series: 'text',
      sequence: 'bigint',
      number: 'text',
      status: 'text',
      currency: 'text',
      totalMinor: 'bigint',
      issuedOn: 'date',
      dueOn: 'date',
    })}`
}

type Document = {
  readonly id: InvoiceId | CreditId
  readonly lines: readonly { readonly position: number; readonly taxes: readonly TaxAmount[] }[]
}

/** Before the lines they belong to: the database adds each line up when it comes. */
export async function addLineTaxes(sql: Sql, of: 'invoice' | 'credit', documents: readonly Document[]): Promise<void> {
  const rows = documents.flatMap(({ id, lines }) =>
    lines.flatMap(({ position, taxes }) =>
      taxes.map((tax, index) => ({ documentId: id, linePosition: position, position: index + 1, ...tax })),
    ),
  )
  if (rows.length === 0) return
  const [table, document] = [sql(`${of}_line_taxes`), sql(`${of}_id`)]
  // The certificates travel only where somebody holds one.
  if (rows.every(({ certificate }) => certificate === undefined))
    await sql`
      insert into ${table} (organisation_id, ${document}, line_position, position, code, title, rate_bp, base_minor, amount_minor)
      select (select nyuzi_organisation()), r.* from ${rowsOf<Omit<(typeof rows)[number], 'certificate'>>(sql, rows, taxColumns)}`
  else
    await sql`
      insert into ${table} (organisation_id, ${document}, line_position, position, code, title, rate_bp, base_minor, amount_minor, certificate)
      select (select nyuzi_organisation()), r.* from ${rowsOf(sql, rows, { ...taxColumns, certificate: 'text' })}`
}

const taxColumns = {
  documentId: 'repeated uuid',
  linePosition: 'integer',
  position: 'integer',
  code: 'text',
  title: 'text',
  rateBp: 'integer',
  baseMinor: 'bigint',
  amountMinor: 'bigint',
} as const
