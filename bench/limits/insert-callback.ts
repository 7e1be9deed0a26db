import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import postgres from 'postgres'
import { c2bBody } from '../kit/c2b.ts'

const clients = 16
const run = promisify(execFile)

export type InsertLimit = { readonly by: string; perSecond(count: number): Promise<number>; close(): Promise<void> }

/** One row a commit into a table of the inbox's shape and indexes, by 16 clients: what PostgreSQL gives without sharing. */
export async function openInsertLimit(databaseUrl: string): Promise<InsertLimit> {
  const sql = postgres(databaseUrl, { max: clients, onnotice: () => {} })
  await sql`create table if not exists limit_callbacks (like callbacks including all)`
  const close = () => sql.end()
  if (await hasPgbench()) return { by: 'pgbench', perSecond: (count) => byPgbench(databaseUrl, count), close }
  return { by: 'postgres.js', perSecond: (count) => byClient(sql, count), close }
}

const hasPgbench = (): Promise<boolean> =>
  run('pgbench', ['--version']).then(
    () => true,
    () => false,
  )

const body = c2bBody({ receipt: 'SFA0000000', account: '100001', amount: '1500.00' })

async function byPgbench(databaseUrl: string, count: number): Promise<number> {
  const { hostname, port, username, password, pathname } = new URL(databaseUrl)
  const folder = await mkdtemp(join(tmpdir(), 'nyuzi-pgbench-'))
  const script = join(folder, 'insert.sql')
  // A colon before a name is a variable of pgbench, so the body travels in hex.
  await writeFile(
    script,
    `insert into limit_callbacks (organisation_id, installation_id, channel, dedupe_key, body, body_sha256, headers, query, peer_address, received_at, next_attempt_at)
     values ('00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002', 'confirmation', 'c2b ' || gen_random_uuid(),
             '\\x${Buffer.from(body).toString('hex')}', sha256('\\x${Buffer.from(body).toString('hex')}'), '{}', '{}', '127.0.0.1', now(), now());\n`.replaceAll(
      /\n\s+/g,
      ' ',
    ),
  )
  try {
    const { stdout } = await run(
      'pgbench',
      ['-n', '-M', 'prepared', '-c', String(clients), '-j', '2', '-t', String(Math.ceil(count / clients)), '-f', script, pathname.slice(1)],
      { env: { ...process.env, PGHOST: hostname, PGPORT: port, PGUSER: username, PGPASSWORD: decodeURIComponent(password) } },
    )
    const rate = /^tps = ([\d.]+)/m.exec(stdout)?.[1]
    if (!rate) throw new Error(`pgbench gave no rate: ${stdout}`)
    return Number(rate)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function byClient(sql: postgres.Sql, count: number): Promise<number> {
  const bytes = Buffer.from(body)
  let left = count
  const startedMs = performance.now()
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (left-- > 0)
        await sql`
          insert into limit_callbacks (organisation_id, installation_id, channel, dedupe_key, body, body_sha256, headers, query, peer_address, received_at, next_attempt_at)
          values ('00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002', 'confirmation', ${`c2b ${crypto.randomUUID()}`},
                  ${bytes}, sha256(${bytes}), '{}', '{}', '127.0.0.1', now(), now())`
    }),
  )
  return (count / (performance.now() - startedMs)) * 1_000
}
