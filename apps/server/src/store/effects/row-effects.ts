import type { SubscriberId } from '@nyuzi/core'
import type { Written, WrittenEffect } from './written.ts'

/** Tables that are read with an effect of their own. */
const told: ReadonlySet<string> = new Set([
  'access_states',
  'allocations',
  'credit_allocations',
  'credits',
  'cut_off_members',
  'invoices',
  'messages',
  'subscriptions',
])

/** Tables whose rows follow from others that are told: each with the reason why they are not. */
export const untold: Readonly<Record<string, string>> = {
  access_lanes: 'a box whose lines are to be switched',
  audit_records: 'who did it, and when',
  billing_preview_parts: 'a preview itself',
  billing_previews: 'a preview itself',
  charged_periods: 'the days of invoice lines, and of credit lines that release them',
  credit_line_taxes: 'part of the credit',
  credit_lines: 'part of the credit',
  cut_off_batches: 'the list that its lines stand on',
  fiscal_counters: 'the count of the tax authority, which a lane of its own works on',
  fiscal_cursors: 'up to which document the tax authority was told',
  fiscal_devices: 'an installation that was opened',
  fiscal_documents: 'the declaration of a document that is told',
  idempotency_keys: 'the answer to a request',
  invoice_line_discounts: 'part of the claim',
  invoice_line_taxes: 'part of the claim',
  invoice_line_usage: 'part of the claim',
  invoice_lines: 'part of the claim',
  journal_entries: 'the booking of a document or a settlement',
  late_fees: 'the debit note that charges the fee',
  ledger_accounts: 'an account that a booking opened, with its balance',
  number_series: 'the last number of a document',
  passes: 'the instants of what a claim sells',
  price_moves: 'how far the move of subscriptions to a price has come',
  postings: 'the booking of a document or a settlement',
  recognised_days: 'days that are earned for all subscribers at once',
  revenue_deferrals: 'what a line of a claim earns by day',
}

/** Tables whose changed rows follow from settlements; a row that is added is told. */
const toldWhenAdded: ReadonlySet<string> = new Set(['payments'])

export type TableWrites = { readonly table: string; readonly inserted: number; readonly updated: number; readonly deleted: number }

/** The database's own count of what this transaction wrote, by table: nothing that writes gets by it. */
export async function tableWrites({ sql }: Pick<Written, 'sql'>): Promise<ReadonlyMap<string, TableWrites>> {
  const rows = await sql<TableWrites[]>`
    select relname as "table", n_tup_ins::int as inserted, n_tup_upd::int as updated, n_tup_del::int as deleted from pg_stat_xact_user_tables
     where schemaname = 'public' and n_tup_ins + n_tup_upd + n_tup_del > 0`
  return new Map(rows.map((row) => [row.table, row]))
}

/** Rows of every table that has no effect of its own, whatever it is: a new table is told before anyone thinks of it. */
export async function rowEffects(written: Written, writes: readonly TableWrites[]): Promise<WrittenEffect[]> {
  const effects: WrittenEffect[] = []
  for (const { table, inserted, updated, deleted } of writes) {
    if (untold[table] !== undefined) continue
    if (deleted > 0) effects.push({ key: `rows_deleted ${table}`, effect: { effect: 'rows_deleted', table, rows: deleted } })
    if (!told.has(table) && (inserted > 0 || (updated > 0 && !toldWhenAdded.has(table)))) effects.push(...(await rowsOf(written, table)))
  }
  return effects
}

type RowOf = { readonly key: string; readonly subscriberId: SubscriberId | null; readonly row: Record<string, string | null> }

async function rowsOf({ sql, xid, newest, newFrom }: Written, table: string): Promise<WrittenEffect[]> {
  // Instants differ from run to run, and bytes are secrets or pictures.
  const columns = await sql<{ name: string; type: string }[]>`
    select column_name as name, data_type as type from information_schema.columns where table_schema = 'public' and table_name = ${table}`
  const has = (name: string) => columns.some((column) => column.name === name)
  const left = columns.filter(({ name, type }) => name !== 'organisation_id' && !['timestamp with time zone', 'bytea'].includes(type))
  const names = left.map(({ name }) => name)
  const subscriberId =
    table === 'subscribers'
      ? sql`t.id`
      : has('subscriber_id')
        ? sql`t.subscriber_id`
        : has('subscription_id')
          ? sql`(select s.subscriber_id from subscriptions s where s.id = t.subscription_id)`
          : has('invoice_id')
            ? sql`(select i.subscriber_id from invoices i where i.id = t.invoice_id)`
            : sql`null::uuid`
  const rows = await sql<RowOf[]>`
    select md5(t::text) as key, ${subscriberId} as "subscriberId",
           (select jsonb_object_agg(e.key, e.value #>> '{}') from jsonb_each(to_jsonb(t)) e where e.key = any(${names}::text[])) as row
      from ${sql(table)} t
     where t.xmin = ${xid}::xid ${toldWhenAdded.has(table) && has('id') ? sql`and t.id >= ${newest}::uuid` : sql``} order by t::text`
  return rows.map(({ key, subscriberId: owner, row }) => ({
    key: `${table} ${key}`,
    ...(owner === null ? {} : { subscriberId: owner }),
    effect: { effect: 'row_written', table, row: withoutNewIds(row, newFrom) },
  }))
}

const uuids = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

/** Ids that were made just now are others the next time. */
const withoutNewIds = (row: Record<string, string | null>, newFrom: string): Record<string, string | null> =>
  Object.fromEntries(
    Object.entries(row)
      .map(([name, value]) => [name, value === null ? null : value.replace(uuids, (id) => (id >= newFrom ? 'new' : id))] as const)
      .filter(([name, value]) => !(name === 'id' && value === 'new')),
  )
