import type { CivilDate, ClaimKind, Currency, EntryKind, LineDescription, TaxAmount } from '@nyuzi/core'
import type { Branding, ClaimedLine, DocumentStore, Parties, PrintedCreditNote, UnreceiptedPayment } from '../flows/documents/ports.ts'
import { fiscalStateOf } from './fiscal.ts'
import { fromRow, fromRows } from './mapping.ts'
import type { Sql } from './transaction.ts'

export const documentStore = (sql: Sql): DocumentStore => {
  /** The parties of a row `d`, which has their versions, and its subscriber `s`. */
  const stamped = sql`
    s.account_number as "accountNumber",
    case when d.issuer_version = o.particulars_version then nyuzi_particulars(o) else fo.particulars end as issuer,
    case when d.recipient_version = s.particulars_version then nyuzi_particulars(s) else fs.particulars end as recipient`
  const parties = sql`
    join subscribers s on s.organisation_id = d.organisation_id and s.id = d.subscriber_id
    join organisations o on o.id = d.organisation_id
    left join former_particulars fo on fo.organisation_id = o.id and fo.party_id = o.id and fo.version = d.issuer_version
    left join former_particulars fs on fs.organisation_id = s.organisation_id and fs.party_id = s.id and fs.version = d.recipient_version`

  async function logo(sha256: string): Promise<Uint8Array | undefined> {
    const [row] = await sql<{ png: Uint8Array }[]>`select png from logos where sha256 = ${sha256}`
    return row?.png
  }

  async function partiesOf({ issuer, recipient, accountNumber }: PartiesRow): Promise<Parties> {
    const png = issuer.branding.logo && (await logo(issuer.branding.logo.sha256))
    return { issuer, recipient, accountNumber, ...(png ? { logo: png } : {}) }
  }

  return {
    logo,
    async branding() {
      const [row] = await sql<{ branding: Branding }[]>`select branding from organisations`
      return row?.branding ?? {}
    },
    async changeBranding(changes) {
      await sql`update organisations set branding = jsonb_strip_nulls(branding || ${sql.json(changes)})`
    },
    async keepLogo(sha256, png) {
      await sql`insert into logos (organisation_id, sha256, png) values (nyuzi_organisation(), ${sha256}, ${png}) on conflict do nothing`
    },

    async invoice(by) {
      const [row] = await sql<InvoiceRow[]>`
        select d.id, d.kind, d.number, d.currency, d.total_minor as "totalMinor", d.issued_on as "issuedOn", d.due_on as "dueOn", ${stamped}
          from invoices d ${parties} where ${'number' in by ? sql`d.number = ${by.number}` : sql`d.id = ${by.invoiceId}`}`
      if (!row) return undefined
      const lines = await sql<LineRow[]>`
        select position, description, category, period_start as "periodStart", period_end as "periodEnd", net_minor as "netMinor", total_minor as "totalMinor"
          from invoice_lines where invoice_id = ${row.id} order by position`
      const taxes = fromRows<TaxRow>(
        await sql`
        select line_position as "linePosition", code, title, rate_bp as "rateBp", base_minor as "baseMinor", amount_minor as "amountMinor", certificate
          from invoice_line_taxes where invoice_id = ${row.id} order by line_position, position`,
      )
      const { kind, number, issuedOn, dueOn, currency, totalMinor } = row
      const total = { amountMinor: totalMinor, currency }
      const fiscal = await fiscalStateOf(sql, { invoiceId: row.id })
      return {
        ...(await partiesOf(row)),
        kind,
        number,
        issuedOn,
        dueOn,
        total,
        lines: linesOf(lines, taxes, currency),
        ...(fiscal ? { fiscal } : {}),
      }
    },

    async creditNote(id) {
      const [row] = await sql<CreditNoteRow[]>`
        select d.number, d.currency, d.total_minor as "totalMinor", d.issued_on as "issuedOn", d.reason, ${stamped}
          from credits d ${parties} where d.id = ${id} and d.kind = 'credit_note'`
      if (!row) return undefined
      const lines = await sql<LineRow[]>`
        select l.position, n.description, n.category, n.period_start as "periodStart", n.period_end as "periodEnd", l.net_minor as "netMinor",
               l.total_minor as "totalMinor", lower(l.days) as "creditedFrom", upper(l.days) as "creditedUntil"
          from credit_lines l
          join invoice_lines n on n.organisation_id = l.organisation_id and n.invoice_id = l.invoice_id and n.position = l.line_position
         where l.credit_id = ${id} order by l.position`
      const taxes = fromRows<TaxRow>(
        await sql`
        select line_position as "linePosition", code, title, rate_bp as "rateBp", base_minor as "baseMinor", amount_minor as "amountMinor", certificate
          from credit_line_taxes where credit_id = ${id} order by line_position, position`,
      )
      const corrected = await sql<NonNullable<PrintedCreditNote['corrects']>[]>`
        select i.number, i.issued_on as "issuedOn", f.proof->>'number' as "fiscalNumber" from invoices i
          left join fiscal_documents f on f.organisation_id = i.organisation_id and f.invoice_id = i.id and f.credit_id is null
         where i.id in (select invoice_id from credit_lines where credit_id = ${id}) order by i.id`
      const { number, issuedOn, reason, currency, totalMinor } = row
      const [corrects, ...others] = corrected
      const fiscal = await fiscalStateOf(sql, { creditId: id })
      return {
        ...(await partiesOf(row)),
        number,
        issuedOn,
        reason,
        total: { amountMinor: totalMinor, currency },
        lines: linesOf(lines, taxes, currency),
        ...(corrects && others.length === 0 ? { corrects: fromRow<typeof corrects>(corrects) } : {}),
        ...(fiscal ? { fiscal } : {}),
      }
    },

    async unreceipted(id) {
      const [row] = await sql`
        select p.subscriber_id as "subscriberId", p.provider_transaction as reference, b.code as branch
          from payments p left join subscribers s on s.id = p.subscriber_id left join branches b on b.id = s.branch_id where p.id = ${id}`
      return row && fromRow<UnreceiptedPayment>(row)
    },
    async addReceipt({ paymentId, subscriberId, series, sequence, number, issuedOn }, at) {
      await sql`
        insert into receipts (organisation_id, payment_id, subscriber_id, series, sequence, number, issued_on, created_at)
        values (nyuzi_organisation(), ${paymentId}, ${subscriberId}, ${series}, ${sequence}, ${number}, ${issuedOn}, ${at})`
    },

    async receipt(id) {
      const [row] = await sql<ReceiptRow[]>`
        select d.number, d.issued_on as "issuedOn", m.provider_transaction as reference, m.paid_at as "paidAt", m.amount_minor as "amountMinor", m.currency, m.source,
               m.payer_name as payer, ${stamped}
          from receipts d join payments m on m.organisation_id = d.organisation_id and m.id = d.payment_id ${parties} where d.payment_id = ${id}`
      if (!row) return undefined
      // Allocations are only ever added, so the first of them, up to what the entry settled, are those of the receipt.
      const settled = await sql<{ number: string; amountMinor: bigint }[]>`
        select number, amount_minor as "amountMinor" from (
          select i.number, a.id, a.amount_minor, sum(a.amount_minor) over (order by a.id) as running
            from allocations a join invoices i on i.organisation_id = a.organisation_id and i.id = a.invoice_id where a.payment_id = ${id}) a
         where running <= (
           select coalesce(-sum(p.amount_minor), 0) from journal_entries e
             join postings p on p.organisation_id = e.organisation_id and p.entry_id = e.id
             join ledger_accounts l on l.organisation_id = p.organisation_id and l.id = p.account_id and l.kind = 'receivable'
            where e.source_noun = 'payment' and e.source_id = ${id}::text and e.kind in ('payment_received', 'suspense_resolved'))
         order by a.id`
      const { number, issuedOn, reference, paidAt, amountMinor, currency, source, payer } = row
      return {
        ...(await partiesOf(row)),
        number,
        issuedOn,
        reference,
        paidAt,
        source,
        amount: { amountMinor, currency },
        settled: settled.map((one) => ({ number: one.number, amount: { amountMinor: one.amountMinor, currency } })),
        ...(payer === null ? {} : { payer }),
      }
    },

    async statement(id, { from, until }) {
      const [row] = await sql<(PartiesRow & { currency: Currency })[]>`
        select s.currency, s.account_number as "accountNumber", nyuzi_particulars(o) as issuer, nyuzi_particulars(s) as recipient
          from subscribers s join organisations o on o.id = s.organisation_id where s.id = ${id}`
      if (!row) return undefined
      const { currency } = row
      const accounts = ['receivable', 'credit'].map((kind) => `${kind}:${currency}:${id}`)
      const entries = await sql<EntryRow[]>`
        select e.effective_on as "on", e.kind, e.change, coalesce(i.number, c.number, p.provider_transaction) as reference
          from (select e.id, e.effective_on, e.kind, e.recorded_at, sum(p.amount_minor)::bigint as change,
                       coalesce(o.source_noun, e.source_noun) as noun, coalesce(o.source_id, e.source_id)::uuid as source
                  from ledger_accounts a
                  join postings p on p.organisation_id = a.organisation_id and p.account_id = a.id
                  join journal_entries e on e.organisation_id = p.organisation_id and e.id = p.entry_id
                  left join journal_entries o on o.organisation_id = e.organisation_id and o.id = e.reverses_entry_id
                 where a.code = any(${accounts}) and e.effective_on between ${from} and ${until}
                 group by e.organisation_id, e.id, o.organisation_id, o.id having sum(p.amount_minor) <> 0) e
          left join allocations l on e.noun = 'allocation' and l.id = e.source
          left join credit_allocations k on e.noun = 'allocation' and k.id = e.source
          left join invoices i on i.id = case e.noun when 'invoice' then e.source when 'allocation' then coalesce(l.invoice_id, k.invoice_id) end
          left join credits c on e.noun = 'credit' and c.id = e.source
          left join payments p on e.noun = 'payment' and p.id = e.source
         order by e.effective_on, e.recorded_at, e.id`
      const [before] = await sql<{ minor: bigint }[]>`
        select coalesce(sum(p.amount_minor), 0)::bigint as minor
          from ledger_accounts a
          join postings p on p.organisation_id = a.organisation_id and p.account_id = a.id
          join journal_entries e on e.organisation_id = p.organisation_id and e.id = p.entry_id
         where a.code = any(${accounts}) and e.effective_on < ${from}`
      return {
        ...(await partiesOf(row)),
        opening: { amountMinor: before?.minor ?? 0n, currency },
        entries: entries.map(({ change, ...entry }) => ({ ...fromRow<StatementEntry>(entry), change: { amountMinor: change, currency } })),
      }
    },
  }
}

