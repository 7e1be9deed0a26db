import { createTestDatabase, type TestDatabase } from '@nyuzi/embedded-postgres/testing'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connect, type Database } from '../../src/store/transaction.ts'

let database: TestDatabase
let sql: Database
let owner: postgres.Sql

beforeAll(async () => {
  database = await createTestDatabase()
  sql = connect({ url: database.url, connectionsMax: 1, applicationName: 'lost-connection' })
  owner = postgres(database.url, { max: 1 })
})
afterAll(async () => {
  await sql.end()
  await owner.end()
  await database.drop()
})

it('a connection that is ended in the middle of a query spoils that query only', async () => {
  const sleeping = sql`select pg_sleep(30)`.execute()
  const ended = expect(sleeping).rejects.toThrow()
  for (let found = 0; found === 0; )
    found = (
      await owner`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'lost-connection' and query like '%pg_sleep%' and state = 'active'`
    ).length
  await ended
  expect(await sql`select 1 as one`).toEqual([{ one: 1 }])
  expect(await sql`select 2 as two`).toEqual([{ two: 2 }])
})
