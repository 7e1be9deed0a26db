import { afterAll, beforeAll, expect, test } from 'vitest'
// biome-ignore lint/style/noRestrictedImports: the furnished ISP lives with the server's tests, and no package exports a test.
import { type Isp, type Line, openIsp } from '../../../apps/server/test/isp.ts'
import { masterKey, type Ran, runNyuzi } from './run-nyuzi.ts'

let isp: Isp
let lines: readonly Line[] = []
const nyuzi = (words: string, env: Record<string, string> = {}): Promise<Ran> =>
  runNyuzi(words, { env: { DATABASE_URL: isp.databaseUrl, ...env } })
const invoices = async () => (await isp.raw`select count(*)::int as n from invoices`)[0]?.['n']

beforeAll(async () => {
  isp = await openIsp({ startAt: '2024-06-01T06:00:00Z' })
  lines = [await isp.subscribe(), await isp.subscribe()]
})
afterAll(() => isp?.close())

test('a dry run of the billing shows what the day would bring and writes nothing', async () => {
  const rows = async () =>
    (
      await isp.raw`select (select count(*)::int from invoices) as invoices, (select count(*)::int from journal_entries) as entries,
    (select count(*)::int from messages) as messages, (select count(*)::int from audit_records) as audit, (select max(xmin::text::bigint) from subscriptions) as subscriptions`
    )[0]
  const before = await rows()
  const { code, out } = await nyuzi('billing run --date 2024-07-01 --dry-run')
  expect(out).toMatch(
    /^Savanna Fibre \(savanna\), 2024-07-01, dry run, nothing was written: 4 invoices, \d reminders, \d suspensions, \d lines to switch, 0 parked\n$/,
  )
  expect(code).toBe(0)
  expect(await rows()).toEqual(before)
})

test('a preview shows the day as a diff and writes nothing', async () => {
  const { code, out } = await nyuzi(`billing preview --date 2024-06-05 --subscriber ${lines[0]?.accountNumber}`)
  expect(out.split('\n').slice(0, 5)).toEqual([
    'Savanna Fibre (savanna), 2024-06-05: a preview, nothing was written',
    '',
    `@ Amina 1, account ${lines[0]?.accountNumber}`,
    '  2024-06-05 + invoice NRB-… (provisional) KES 1,500 due 2024-06-01, issued 2024-06-01',
    expect.stringContaining('2024-06-01 to before 2024-07-01: net KES 1,500, total KES 1,500'),
  ])
  expect(out).toContain('cost unknown (no rate is set: policy messageCost)')
  expect(out).toContain('1 × invoice, KES 1,500')
  expect(code).toBe(0)
  const { previewed } = JSON.parse((await nyuzi('billing preview --date 2024-06-05 --json')).out)
  expect(previewed).toMatchObject([{ days: ['2024-06-05'], totals: { subscribers: 2, documents: [{ count: 2 }] } }])
  expect(await invoices()).toBe(0)
  expect((await nyuzi('billing preview --subscriber 1')).err).toBe('nyuzi: No subscriber has the account number 1.\n')
})

test('a run does what the dry run said, and a second one finds nothing to do', async () => {
  const first = await nyuzi('billing run --date 2024-06-01 --organisation savanna --json')
  expect(JSON.parse(first.out).billed).toMatchObject([
    { organisation: { slug: 'savanna' }, day: '2024-06-01', invoicesIssued: 2, dryRun: false },
  ])
  expect(await invoices()).toBe(2)
  const [audit] = await isp.raw`select actor, detail from audit_records where action = 'billing.run'`
  expect(audit).toEqual({ actor: 'command', detail: { date: '2024-06-01' } })
  const second = await nyuzi('billing run --date 2024-06-01')
  expect(second.out).toContain('0 invoices, 0 reminders, 0 suspensions, 0 lines to switch')
  expect(await invoices()).toBe(2)
})

test('a day in the future is billed by a dry run only', async () => {
  const { code, err } = await nyuzi('billing run --date 2999-01-01')
  expect(err).toContain('2999-01-01 lies in the future')
  expect(code).toBe(1)
})

test('an organisation that is not there is refused, with those that are', async () => {
  const { code, err } = await nyuzi('ledger verify -o savana')
  expect(err).toBe('nyuzi: There is no organisation savana. Name one of: savanna.\n')
  expect(code).toBe(1)
})

test('books in order are told so, with how much was read', async () => {
  const { code, out } = await nyuzi('ledger verify')
  expect(out).toBe('Savanna Fibre (savanna): in order; read 2 entries, 4 postings, 0 payments, 2 invoices, 0 sealed blocks\n')
  expect(code).toBe(0)
})