type PartiesRow = Pick<Parties, 'issuer' | 'recipient' | 'accountNumber'>
type InvoiceRow = PartiesRow & {
  id: string
  kind: ClaimKind
  number: string
  currency: Currency
  totalMinor: bigint
  issuedOn: CivilDate
  dueOn: CivilDate
}
type CreditNoteRow = PartiesRow & { number: string; currency: Currency; totalMinor: bigint; issuedOn: CivilDate; reason: string }
type ReceiptRow = PartiesRow & {
  number: string
  issuedOn: CivilDate
  reference: string
  paidAt: Date
  amountMinor: bigint
  currency: Currency
  source: 'provider' | 'manual' | 'withholding'
  payer: string | null
}
type StatementEntry = { on: CivilDate; kind: EntryKind; reference?: string }
type EntryRow = { on: CivilDate; kind: EntryKind; change: bigint; reference: string | null }
type LineRow = {
  position: number
  description: LineDescription
  category: string
  periodStart: CivilDate | null
  periodEnd: CivilDate | null
  netMinor: bigint
  totalMinor: bigint
  creditedFrom?: CivilDate | null
  creditedUntil?: CivilDate | null
}
type TaxRow = TaxAmount & { linePosition: number }

const linesOf = (lines: readonly LineRow[], taxes: readonly TaxRow[], currency: Currency): ClaimedLine[] =>
  lines.map(({ position, description, category, netMinor, totalMinor, periodStart, periodEnd, creditedFrom, creditedUntil }) => ({
    description,
    category,
    ...(periodStart && periodEnd ? { period: { start: periodStart, end: periodEnd } } : {}),
    net: { amountMinor: netMinor, currency },
    taxes: taxes.filter(({ linePosition }) => linePosition === position).map(({ linePosition: _, ...tax }) => tax),
    total: { amountMinor: totalMinor, currency },
    ...(creditedFrom && creditedUntil ? { credited: { start: creditedFrom, end: creditedUntil } } : {}),
  }))
