import {
  type CivilDate,
  type Currency,
  type FiscalProof,
  type Instant,
  type LineDescription,
  secondsBetween,
  type TaxAmount,
  type TaxClass,
} from '@nyuzi/core'
import type { PrintedInvoice } from '../flows/documents/ports.ts'
import type { FiscalStore, QueuedDocument } from '../flows/fiscal/ports.ts'
import { fromRows } from './mapping.ts'
import type { Database, Sql } from './transaction.ts'

export const fiscalStore = (sql: Sql): FiscalStore => ({
  async gather(limit) {
    if ((await sql`select 1 from fiscal_devices limit 1`).length === 0) return 0
    // Numbers of a series are given out under its lock, so that what is behind its last number is all there, gap-free.
    await sql`
      insert into fiscal_cursors (organisation_id, series, last_sequence)
      select nyuzi_organisation(), n.series, ${startOf(sql, sql`n.series`, sql`(select min(begins_at) from fiscal_devices)`)} from number_series n
       where not exists (select from fiscal_cursors k where k.series = n.series) on conflict do nothing`
    const spans = await sql<{ series: string; after: bigint; upto: bigint }[]>`
      select n.series, k.last_sequence as after, least(n.last_sequence, k.last_sequence + ${limit}) as upto
        from number_series n join fiscal_cursors k on k.organisation_id = n.organisation_id and k.series = n.series
       where n.last_sequence > k.last_sequence order by n.series`
    if (spans.length === 0) return 0
    for (const { series, after, upto } of spans) {
      await sql`
        with device as (
          select v.installation_id, v.counter, v.begins_at, i.branch_id from fiscal_devices v
            join installations i on i.organisation_id = v.organisation_id and i.id = v.installation_id),
        sales as (
          select d.id as invoice_id, null::uuid as credit_id, d.number, d.created_at, d.subscriber_id, null::uuid as installation_id
            from invoices d
           where d.series = ${series} and d.sequence > ${after} and d.sequence <= ${upto} and d.kind in ('invoice', 'debit_note') and d.total_minor > 0 and d.status <> 'void'),
        parts as (
          select d.id, d.number, d.created_at, d.subscriber_id, l.invoice_id, row_number() over (partition by d.id order by l.invoice_id) as part
            from credits d join (select distinct credit_id, invoice_id from credit_lines where total_minor > 0) l on l.credit_id = d.id
           where d.series = ${series} and d.sequence > ${after} and d.sequence <= ${upto} and d.kind = 'credit_note'),
        notes as (
          select p.invoice_id, p.id as credit_id, p.number || case when p.part = 1 then '' else '/' || p.part end as number, p.created_at, p.subscriber_id,
                 f.installation_id
            from parts p left join fiscal_documents f on f.invoice_id = p.invoice_id and f.credit_id is null),
        found as (select * from sales union all select * from notes)
        insert into fiscal_documents (organisation_id, installation_id, counter, invoice_id, credit_id, document_number, issued_at)
        select nyuzi_organisation(), v.installation_id, v.counter, f.invoice_id, f.credit_id, f.number, f.created_at
          from found f join subscribers s on s.id = f.subscriber_id
          join lateral (
            select * from device v where v.begins_at <= f.created_at and case when f.installation_id is null then v.branch_id is null or v.branch_id = s.branch_id else v.installation_id = f.installation_id end
             order by v.branch_id nulls last, v.installation_id limit 1) v on true
         order by f.created_at, f.number
        on conflict do nothing`
      await sql`update fiscal_cursors set last_sequence = greatest(last_sequence, ${upto}) where series = ${series}`
    }
    return spans.length
  },

  async lease(counter, holder, leaseMs, now) {
    // Real time, the database's own: servers and test clocks may disagree, a lease may not.
    const [row] = await sql`
      update fiscal_counters set leased_by = ${holder}, leased_until = clock_timestamp() + ${leaseMs} * interval '1 ms'
       where counter = ${counter} and next_attempt_at <= ${now} and (leased_by = ${holder} or leased_until is null or leased_until < clock_timestamp())
      returning last_number as "lastNumber", corrected_at as "correctedAt", failures`
    return row as never
  },

  async release(counter, holder, nextAttemptAt, failed) {
    await sql`
      update fiscal_counters set leased_by = null, leased_until = null, next_attempt_at = ${nextAttemptAt}, failures = case when ${failed} then failures + 1 else 0 end
       where counter = ${counter} and leased_by = ${holder}`
  },

  async head(counter, installationIds) {
    for (;;) {
      const [row] = await sql<(QueuedDocument & { void: boolean })[]>`
        select f.id, f.installation_id as "installationId", f.invoice_id as "invoiceId", f.credit_id as "creditId", f.document_number as "documentNumber",
               f.issued_at as "issuedAt", f.request, f.number, f.tries, o.number as original, f.credit_id is not null and o.id is null as "originalUndeclared",
               i.status = 'void' as void
          from fiscal_documents f
          join invoices i on i.organisation_id = f.organisation_id and i.id = f.invoice_id
          left join fiscal_documents o on f.credit_id is not null and o.organisation_id = f.organisation_id and o.invoice_id = f.invoice_id and o.credit_id is null
         where f.counter = ${counter} and f.status = 'pending' and f.installation_id = any(${[...installationIds]}::uuid[])
           and (f.number is not null or f.credit_id is null or o.status in ('signed', 'taken_earlier')
                or (o.id is null and exists (select from fiscal_cursors k where k.organisation_id = i.organisation_id and k.series = i.series and k.last_sequence >= i.sequence)))
         order by f.number nulls last, f.issued_at, f.document_number limit 1
           for share of i`
      if (!row) return undefined
      const { void: isVoid, ...queued } = row
      if (!isVoid || queued.number !== null || queued.creditId !== null) return queued
      await sql`update fiscal_documents set status = 'withdrawn', settled_at = clock_timestamp() where id = ${queued.id}`
    }
  },

  async lines({ invoiceId, creditId }) {
    const of = creditId === null ? 'invoice' : 'credit'
    const rows = await sql<LineRow[]>`
      select l.position, n.description, n.category, n.period_start as "periodStart", n.period_end as "periodEnd", l.tax_class as "taxClass",
             l.total_minor as "totalMinor", i.currency
        from ${sql(`${of}_lines`)} l join invoices i on i.id = l.invoice_id
        join invoice_lines n on n.organisation_id = l.organisation_id and n.invoice_id = l.invoice_id and n.position = ${creditId === null ? sql`l.position` : sql`l.line_position`}
       where l.invoice_id = ${invoiceId} ${creditId === null ? sql`` : sql`and l.credit_id = ${creditId} and l.total_minor > 0`} order by l.position`
    const taxes = fromRows<TaxAmount & { linePosition: number }>(
      await sql`
      select line_position as "linePosition", code, title, rate_bp as "rateBp", base_minor as "baseMinor", amount_minor as "amountMinor", certificate
        from ${sql(`${of}_line_taxes`)} where ${sql(`${of}_id`)} = ${creditId ?? invoiceId} order by line_position, position`,
    )
    return rows.map(({ position, description, category, periodStart, periodEnd, taxClass, totalMinor, currency }) => ({
      description,
      category,
      ...(periodStart && periodEnd ? { period: { start: periodStart, end: periodEnd } } : {}),
      taxClass,
      total: { amountMinor: totalMinor, currency },
      taxes: taxes.filter(({ linePosition }) => linePosition === position).map(({ linePosition: _, ...tax }) => tax),
    }))
  },

  async phoneOf({ invoiceId }) {
    const [row] =
      await sql`select s.phone from subscribers s join invoices i on i.organisation_id = s.organisation_id and i.subscriber_id = s.id where i.id = ${invoiceId}`
    return row?.phone ?? undefined
  },

  async request(id, { number, request }) {
    await sql`update fiscal_documents set number = ${number}, request = ${request}, tries = 0 where id = ${id} and status = 'pending'`
  },
  async tried(id) {
    await sql`update fiscal_documents set tries = tries + 1 where id = ${id} and status = 'pending'`
  },
  async untried(id, error) {
    await sql`
      update fiscal_documents set tries = greatest(tries - 1, 0), last_error = ${error}, number = case when tries > 1 then number end,
             request = case when tries > 1 then request end
       where id = ${id} and status = 'pending'`
  },
  async failed(id, error) {
    await sql`update fiscal_documents set last_error = ${error} where id = ${id} and status = 'pending'`
  },

  async settle(counter, settlement) {
    const { id, status, answer, at } = settlement
    const proof = settlement.status === 'signed' ? sql.json(settlement.proof as never) : null
    await sql`
      with settled as (
        update fiscal_documents set status = ${status}, answer = ${answer}, proof = ${proof}, settled_at = ${at}, last_error = null
         where id = ${id} and status = 'pending' returning organisation_id, counter, number)
      update fiscal_counters c set last_number = greatest(c.last_number, s.number) from settled s
       where c.organisation_id = s.organisation_id and c.counter = s.counter and c.counter = ${counter}`
  },
  async refuse(id, error) {
    await sql`update fiscal_documents set status = 'refused', number = null, request = null, tries = 0, last_error = ${error} where id = ${id} and status = 'pending'`
  },
  async correct(counter, lastNumber, at) {
    await sql`update fiscal_counters set last_number = ${lastNumber}, corrected_at = ${at} where counter = ${counter}`
  },
  async lockInDoubt(id) {
    const [row] = await sql`
      select f.counter, f.document_number as "documentNumber", f.status = 'pending' and f.tries > 0 and coalesce(c.leased_until < clock_timestamp(), true) as "inDoubt"
        from fiscal_documents f join fiscal_counters c on c.organisation_id = f.organisation_id and c.counter = f.counter where f.id = ${id} for update`
    if (!row) return undefined
    return row.inDoubt ? { counter: row.counter, documentNumber: row.documentNumber } : 'certain'
  },
  async forget(id, reason) {
    await sql`update fiscal_documents set number = null, request = null, tries = 0, last_error = ${reason} where id = ${id} and status = 'pending'`
  },
  async retry(id) {
    const rows = await sql`
      update fiscal_documents f set status = 'pending' from invoices i
       where f.id = ${id} and f.status = 'refused' and i.id = f.invoice_id and (i.status <> 'void' or f.credit_id is not null) returning 1`
    return rows.length > 0
  },
  async isDeclared(invoiceId) {
    const rows = await sql`select 1 from fiscal_documents where invoice_id = ${invoiceId} and credit_id is null and number is not null`
    return rows.length > 0
  },
})

