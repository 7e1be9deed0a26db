import { readFile } from 'node:fs/promises'
import postgres from 'postgres'

/** `pending`: migrations of this version the database lacks. `newer`: it has some this version does not know. */
export type MigrationState = { readonly pending: readonly string[]; readonly newer: boolean }

/** Compares the migrations of this version with those a database has seen; reads only, and needs no drizzle. */
export async function readMigrationState(url: string): Promise<MigrationState> {
  const journal: { entries: { tag: string; when: number }[] } = JSON.parse(
    await readFile(new URL('../../drizzle/meta/_journal.json', import.meta.url), 'utf8'),
  )
  const seen = await lastSeen(url)
  const known = journal.entries.at(-1)?.when ?? 0
  return { pending: journal.entries.filter(({ when }) => when > seen).map(({ tag }) => tag), newer: seen > known }
}

async function lastSeen(url: string): Promise<number> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    const [table] = await sql`select to_regclass('nyuzi_migrations.__drizzle_migrations') as name`
    if (!table?.name) return 0
    const [last] = await sql`select max(created_at) as at from nyuzi_migrations.__drizzle_migrations`
    return Number(last?.at ?? 0)
  } finally {
    await sql.end()
  }
}
