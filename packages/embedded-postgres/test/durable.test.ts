import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { expect, test } from 'vitest'
import { clusterState, startPostgres } from '../src/start-postgres.ts'

test('a durable cluster keeps its rows over a stop, and a server already running is used as it is', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'nyuzi-durable-'))
  await chmod(parent, 0o755)
  const options = { dataDirectory: join(parent, 'pg'), durable: true } as const
  expect(await clusterState(options.dataDirectory)).toBe('absent')
  const first = await startPostgres(options)
  expect(await clusterState(options.dataDirectory)).toBe('running')
  await ask(first.url, 'create table kept as select 42 as answer')
  const again = await startPostgres(options)
  expect(again.url).toBe(first.url)
  await first.stop()
  expect(await clusterState(options.dataDirectory)).toBe('stopped')
  const restarted = await startPostgres(options)
  expect(await ask(restarted.url, 'select answer from kept')).toEqual([{ answer: 42 }])
  await restarted.stop()
  await rm(parent, { recursive: true })
}, 60_000)

async function ask(url: string, query: string) {
  const sql = postgres(url, { max: 1 })
  const rows = await sql.unsafe(query)
  await sql.end()
  return [...rows]
}
