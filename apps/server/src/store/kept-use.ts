import type { InvoiceId } from '@nyuzi/core'
import type { KeptUse } from '../flows/billing/ports.ts'
import type { Sql } from './transaction.ts'

/**
 * By invoice and position, for lines that charge use: the records of their period, and where the subscription was granted anything, all others
 * too, since what they drew was gone.
 */
export async function readKeptUse(sql: Sql, ids: readonly InvoiceId[]): Promise<ReadonlyMap<string, KeptUse>> {
  const lines = sql`invoice_line_usage u
      join invoice_lines n on n.organisation_id = u.organisation_id and n.invoice_id = u.invoice_id and n.position = u.line_position
      join invoices i on i.organisation_id = n.organisation_id and i.id = n.invoice_id`
  const [records, allowances] = await Promise.all([
    sql<({ line: string } & KeptUse['records'][number])[]>`
      select u.invoice_id || ' ' || u.line_position as line, r.id, r.key, r.quantity, extract(epoch from r.occurred_at)::float8 * 1000 as "occurredAt",
             extract(epoch from r.received_at)::float8 * 1000 as "receivedAt", d.day is not null as counted
        from ${lines}
        join usage_records r on r.organisation_id = n.organisation_id and r.subscription_id = n.subscription_id and r.unit = u.unit and r.received_at <= i.created_at + interval '1 minute'
        left join usage_days d on d.organisation_id = r.organisation_id and d.subscription_id = r.subscription_id and d.unit = r.unit and d.day = r.day
                              and d.terms = n.terms and d.period_start = n.period_start
       where u.invoice_id = any(${[...ids]}::uuid[])
         and (d.day is not null or exists (select from allowances a where a.organisation_id = n.organisation_id and a.subscription_id = n.subscription_id and a.unit = u.unit and a.withdrawn_at is null))`,
    sql<({ line: string } & KeptUse['allowances'][number])[]>`
      select u.invoice_id || ' ' || u.line_position as line, a.id, a.title, a.granted_units as "grantedUnits", extract(epoch from a.created_at)::float8 * 1000 as "grantedAt",
             extract(epoch from a.valid_from)::float8 * 1000 as "validFrom", extract(epoch from a.valid_until)::float8 * 1000 as "validUntil"
        from ${lines}
        join allowances a on a.organisation_id = n.organisation_id and a.subscription_id = n.subscription_id and a.unit = u.unit and a.withdrawn_at is null
       where u.invoice_id = any(${[...ids]}::uuid[])`,
  ])
  const kept = new Map<string, { records: KeptUse['records'][number][]; allowances: KeptUse['allowances'][number][] }>()
  const of = (line: string) => {
    const one = kept.get(line) ?? { records: [], allowances: [] }
    kept.set(line, one)
    return one
  }
  for (const { line, ...record } of records) of(line).records.push(record)
  for (const { line, ...allowance } of allowances) of(line).allowances.push(allowance)
  return kept
}
