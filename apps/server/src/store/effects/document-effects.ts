import { type CivilDate, describeLine, type LineDescription, type MessageId } from '@nyuzi/core'
import type { Scope } from '../scope.ts'
import { isChanged, isNew, ofSubscribers, toEffects, type Written, type WrittenEffect } from './written.ts'

/** Claims and credits with their lines and taxes. */
export async function documentEffects(written: Written): Promise<{ readonly claims: WrittenEffect[]; readonly credits: WrittenEffect[] }> {
  const { sql } = written
  const taxes = (table: 'invoice_line_taxes' | 'credit_line_taxes', owner: 'invoice_id' | 'credit_id') => sql`
    (select coalesce(json_agg(json_build_object('code', x.code, 'title', x.title, 'rateBp', x.rate_bp, 'amountMinor', x.amount_minor::text) order by x.position), '[]')
       from ${sql(table)} x where x.${sql(owner)} = l.${sql(owner)} and x.line_position = l.position)`
  const amounts = sql`'netMinor', l.net_minor::text, 'totalMinor', l.total_minor::text, 'arithmetic', l.arithmetic`
  const claims = await sql`
    select i.id as key, i.subscriber_id as "subscriberId", i.kind, i.series, i.currency, i.total_minor::text as "totalMinor", i.issued_on as "issuedOn", i.due_on as "dueOn",
           null as reason,
           (select coalesce(json_agg(json_build_object('description', l.description, 'category', l.category, 'component', l.component, 'periodStart', l.period_start, 'periodEnd', l.period_end,
                     'taxes', ${taxes('invoice_line_taxes', 'invoice_id')}, ${amounts}) order by l.position), '[]')
              from invoice_lines l where l.invoice_id = i.id) as lines
      from invoices i where ${isNew(written, 'i')} order by i.series, i.sequence`
  const credits = await sql`
    select c.id as key, c.subscriber_id as "subscriberId", c.kind, c.series, c.currency, c.total_minor::text as "totalMinor", c.issued_on as "issuedOn", null as "dueOn", c.reason,
           (select coalesce(json_agg(json_build_object('description', n.description, 'category', n.category, 'of', json_build_array(n.period_start, n.period_end), 'component', null,
                     'periodStart', lower(l.days), 'periodEnd', upper(l.days), 'taxes', ${taxes('credit_line_taxes', 'credit_id')}, ${amounts}) order by l.position), '[]')
              from credit_lines l join invoice_lines n on n.organisation_id = l.organisation_id and n.invoice_id = l.invoice_id and n.position = l.line_position
             where l.credit_id = c.id) as lines
      from credits c where ${isNew(written, 'c')} order by c.series, c.sequence`
  return { claims: toEffects('document_issued', claims.map(inWords)), credits: toEffects('document_issued', credits.map(inWords)) }
}

type DataLine = {
  readonly description: LineDescription
  readonly category: string
  /** The days of the line that a credit is for. */
  readonly of?: readonly [CivilDate | null, CivilDate | null]
  readonly periodStart: CivilDate | null
  readonly periodEnd: CivilDate | null
}

/** A preview is read by staff: its lines are kept in words. */
const inWords = (row: object) => ({ ...row, lines: (row as { lines: readonly DataLine[] }).lines.map(toEffectLine) })

function toEffectLine({ description, category, of, ...line }: DataLine) {
  const [start, end] = of ?? [line.periodStart, line.periodEnd]
  return { ...line, description: describeLine({ description, category, ...(start && end ? { period: { start, end } } : {}) }, 'en') }
}

/** What is set against claims, of payments and of credits. */
export async function settlementEffects(
  written: Written,
): Promise<{ readonly ofPayments: WrittenEffect[]; readonly ofCredits: WrittenEffect[] }> {
  const { sql, xid, newest, newFrom } = written
  const known = (table: 'i' | 'c') =>
    sql`case when ${sql(table)}.id < ${newFrom}::uuid or (${sql(table)}.id >= ${newest}::uuid and ${sql(table)}.xmin <> ${xid}::xid) then ${sql(table)}.number end`
  const claim = sql`i.subscriber_id as "subscriberId", ${known('i')} as claim, i.kind as "claimKind", i.currency, a.amount_minor::text as "amountMinor"`
  const ofPayments = await sql`
    select a.id as key, ${claim}, p.provider_transaction as credit, 'payment' as "creditKind"
      from allocations a join invoices i on i.id = a.invoice_id join payments p on p.id = a.payment_id where ${isNew(written, 'a')} order by a.id`
  const ofCredits = await sql`
    select a.id as key, ${claim}, ${known('c')} as credit, c.kind as "creditKind"
      from credit_allocations a join invoices i on i.id = a.invoice_id join credits c on c.id = a.credit_id where ${isNew(written, 'a')} order by a.id`
  return { ofPayments: toEffects('claim_settled', ofPayments), ofCredits: toEffects('claim_settled', ofCredits) }
}

/** Claims that were there: settled, voided or given up. */
export async function claimEffects(written: Written, touched: Scope): Promise<WrittenEffect[]> {
  const { sql } = written
  return toEffects(
    'claim_changed',
    await sql`
      select i.id as key, i.subscriber_id as "subscriberId", i.number as claim, i.status, i.currency, (i.total_minor - i.allocated_minor)::text as "openMinor"
        from invoices i where ${isChanged(written, 'i')} ${ofSubscribers(sql, touched, sql`i.subscriber_id`)} order by i.id`,
  )
}

export async function messageEffects(written: Written): Promise<WrittenEffect[]> {
  const { sql, newFrom } = written
  const rows = await sql`
    select m.id as key, m.subscriber_id as "subscriberId", m.kind, i.number as claim, v.username, m.owed_on as "owedOn", m.prompt and m.status <> 'skipped' as prompt,
           case when m.status = 'skipped' then m.status_reason end as "skippedBecause"
      from messages m
      left join invoices i on m.source_noun = 'invoice' and i.id = m.source_id::uuid and i.id < ${newFrom}::uuid
      left join services v on m.source_noun = 'service' and v.id = m.source_id::uuid
     where ${isNew(written, 'm')} order by m.id`
  return toEffects('message_owed', rows).map((one, index) => ({ ...one, messageId: rows[index]?.['key'] as MessageId }))
}
