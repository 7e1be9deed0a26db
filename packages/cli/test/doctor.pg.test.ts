import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clusterState, startPostgres } from '@nyuzi/embedded-postgres'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runNyuzi } from './run-nyuzi.ts'

// A cluster that is synced as a real one is, in a folder as a demo has it.
let dataDirectory = ''
const cluster = () => ({ dataDirectory: join(dataDirectory, 'pg'), durable: true }) as const
const demo = (words: string) => runNyuzi(words, { config: 'demo', env: { NYUZI_DATA: dataDirectory } })

beforeAll(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'nyuzi-command-'))
  await chmod(dataDirectory, 0o755)
})
afterAll(async () => {
  if ((await clusterState(cluster().dataDirectory)) === 'running') await (await startPostgres(cluster())).stop()
  await rm(dataDirectory, { recursive: true, force: true })
})

test('a demo that was never started has no database, and none is made', async () => {
  const { code, out } = await demo('doctor')
  expect(out).toContain('fail  database: The demo has not made its database')
  expect(out).toContain('→ Start the demo once with `npm start`.')
  expect(code).toBe(1)
  expect(await clusterState(cluster().dataDirectory)).toBe('absent')
})

test('a database that was never migrated is refused until it is', async () => {
  const running = await startPostgres(cluster())
  try {
    const red = await demo('doctor')
    expect(red.out).toContain('fail  schema: it lacks 0000_tables')
    expect(red.out).toContain('fail  role: The role nyuzi_app is missing.')
    expect(red.code).toBe(1)
    const refused = await demo('ledger verify')
    expect(refused.err).toMatch(/^nyuzi: The database lacks 0000_tables.*Run `nyuzi db migrate`\.\n$/)
    expect(refused.code).toBe(1)
    expect(await demo('db migrate')).toMatchObject({ code: 0, out: expect.stringMatching(/^Applied 0000_tables, 0001_guards/) })
    expect(await demo('db migrate')).toMatchObject({ code: 0, out: 'The database is as this version needs it.\n' })
  } finally {
    await running.stop()
  }
})

test('a demo that does not run is started for the command and stopped again', async () => {
  const { code, out } = await demo('doctor')
  expect(out).toContain('ok    settings: fit for demo mode')
  expect(out).toContain('warn  organisations: there is none yet')
  expect(out).toMatch(/\d+ ok, 5 to look at, 0 failed\n$/)
  expect(code).toBe(0)
  expect(await demo('ledger verify')).toMatchObject({
    code: 0,
    out: 'This server has no organisation yet: there are no books to verify.\n',
  })
  expect(await clusterState(cluster().dataDirectory)).toBe('stopped')
})

test('a database that runs is used and left running, and a sound one passes in real mode', async () => {
  const running = await startPostgres(cluster())
  try {
    const { code, out } = await runNyuzi('doctor --json', { env: { DATABASE_URL: running.url } })
    const { findings, counts } = JSON.parse(out)
    expect(counts.fail).toBe(0)
    expect(findings).toContainEqual({ level: 'ok', subject: 'synchronous_commit', message: 'fit' })
    expect(code).toBe(0)
    await demo('ledger verify')
    expect(await clusterState(cluster().dataDirectory)).toBe('running')
    const sql = postgres(running.url, { max: 1 })
    await sql`insert into nyuzi_migrations.__drizzle_migrations (hash, created_at) values ('of another version', 9999999999999)`
    await sql.end()
    const newer = await demo('db migrate')
    expect(newer.err).toContain('The database was migrated by a newer version of Nyuzi.')
    expect(newer.code).toBe(1)
  } finally {
    await running.stop()
  }
})

test('settings that a real server must not have are told with what to do', async () => {
  const weak = await runNyuzi('doctor', { env: { DATABASE_URL: 'postgres://127.0.0.1/nyuzi', NYUZI_SECRET_KEY: 'short' } })
  expect(weak.out).toContain('fail  settings: NYUZI_SECRET_KEY must hold at least 32 random octets')
  const away = await runNyuzi('doctor', { env: { DATABASE_URL: 'postgres://127.0.0.1:1/nyuzi' } })
  expect(away.out).toContain('fail  database: it does not answer: connect ECONNREFUSED 127.0.0.1:1')
  expect(away.code).toBe(1)
})
