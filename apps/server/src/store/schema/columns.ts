import { sql } from 'drizzle-orm'
import { bigint, customType, timestamp, uuid } from 'drizzle-orm/pg-core'

/** First column of every key: rows belong to one organisation, and the schema can be distributed by it. */
export const organisationId = () => uuid('organisation_id').notNull()
export const id = () => uuid('id').notNull().default(sql`uuidv7()`)
/** Whole minor units of the row's currency. */
export const minor = (name: string) => bigint(name, { mode: 'bigint' })
export const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 })
export const bytes = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' })
export const instantRange = customType<{ data: string }>({ dataType: () => 'tstzrange' })
export const dateRange = customType<{ data: string }>({ dataType: () => 'daterange' })
