import { createTestDatabase } from '@nyuzi/embedded-postgres/testing'
import { expect, it } from 'vitest'
import { connect, rowsOf } from '../../src/store/transaction.ts'
it('x', async () => {
  const db = await createTestDatabase()
  const sql = connect({ url: db.url, connectionsMax: 2, applicationName: 't' })
  console.log(await sql`select current_user, session_user`)
  console.log(await sql`select a, b, c, d, e from ${rowsOf(sql, [{ a: 5n, b: 'x', c: null, d: new Date(0), e: { k: 'a"b,{}' } }], { a: 'bigint', b: 'text', c: 'uuid', d: 'timestamptz', e: 'jsonb' })}`)
  await expect(sql`select * from organisations`).resolves.toHaveLength(0)
  await sql.end(); await db.drop()
})
