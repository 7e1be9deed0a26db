import type { PageQuery } from '../../flows/readings/ports.ts'
import type { Sql } from '../transaction.ts'

/**
 * The end of every list: newest id first, from where the last page ended. Ids are made in the order of time, so rows
 * that come in between two pages stand before the first and move nothing.
 */
export const after = (sql: Sql, { limit, after: last }: PageQuery, id = sql`id`) =>
  sql`${last === undefined ? sql`` : sql`and ${id} < ${last}::uuid`} order by ${id} desc limit ${limit}`

/** A filter that is left out when nothing is asked. */
export const where = <T>(sql: Sql, value: T | undefined, filter: (value: T) => ReturnType<Sql>) =>
  value === undefined ? sql`` : sql`and ${filter(value)}`

export const first = <T>(rows: readonly T[]): T | undefined => rows[0]