/** The last of a series that was made before a device began: what follows may be its matter. */
const startOf = (sql: Sql, series: ReturnType<Sql>, begins: ReturnType<Sql>) => sql`
  greatest(
    coalesce((select i.sequence from invoices i where i.series = ${series} and i.created_at < ${begins} order by i.sequence desc limit 1), 0),
    coalesce((select c.sequence from credits c where c.series = ${series} and c.created_at < ${begins} order by c.sequence desc limit 1), 0))`

/** Opens a device for its counter, or tells that a person has changed or resumed it. Safe to repeat. */
export async function openFiscalDevice(
  sql: Sql,
  { id, version, counter, from, at }: { id: string; version: number; counter: string; from?: string | undefined; at: Date },
): Promise<void> {
  const [before] = await sql`select counter, begins_at, version from fiscal_devices where installation_id = ${id} for update`
  const [begins] = await sql<{ at: Date }[]>`
    select case when ${from ?? null}::date is null then i.created_at else ${from ?? null}::date::timestamp at time zone o.time_zone end as at
      from installations i join organisations o on o.id = i.organisation_id where i.id = ${id}`
  if (!begins) return
  const begunAnew = !before || before.begins_at.getTime() !== begins.at.getTime()
  if (!begunAnew && before.counter === counter && before.version >= version) return
  await sql`
    insert into fiscal_counters (organisation_id, counter, next_attempt_at) values (nyuzi_organisation(), ${counter}, ${at}) on conflict do nothing`
  await sql`
    insert into fiscal_devices (organisation_id, installation_id, counter, begins_at, version) values (nyuzi_organisation(), ${id}, ${counter}, ${begins.at}, ${version})
    on conflict (organisation_id, installation_id) do update set counter = excluded.counter, begins_at = excluded.begins_at, version = excluded.version`
  await sql`update fiscal_documents set counter = ${counter} where installation_id = ${id} and counter <> ${counter} and status in ('pending', 'refused') and number is null`
  if (before && before.version < version)
    await sql`update fiscal_counters set corrected_at = null, failures = 0, next_attempt_at = least(next_attempt_at, ${at}) where counter = ${counter}`
  // Documents of before may be its matter too.
  if (begunAnew)
    await sql`update fiscal_cursors k set last_sequence = least(k.last_sequence, ${startOf(sql, sql`k.series`, sql`${begins.at}`)})`
}

