import { civilDate, money } from '@nyuzi/core'
import type postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { explainInvoice } from '../../src/flows/billing/explain-invoice.ts'
import { recomputeIssued } from '../../src/flows/billing/recompute-issued.ts'
import { createPlan } from '../../src/flows/catalog/create-plan.ts'
import type { NewPrice } from '../../src/flows/catalog/create-price.ts'
import { changeOrganisation } from '../../src/flows/organisations/change-organisation.ts'
import { recordManualPayment } from '../../src/flows/payments/record-manual-payment.ts'
import { cancelSubscription } from '../../src/flows/subscribers/cancel-subscription.ts'
import { runJob } from '../../src/jobs/schedules.ts'
import { jobRunStore } from '../../src/store/job-runs.ts'
import { type Isp, type Line, openIsp, priceOf } from '../isp.ts'

let isp: Isp
let whole: Line
let stub: Line
let weekly: Line

const recompute = (since?: string) => recomputeIssued(isp.deps, isp.organisationId, since === undefined ? undefined : civilDate(since))
const explain = (number: string) => explainInvoice(isp.deps, isp.organisationId, { number })
const change = (input: Omit<Parameters<typeof changeOrganisation>[2], 'actor'>) =>
  changeOrganisation(isp.deps, isp.organisationId, { ...input, actor: 'test' })
const planOf = (code: string, amount: string, price: Partial<NewPrice>) =>
  createPlan(isp.deps, isp.organisationId, { code, name: code, actor: 'test', price: { ...priceOf(amount, 'postpaid', 3), ...price } })
const numbersOf = async ({ subscriberId }: Line): Promise<string[]> =>
  (await isp.raw`select number from invoices where subscriber_id = ${subscriberId} order by sequence`).map(({ number }) => number)
const firstNumberOf = async (line: Line): Promise<string> => (await numbersOf(line))[0] ?? ''
const tasks = (): Promise<object[]> =>
  isp.raw`select title, detail, done_at from tasks where kind = 'invoice_differs' order by created_at, id`
/** Changes rows as nobody could who goes through the database's guards. */
const plant = (work: (sql: postgres.TransactionSql) => Promise<unknown>) =>
  isp.raw.begin(async (sql) => {
    await sql`set local session_replication_role = replica`
    await work(sql)
  })

beforeAll(async () => {
  isp = await openIsp({ startAt: '2026-06-01T06:00:00Z', log: 'silent' })
  await change({ taxPack: 'KE' })
  const firm = await planOf('FIRM', '3000', { pricing: 'exclusive' })
  const week = await planOf('WEEK', '450', { cadence: { unit: 'week', count: 1 }, taxClass: 'equipment' })
  whole = await isp.subscribe({ startsOn: civilDate('2026-06-10'), anchorDay: 10, name: 'Wanjiku' })
  stub = await isp.subscribe({ startsOn: civilDate('2026-06-12'), anchorDay: 31, planId: firm })
  weekly = await isp.subscribe({ startsOn: civilDate('2026-06-10'), planId: week })
  isp.day('2026-06-12')
  await isp.cycle()
})
afterAll(() => isp.close())

describe('An invoice is explained', () => {
  it('by what it follows from, beside what the second calculator makes of it', async () => {
    const explained = await explain(await firstNumberOf(stub))
    expect(explained).toMatchObject({ timeZone: 'Africa/Nairobi', recomputed: { outcome: 'agree', differences: [] }, allocations: [] })
    expect(explained?.issued.lines).toMatchObject([
      {
        from: { plan: { code: 'FIRM' }, price: { version: 1 }, terms: { number: 1, origin: '2026-06-12', anchorDay: 31 } },
        subscribed: { period: { start: '2026-06-12', end: '2026-06-30' } },
        arithmetic: '3000.00 × 18 ÷ 30 = 1800.00 excl.: excise 15 % 270.00, VAT 16 % 331.20, total 2401.20',
      },
    ])
    expect(explained?.recomputed.lines.get(1)?.steps).toEqual([
      'Every month from 2026-06-12, day 31 of the month: the period is 2026-05-31 to before 2026-06-30, 30 days; charged are 2026-06-12 to before 2026-06-30: 18 days',
      '3000.00 × 18 ÷ 30 = 1800.00',
      'Rates of 2026-06-05, the price excludes them',
      'excise 15 % on 1800.00: 1800.00 × 15 ÷ 100 = 270.00',
      'VAT 16 % on 2070.00: 2070.00 × 16 ÷ 100 = 331.20',
      'Net 1800.00 and the taxes: 2401.20',
    ])
  })

  it('with the money that was set against it', async () => {
    const { branchId } = isp
    const paid = { branchId, subscriberId: whole.subscriberId, amount: money(100_000n, 'KES'), reference: 'SLIP-1' }
    await recordManualPayment(isp.deps, isp.organisationId, { ...paid, paidAt: isp.clock.now(), actor: 'test' })
    expect(await explain(await firstNumberOf(whole))).toMatchObject({
      invoice: { subscriberName: 'Wanjiku', allocatedMinor: 100_000n },
      allocations: [{ amountMinor: 100_000n, providerTransaction: 'SLIP-1' }],
    })
  })

  it('and is not found under a number that nobody has', async () => {
    expect(await explain('NRB-999999')).toBeUndefined()
  })
})

