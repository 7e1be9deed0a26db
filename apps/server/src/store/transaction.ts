import { Defect, type OrganisationId } from '@nyuzi/core'
import postgres from 'postgres'

const types = {
  bigint: postgres.BigInt,
  /** Civil dates stay text; a Date would drag a time zone in. */
  date: { to: 1082, from: [1082], serialize: (value: string) => value, parse: (value: string) => value },
}

export type Types = { bigint: bigint; date: string }
export type Database = postgres.Sql<Types>
export type Sql = postgres.Sql<Types> | postgres.TransactionSql<Types>

export type DatabaseOptions = { readonly url: string; readonly connectionsMax: number; readonly applicationName: string }

/** Connects as `nyuzi_app`, so that row-level security binds every query. */
export const connect = ({ url, connectionsMax, applicationName }: DatabaseOptions): Database =>
  postgres(url, {
    max: connectionsMax,
    types,
    onnotice: () => {},
    connect_timeout: 5,
    // The library's own pause grows to 20 s: for that long a database that is back would wait for us.
    backoff: (retries: number) => Math.min(0.02 * 2 ** retries, 0.5),
    connection: { application_name: applicationName, role: 'nyuzi_app' } as Record<string, string>,
  })

/** Serialization failure, deadlock: the whole transaction may simply be run again. */
const repeatable = new Set(['40001', '40P01'])
const attemptsMax = 5

/**
 * One transaction inside one organisation: row-level security shows and takes that organisation's rows only.
 * Repeats on a deadlock; `work` must therefore have no effect but its queries.
 */
export async function inOrganisation<T>(database: Database, organisationId: OrganisationId, work: (sql: Sql) => Promise<T>): Promise<T> {
  return await repeating(
    async () =>
      (await database.begin(async (sql) => {
        // Not awaited: it goes down the connection ahead of the first query, in the same round trip.
        const scoped = sql`select set_config('nyuzi.organisation_id', ${organisationId}, true)`.execute()
        scoped.catch(() => {})
        const result = await work(sql)
        await scoped
        return result
      })) as T,
  )
}

/** Runs a whole transaction again when it met another one at the same rows. */
export async function repeating<T>(transaction: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction()
    } catch (error) {
      if (attempt === attemptsMax || !repeatable.has(sqlState(error))) throw error
    }
  }
}

/** The SQLSTATE of a database error, or an empty text. */
export const sqlState = (error: unknown): string => (error instanceof postgres.PostgresError ? error.code : '')

const awayCodes = new Set([
  ...['CONNECT_TIMEOUT', 'CONNECTION_CLOSED', 'CONNECTION_DESTROYED', 'CONNECTION_ENDED'],
  ...['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'EPIPE', 'ETIMEDOUT'],
  // A write to what has become a standby.
  '25006',
])

/**
 * Whether the database was out of reach, or unable to take any write (shutting down, starting, full): nothing is wrong
 * with the rows. Whether a commit that was under way took place is not known then.
 */
export function isDatabaseAway(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  // SQLSTATE classes: connection, resources, operator intervention, system error.
  return awayCodes.has(code) || /^(08|53|57P|58)[0-9A-Z]{2,3}$/.test(code)
}

type Column =
  | 'uuid'
  | 'repeated uuid'
  | 'text'
  | 'bigint'
  | 'integer'
  | 'boolean'
  | 'date'
  | 'timestamptz'
  | 'jsonb'
  | 'bytea'
  | 'daterange'

/**
 * Rows as one array a column, so that a statement writes any number of them in one round trip:
 * `insert into t (a, b) select a, b from ${rowsOf(sql, rows, { a: 'uuid', b: 'bigint' })}`.
 * Each array travels as the literal that the database reads itself: postgres.js takes no bigint arrays, and text arrays cost
 * twice, once to escape and once to cast. Ids that many rows share travel once, and each row has the place of its id.
 */
export function rowsOf<Row extends Record<string, unknown>>(
  sql: Sql,
  rows: readonly Row[],
  columns: { readonly [K in keyof Row & string]: Column },
) {
  const parts = Object.entries<Column>(columns).map(([name, column]) => {
    const values = rows.map((row) => row[name])
    const quotedName = `"${snake(name)}"`
    if (column !== 'repeated uuid') return { name: quotedName, array: arrayOf(sql, values, column), read: sql.unsafe(quotedName) }
    const { distinct, places } = placesOf(values)
    return {
      name: quotedName,
      array: arrayOf(sql, places, 'integer'),
      read: sql`(${arrayOf(sql, distinct, 'uuid')})[${sql.unsafe(quotedName)}] as ${sql.unsafe(quotedName)}`,
    }
  })
  const list = (fragments: readonly postgres.Fragment[]) => fragments.reduce((left, right) => sql`${left}, ${right}`)
  return sql`(select ${list(parts.map(({ read }) => read))} from unnest(${list(parts.map(({ array }) => array))}) as r(${sql.unsafe(parts.map(({ name }) => name).join(', '))})) as r`
}

const arrayOf = (sql: Sql, values: readonly unknown[], column: Exclude<Column, 'repeated uuid'>) =>
  sql`${`{${values.map(asElement).join(',')}}`}::${sql.unsafe(column)}[]`

/** Places count from 1, as those of an array in the database. */
function placesOf(values: readonly unknown[]): { readonly distinct: readonly unknown[]; readonly places: readonly (number | null)[] } {
  const placeOf = new Map<unknown, number>()
  const places = values.map((value) => {
    if (value === null || value === undefined) return null
    const place = placeOf.get(value) ?? placeOf.size + 1
    if (place > placeOf.size) placeOf.set(value, place)
    return place
  })
  return { distinct: [...placeOf.keys()], places }
}

/** What a literal splits or trims at, and the word that it takes for null, stand between quotes; there only a quote and a backslash mean anything. */
function asElement(value: unknown): string {
  const text = asText(value)
  if (text === null) return 'NULL'
  if (typeof value !== 'string' && !(value instanceof Uint8Array) && typeof value !== 'object') return text
  return text.includes('"') || text.includes('\\') ? `"${text.replace(/["\\]/g, '\\$&')}"` : `"${text}"`
}

/** The same columns as text arrays alone, for a function that casts them itself. */
export const arraysOf = <Row extends Record<string, unknown>>(sql: Sql, rows: readonly Row[], names: readonly (keyof Row & string)[]) =>
  names.map((name) => sql`${rows.map((row) => asText(row[name]))}::text[]`).reduce((left, right) => sql`${left}, ${right}`)

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

function asText(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return value
  if (typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`
  if (typeof value === 'object') return JSON.stringify(value)
  throw new Defect(`no column holds a ${typeof value}`)
}