/** What a claim or a credit note prints of its declaration; undefined where no authority is told of it. */
export async function fiscalStateOf(
  sql: Sql,
  document: { readonly invoiceId: string } | { readonly creditId: string },
): Promise<PrintedInvoice['fiscal']> {
  const isClaim = 'invoiceId' in document
  // In one statement: between two of them a document may be gathered.
  const rows = await sql<{ proof: StoredProof | null }[]>`
    with document as (
      select d.id, d.series, d.sequence, d.created_at, d.subscriber_id
        from ${isClaim ? sql`invoices` : sql`credits`} d where d.id = ${isClaim ? document.invoiceId : document.creditId} and d.total_minor > 0
         and ${isClaim ? sql`d.kind in ('invoice', 'debit_note') and d.status <> 'void'` : sql`d.kind = 'credit_note'`}),
    queued as (
      select f.proof, f.document_number from fiscal_documents f join document d on ${isClaim ? sql`f.invoice_id = d.id and f.credit_id is null` : sql`f.credit_id = d.id`})
    select proof, document_number from queued
    union all
    select null, '' from document d
     where not exists (select from queued) and d.sequence > coalesce((select k.last_sequence from fiscal_cursors k where k.series = d.series), 0)
       and exists (select from fiscal_devices v join installations i on i.organisation_id = v.organisation_id and i.id = v.installation_id
                    where v.begins_at <= d.created_at
                      and (i.branch_id is null or i.branch_id = (select s.branch_id from subscribers s where s.id = d.subscriber_id)))
     order by document_number`
  if (rows.length === 0) return undefined
  const proofs = rows.flatMap(({ proof }) => (proof === null ? [] : [fromStoredProof(proof)]))
  return proofs.length === rows.length ? proofs : 'pending'
}

type LineRow = {
  position: number
  description: LineDescription
  category: string
  periodStart: CivilDate | null
  periodEnd: CivilDate | null
  taxClass: TaxClass
  totalMinor: bigint
  currency: Currency
}

export type StoredProof = Omit<FiscalProof, 'signedAt'> & { readonly signedAt: string }
export const fromStoredProof = (proof: StoredProof): FiscalProof => ({ ...proof, signedAt: new Date(proof.signedAt) })

/** What waits for the tax authorities of all organisations; refused documents wait too, for a person. */
export async function readFiscalBacklog(database: Database, at: Instant): Promise<{ documents: number; oldestSeconds: number }> {
  const [row] = await database`select documents::int, oldest from nyuzi_fiscal_backlog()`
  return { documents: row?.documents ?? 0, oldestSeconds: row?.oldest ? Math.max(0, secondsBetween(row.oldest, at)) : 0 }
}