describe('Everything that was issued agrees', () => {
  it('with its second calculation, and no task is opened', async () => {
    const [row] = await isp.raw`select count(*)::int as n from invoices`
    expect(row?.['n']).toBeGreaterThanOrEqual(4)
    expect(await recompute()).toEqual({ read: row?.['n'], differing: 0 })
    expect(await tasks()).toEqual([])
  })

  it('after a cancellation too: what was issued before it is whole, what came after is cut', async () => {
    isp.day('2026-07-05')
    await isp.cycle()
    isp.day('2026-07-06')
    const [, june] = await numbersOf(whole)
    await cancelSubscription(isp.deps, isp.organisationId, whole.subscriptionId, { on: civilDate('2026-08-15'), actor: 'test' })
    await cancelSubscription(isp.deps, isp.organisationId, weekly.subscriptionId, { on: civilDate('2026-07-10'), actor: 'test' })
    isp.day('2026-08-05')
    await isp.cycle()
    const last = await explain((await numbersOf(whole)).at(-1) ?? '')
    expect(last?.issued.lines[0]?.subscribed?.period).toEqual({ start: '2026-08-10', end: '2026-08-15' })
    expect(last?.recomputed.lines.get(1)?.rule).toBe('last')
    expect((await explain(june ?? ''))?.recomputed.lines.get(1)?.rule).toBe('whole')
    expect(await recompute()).toMatchObject({ differing: 0 })
  })

  it('after the organisation has chosen other taxes: a line bears those of its day', async () => {
    isp.day('2026-08-06')
    await change({ taxSettings: { rates: [{ code: 'excise', rateBp: 2500, from: civilDate('2023-07-02') }] } })
    isp.day('2026-09-05')
    await isp.cycle()
    expect((await explain((await numbersOf(stub)).at(-1) ?? ''))?.recomputed.lines.get(1)?.taxes[0]).toMatchObject({ rateBp: 2500 })
    isp.day('2026-09-06')
    await change({ taxPack: 'none', taxSettings: null })
    isp.day('2026-10-05')
    await isp.cycle()
    expect((await explain((await numbersOf(stub)).at(-1) ?? ''))?.recomputed.lines.get(1)?.taxes).toEqual([])
    expect(await recompute()).toMatchObject({ differing: 0 })
    expect(await recompute('2026-09-20')).toEqual({ read: 1, differing: 0 })
  })
})

