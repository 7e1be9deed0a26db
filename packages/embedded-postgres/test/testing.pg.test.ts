import postgres from 'postgres'
import { expect, inject, test } from 'vitest'
import { createTestDatabase } from '../src/testing.ts'

test('a clone is a database of its own that speaks PostgreSQL 18', async () => {
  const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()])
  const sql = postgres(one.url, { max: 1 })
  const otherSql = postgres(other.url, { max: 1 })
  try {
    await sql`create table only_here (id uuid primary key default uuidv7())`
    const [row] = await sql<{ id: string }[]>`insert into only_here default values returning id`
    expect(row?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
    const [there] = await otherSql<{ name: string | null }[]>`select to_regclass('only_here') as name`
    expect(there?.name).toBeNull()
  } finally {
    await Promise.all([sql.end(), otherSql.end()])
    await Promise.all([one.drop(), other.drop()])
  }
})

test('a dropped clone is gone even while someone is connected', async () => {
  const clone = await createTestDatabase()
  const idle = postgres(clone.url, { max: 1, onclose: () => {} })
  await idle`select 1`
  await clone.drop()
  await idle.end({ timeout: 0 })
  const admin = postgres(inject('postgresUrl'), { max: 1 })
  const name = new URL(clone.url).pathname.slice(1)
  expect(await admin`select 1 from pg_database where datname = ${name}`).toHaveLength(0)
  await admin.end()
})

test('text sorts by code point and is UTF-8 whatever the machine speaks', async () => {
  const clone = await createTestDatabase()
  const sql = postgres(clone.url, { max: 1 })
  const [row] = await sql`select current_setting('server_encoding') as encoding, 'Z' < 'a' as by_code_point, upper('é') as upper`
  expect(row).toEqual({ encoding: 'UTF8', by_code_point: true, upper: 'É' })
  await sql.end()
  await clone.drop()
})
