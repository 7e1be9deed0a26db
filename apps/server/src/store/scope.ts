import type { SubscriberId } from '@nyuzi/core'
import type { Sql } from './transaction.ts'

/** The subscribers for whom a transaction looks for work that is due; absent, for all. */
export type Scope = readonly SubscriberId[] | undefined

/** The end of each query that looks for work: in whose name it may be taken. */
export const inScope = (sql: Sql, scope: Scope, subscriberId: ReturnType<Sql>) =>
  scope === undefined ? sql`` : sql`and ${subscriberId} = any(${[...scope]}::uuid[])`