describe('A line that was changed behind the back of the database', () => {
  it('is found, named once, and its task is settled when it is right again', async () => {
    const number = await firstNumberOf(stub)
    const shift = (by: number) =>
      plant(
        (sql) =>
          sql`update invoice_line_taxes set amount_minor = amount_minor + ${by} where code = 'excise' and invoice_id = (select id from invoices where number = ${number})`,
      )
    await shift(1)
    expect(await recompute()).toMatchObject({ differing: 1 })
    expect(await recompute()).toMatchObject({ differing: 1 })
    expect(await tasks()).toEqual([
      {
        title: `Invoice ${number} differs from its second calculation: line 1, excise_amount is 270.01, recomputed 270.00`,
        detail: { number, differences: [{ position: 1, field: 'excise_amount', issued: '270.01', recomputed: '270.00' }] },
        done_at: null,
      },
    ])
    expect((await explain(number))?.recomputed.outcome).toBe('differ')
    await shift(-1)
    expect(await recompute()).toMatchObject({ differing: 0 })
    expect(await tasks()).toMatchObject([{ done_at: expect.any(Date) }])
  })

  const wrong: [what: string, change: string, back: string, field: string][] = [
    ['its net', 'net_minor = net_minor - 1', 'net_minor = net_minor + 1', 'net'],
    ['what it claims', 'total_minor = total_minor + 100', 'total_minor = total_minor - 100', 'total'],
    ['its last day', 'period_end = period_end + 1', 'period_end = period_end - 1', 'period_end'],
    ['its first day', 'period_start = period_start - 1', 'period_start = period_start + 1', 'period_start'],
    ['its tax point', 'tax_point = tax_point - 1', 'tax_point = tax_point + 1', 'tax_point'],
    ['its tax class', `tax_class = 'exempt'`, `tax_class = 'internet'`, 'tax_class'],
    ['its pricing', `pricing = 'inclusive'`, `pricing = 'exclusive'`, 'pricing'],
    ['its price version', 'price_version = 7', 'price_version = 1', 'price_version'],
    ['its price', `price_id = gen_random_uuid()`, '', 'price'],
  ]
  it.each(wrong)('is found by %s', async (_, set, back, field) => {
    const number = await firstNumberOf(stub)
    const [line] = await isp.raw`select n.price_id from invoice_lines n join invoices i on i.id = n.invoice_id where i.number = ${number}`
    const update = (text: string) =>
      plant((sql) => sql.unsafe(`update invoice_lines set ${text} where invoice_id = (select id from invoices where number = '${number}')`))
    await update(set)
    expect((await explain(number))?.recomputed.differences.map((difference) => difference.field)).toContain(field)
    expect(await recompute()).toMatchObject({ differing: 1 })
    await update(back === '' ? `price_id = '${line?.['price_id']}'` : back)
    expect(await recompute()).toMatchObject({ differing: 0 })
  })

  it('is found when it is gone, or when its invoice claims another total', async () => {
    const number = await firstNumberOf(weekly)
    const differencesAfter = async (text: string) => {
      await plant((sql) => sql.unsafe(text))
      return (await explain(number))?.recomputed.differences.map(({ field }) => field)
    }
    await isp.raw`create table kept as select n.* from invoice_lines n join invoices i on i.id = n.invoice_id where i.number = ${number}`
    expect(await differencesAfter('delete from invoice_lines n using kept k where n.invoice_id = k.invoice_id')).toContain('total')
    expect(await differencesAfter('insert into invoice_lines select * from kept')).toEqual([])
    expect(await differencesAfter(`update invoices set total_minor = total_minor + 1 where number = '${number}'`)).toEqual(['total'])
    expect(
      await differencesAfter(`update invoices set total_minor = total_minor - 1, due_on = due_on + 1 where number = '${number}'`),
    ).toEqual(['due_on'])
    expect(await differencesAfter(`update invoices set due_on = due_on - 1 where number = '${number}'`)).toEqual([])
  })

  it('is found among many chunks, wherever it lies', async () => {
    const number = await firstNumberOf(stub)
    await plant(async (sql) => {
      await sql`
        create temp table copies on commit drop as
        select i.id as old, ('019f0000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid as id, n from invoices i, generate_series(1, 1200) n where i.number = ${number}`
      for (const table of ['invoice_line_taxes', 'invoice_lines'])
        await sql.unsafe(
          `insert into ${table} select (jsonb_populate_record(r, jsonb_build_object('invoice_id', c.id))).* from ${table} r join copies c on c.old = r.invoice_id`,
        )
      await sql`
        insert into invoices select (jsonb_populate_record(i, jsonb_build_object('id', c.id, 'number', 'COPY-' || c.n, 'series', 'COPY', 'sequence', c.n))).*
          from invoices i join copies c on c.old = i.id`
      await sql`update invoices set total_minor = total_minor + 1 where number in ('COPY-1', 'COPY-777', 'COPY-1200')`
    })
    const { read, differing } = await recompute()
    expect(read).toBeGreaterThan(1_200)
    expect(differing).toBe(3)
    expect(await isp.raw`select from tasks where kind = 'invoice_differs' and done_at is null`).toHaveLength(3)
  })

  it('is told by the job of the night, until it is right again', async () => {
    const outcome = async () => {
      await runJob(isp.deps, jobRunStore(isp.engine.database), 'recompute-invoices')
      return (await isp.raw`select outcome from job_runs where name = 'recompute-invoices'`)[0]?.['outcome']
    }
    expect(await outcome()).toMatch(/^3 of 12\d\d invoices differ from their second calculation$/)
    await plant((sql) => sql`update invoices set total_minor = total_minor - 1 where number in ('COPY-1', 'COPY-777', 'COPY-1200')`)
    expect(await outcome()).toBe('done')
    expect(await isp.raw`select from tasks where kind = 'invoice_differs' and done_at is null`).toEqual([])
  })
})