test('an invoice is explained, line by line and in words', async () => {
  const { code, out } = await nyuzi('invoice explain NRB-000001')
  expect(out).toBe(`Invoice NRB-000001 of Savanna Fibre (savanna)
Amina 1, account ${lines[0]?.accountNumber}
Issued 2024-06-01, due 2024-06-01 (days in Africa/Nairobi); open

Line 1: Internet, 1 Jun 2024 to 30 Jun 2024
  Plan          HOME10, Home 10; price version 1, from 2020-01-01
  Price         KES 1,500 for 1 month, taxes inclusive, class internet
  Subscribed    terms 1, counted from 2024-06-01, anchor day 1
  Period        2024-06-01 to before 2024-07-01
  Due           2024-06-01
  Rule          The whole period at the whole price
  Arithmetic    1500.00
  Tax point     2024-06-01
  Net           KES 1,500
  Line total    KES 1,500
  Computed a second time:
    1. Every month from 2024-06-01, day 1 of the month: the period is 2024-06-01 to before 2024-07-01, 30 days
    2. The price of a whole period: 1500.00
    3. No tax applies

  Total         KES 1,500
  Paid          KES 0
  Open          KES 1,500

The second calculation agrees: KES 1,500
`)
  expect(code).toBe(0)
  const json = JSON.parse((await nyuzi('invoice explain NRB-000001 --organisation savanna --json')).out)
  expect(json).toMatchObject({ organisation: { slug: 'savanna' }, agrees: true, lines: [{ recomputed: { total: { text: 'KES 1,500' } } }] })
})

test('an invoice is written as PDF, and nothing else is', async () => {
  const { code, out, err } = await nyuzi('invoice pdf NRB-000001')
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toMatch(/^%PDF-1\.\d\n[\s\S]*%%EOF\n$/)
  expect((await nyuzi('invoice pdf NRB-000001 --organisation savanna')).out).toBe(out)
})

test('an invoice that nobody has is refused', async () => {
  expect(await nyuzi('invoice pdf NRB-000009')).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringContaining('There is no invoice NRB-000009.'),
  })
  expect(await nyuzi('invoice explain NRB-000009')).toMatchObject({
    code: 1,
    err: 'nyuzi: There is no invoice NRB-000009. Numbers are written as on the invoice, e.g. NRB-000123.\n',
  })
})

test('the doctor tells of the boxes, of the key and of schedules that stand still', async () => {
  const well = await nyuzi('doctor')
  expect(well.out).toContain('ok    secret key: it opens the secrets of all 3 installations')
  expect(well.out).toContain('ok    installation Paybill 400123: set up')
  expect(well.out).toMatch(/ok {4}installation Router 1: .+, \d+\.\d+/)
  expect(well.out).toContain('warn  schedule daily-cycle: it has never run')
  // A throw-away cluster is never synced: the doctor must not let it keep money.
  expect(well.out).toContain('fail  fsync: PostgreSQL runs with fsync = off')
  expect(well.code).toBe(1)

  const otherKey = await nyuzi('doctor', { NYUZI_SECRET_KEY: Buffer.alloc(32, 8).toString('base64') })
  expect(otherKey.out).toContain('fail  secret key: it does not open the secrets of 3 of 3 installations')

  await isp.raw`insert into job_runs (name, started_at, finished_at, outcome) values ('daily-cycle', now() - interval '2 hours', now() - interval '2 hours', 'done'), ('seal-ledger', now(), now(), 'done')`
  await isp.router.stop()
  const ill = await nyuzi('doctor')
  expect(ill.out).toMatch(/fail {2}installation Router 1: .+\n {6}→ /)
  expect(ill.out).toContain('fail  schedule daily-cycle: it did not run for 120 minutes')
  expect(ill.out).toContain('ok    schedule seal-ledger: it ran within the last minute')
  const [router] = await isp.raw`select status from installations where name = 'Router 1'`
  expect(router?.['status']).toBe('active')
})

test('an invoice that was changed behind the back of the database is told so', async () => {
  const shift = (by: number) =>
    isp.raw.begin(async (sql) => {
      await sql`set local session_replication_role = replica`
      await sql`update invoice_lines set net_minor = net_minor + ${by} where position = 1 and invoice_id = (select id from invoices where number = 'NRB-000002')`
    })
  await shift(1)
  const { code, out } = await nyuzi('invoice explain NRB-000002')
  expect(out).toContain('THE SECOND CALCULATION DIFFERS: KES 1,500\n  line 1, net: issued 1500.01 KES, recomputed 1500.00 KES\n')
  expect(code).toBe(1)
  await shift(-1)
  expect(await nyuzi('invoice explain NRB-000002')).toMatchObject({ code: 0 })
})

test('a posting planted behind the back of the database is found', async () => {
  await isp.raw.begin(async (sql) => {
    await sql`set local session_replication_role = replica`
    await sql`update postings set amount_minor = amount_minor + 1 where ctid = (select ctid from postings limit 1)`
  })
  const { code, out } = await nyuzi('ledger verify')
  expect(out).toMatch(/Savanna Fibre \(savanna\): \d+ doubts; read 2 entries/)
  expect(out).toMatch(/ {2}L1 {3}[0-9a-f-]{36}: its postings sum to 1 KES/)
  expect(code).toBe(1)
  const json = JSON.parse((await nyuzi('ledger verify --json', { NYUZI_SECRET_KEY: masterKey })).out)
  expect(json.doubts).toBe(json.books[0].doubts.length)
  expect(json.books[0].doubts[0]).toMatchObject({ rule: 'L1', message: 'its postings sum to 1 KES' })
})
