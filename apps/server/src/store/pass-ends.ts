import type { Instant, SubscriptionId } from '@nyuzi/core'
import type { Sql } from './transaction.ts'

/** When the last pass of each of them is over. */
export async function passEnds(sql: Sql, ids: readonly SubscriptionId[]): Promise<ReadonlyMap<SubscriptionId, Instant>> {
  if (ids.length === 0) return new Map()
  const rows = await sql<{ id: SubscriptionId; until: Instant }[]>`
    select subscription_id as id, max(upper(valid)) as until from passes where subscription_id = any(${[...ids]}::uuid[]) and not taken_back group by 1`
  return new Map(rows.map(({ id, until }) => [id, until]))
}
