import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'

const folder = new URL('../../drizzle/', import.meta.url)
const migrationsSchema = 'nyuzi_migrations'

/**
 * Brings a database to this version's schema. Runs as the database's owner; the server itself works as the role
 * `nyuzi_app` that a migration makes. drizzle is loaded only when there is something to do: it costs 0.85 s and
 * 160 MiB at import, which each restart would pay.
 */
export async function migrateDatabase(url: string): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => {} })
  try {
    // Two servers that start at once must not migrate at once.
    await client`select pg_advisory_lock(7061726)`
    if (await isCurrent(client)) return
    const [{ drizzle }, { migrate }] = await Promise.all([import('drizzle-orm/postgres-js'), import('drizzle-orm/postgres-js/migrator')])
    await migrate(drizzle({ client }), { migrationsFolder: fileURLToPath(folder), migrationsSchema })
  } finally {
    await client.end()
  }
}

/** Whether the newest migration that the database went through is the newest of ours, to the letter. */
async function isCurrent(client: postgres.Sql): Promise<boolean> {
  const table = `${migrationsSchema}.__drizzle_migrations`
  const [made] = await client`select to_regclass(${table}) is not null as yes`
  if (!made?.['yes']) return false
  const journal: { entries: { tag: string }[] } = JSON.parse(await readFile(new URL('meta/_journal.json', folder), 'utf8'))
  const newest = await readFile(new URL(`${journal.entries.at(-1)?.tag}.sql`, folder))
  const [last] = await client`select hash from ${client(table)} order by created_at desc limit 1`
  return last?.['hash'] === createHash('sha256').update(newest).digest('hex')
}
