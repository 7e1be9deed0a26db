import type { SubscriberId } from '@nyuzi/core'
import type { SeenEffect } from '../../flows/previews/ports.ts'
import type { Scope } from '../scope.ts'
import type { Sql } from '../transaction.ts'

/** What tells the rows of this transaction from all others. */
export type Written = {
  readonly sql: Sql
  /** The transaction that last wrote the row. */
  readonly xid: string
  /** An id made when the recording began: one process makes its ids in ascending order, so those of this transaction are later. */
  readonly newest: string
  /** What has an id from this one on is told as made by this transaction, though an earlier one of the same course may have made it. */
  readonly newFrom: string
}

/** A row of this transaction as an effect. `key` says which row it is, so that one that was seen before is told from a new one. */
export type WrittenEffect = SeenEffect & { readonly key: string }

export async function writtenSince(sql: Sql, newest: string, newFrom = newest): Promise<Written> {
  const [row] = await sql<{ xid: string }[]>`select (pg_current_xact_id()::text::bigint % 4294967296)::text as xid`
  return { sql, xid: row?.xid ?? '', newest, newFrom }
}

/** Added by this transaction: found by the index of ids, told apart by who wrote it. */
export const isNew = ({ sql, xid, newest }: Written, table: string) =>
  sql`${sql(table)}.id >= ${newest}::uuid and ${sql(table)}.xmin = ${xid}::xid`

/** Changed by this transaction and there before. */
export const isChanged = ({ sql, xid, newFrom }: Written, table: string) =>
  sql`${sql(table)}.id < ${newFrom}::uuid and ${sql(table)}.xmin = ${xid}::xid`

/** Where rows are changed and not added, the subscribers who were touched narrow the reading. */
export const ofSubscribers = (sql: Sql, touched: Scope, column: ReturnType<Sql>) =>
  touched === undefined ? sql`` : sql`and ${column} = any(${[...touched]}::uuid[])`

export type EffectRow = { readonly key: string; readonly subscriberId: SubscriberId | null }

/** The columns of the row, without its key and whose it is, are its effect. */
export const toEffects = (kind: SeenEffect['effect']['effect'], rows: readonly object[]): WrittenEffect[] =>
  rows.map((row) => {
    const { key, subscriberId, ...facts } = row as EffectRow
    return {
      key: `${kind} ${key}`,
      effect: { effect: kind, ...facts } as SeenEffect['effect'],
      ...(subscriberId === null ? {} : { subscriberId }),
    }
  })
