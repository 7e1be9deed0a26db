import { createTestDatabase } from '@nyuzi/embedded-postgres/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect, type Database, rowsOf } from '../../src/store/transaction.ts'

let database: Awaited<ReturnType<typeof createTestDatabase>>
let sql: Database
beforeAll(async () => {
  database = await createTestDatabase()
  sql = connect({ url: database.url, connectionsMax: 1, applicationName: 'test' })
})
afterAll(async () => {
  await sql.end()
  await database.drop()
})

const ids = ['0198a3c0-0000-7000-8000-000000000001', '0198a3c0-0000-7000-8000-000000000002']

describe('Rows that travel as arrays', () => {
  it('arrive as they left, whatever their texts hold', async () => {
    // PostgreSQL holds no character zero.
    const texts = fc
      .oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', 'NULL', 'null', '{}', '"', '\\', '","', 'a,b', "o'clock"))
      .map((text) => text.replaceAll('\u0000', ''))
    const rows = fc.array(
      fc.record({
        text: fc.option(texts),
        minor: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        bytes: fc.uint8Array({ maxLength: 20 }),
        facts: fc.dictionary(fc.constantFrom('a', 'b'), texts),
        on: fc.option(fc.boolean()),
        shared: fc.option(fc.constantFrom(...ids)),
      }),
      { maxLength: 20 },
    )
    await fc.assert(
      fc.asyncProperty(rows, async (sent) => {
        const columns = { text: 'text', minor: 'bigint', bytes: 'bytea', facts: 'jsonb', on: 'boolean', shared: 'repeated uuid' } as const
        const came = await sql`select * from ${rowsOf(sql, sent, columns)}`
        expect(came.map((row) => ({ ...row, bytes: [...row.bytes] }))).toEqual(sent.map((row) => ({ ...row, bytes: [...row.bytes] })))
      }),
      { numRuns: 30 },
    )
  })
})
