import { addDays, type CivilDate, money, type PlanId } from '@nyuzi/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runDailyCycle } from '../../src/flows/billing/run-daily-cycle.ts'
import { createPlan } from '../../src/flows/catalog/create-plan.ts'
import { recordManualPayment } from '../../src/flows/payments/record-manual-payment.ts'
import { type Isp, type Line, openIsp, priceOf } from '../isp.ts'
import { everythingIn } from './everything-in.ts'

const firstDay = '2027-01-18' as CivilDate
const lastDay = '2027-03-06' as CivilDate
const days: CivilDate[] = []
for (let day = firstDay; day <= lastDay; day = addDays(day, 1)) days.push(day)
/** The server stands still on these: over the end of January, and over the end of February. */
const stopped = new Set(['2027-01-30', '2027-01-31', '2027-02-01', '2027-02-26', '2027-02-27', '2027-02-28'])

type Sold = { name: string; billing: 'postpaid' | 'prepaid'; startsOn: string; anchorDay: number; graceDays: number }
const sold: readonly Sold[] = [
  { name: 'Anchor 29', billing: 'postpaid', startsOn: '2027-01-29', anchorDay: 29, graceDays: 3 },
  { name: 'Anchor 30', billing: 'postpaid', startsOn: '2027-01-30', anchorDay: 30, graceDays: 0 },
  { name: 'Anchor 31', billing: 'postpaid', startsOn: '2027-01-31', anchorDay: 31, graceDays: 3 },
  { name: 'Anchor 5 with a stub', billing: 'postpaid', startsOn: '2027-01-20', anchorDay: 5, graceDays: 1 },
  { name: 'Anchor 8', billing: 'postpaid', startsOn: '2027-02-08', anchorDay: 8, graceDays: 3 },
  { name: 'Prepaid 1', billing: 'prepaid', startsOn: '2027-02-01', anchorDay: 1, graceDays: 0 },
  { name: 'Prepaid 31', billing: 'prepaid', startsOn: '2027-01-31', anchorDay: 31, graceDays: 2 },
  { name: 'Prepaid 31 with credit', billing: 'prepaid', startsOn: '2027-01-31', anchorDay: 31, graceDays: 2 },
]
/** Cash on days on which every server runs. */
const cash: Readonly<Record<string, readonly (readonly [name: string, shillings: bigint])[]>> = {
  '2027-01-21': [['Prepaid 31 with credit', 10_000n]],
  '2027-01-25': [['Anchor 29', 1500n]],
  '2027-02-03': [['Anchor 31', 1500n]],
  '2027-02-10': [['Prepaid 1', 2000n]],
  '2027-02-24': [['Anchor 30', 700n]],
  '2027-03-03': [['Anchor 29', 1500n]],
}

type House = { readonly isp: Isp; readonly lines: ReadonlyMap<string, Line> }

async function openHouse(servers: number): Promise<House> {
  const isp = await openIsp({ startAt: `${firstDay}T05:00:00Z`, servers })
  const plans = new Map<string, PlanId>()
  for (const { billing, graceDays } of sold) {
    const code = `${billing}-${graceDays}`
    if (!plans.has(code))
      plans.set(
        code,
        await createPlan(isp.deps, isp.organisationId, { code, name: code, actor: 'test', price: priceOf('1500', billing, graceDays) }),
      )
  }
  const lines = new Map<string, Line>()
  for (const { name, billing, startsOn, anchorDay, graceDays } of sold)
    lines.set(
      name,
      await isp.subscribe({ name, planId: plans.get(`${billing}-${graceDays}`) as PlanId, startsOn: startsOn as CivilDate, anchorDay }),
    )
  return { isp, lines }
}

/** Lets the days pass; `run` is the cycle of one day, or nothing where the server stands still. */
async function live({ isp, lines }: House, run: (isp: Isp, day: CivilDate) => Promise<unknown>): Promise<void> {
  for (const day of days) {
    isp.day(day)
    await run(isp, day)
    for (const [name, shillings] of cash[day] ?? []) {
      const subscriberId = lines.get(name)?.subscriberId as Line['subscriberId']
      const facts = { branchId: isp.branchId, reference: `${day} ${name}`, paidAt: isp.clock.now(), actor: 'test' }
      await recordManualPayment(isp.deps, isp.organisationId, { ...facts, subscriberId, amount: money(shillings * 100n, 'KES') })
    }
    await isp.until(
      'the texts of the day to be sent',
      async () => (await isp.raw`select 1 from messages where next_attempt_at is not null`).length === 0,
    )
  }
  await isp.settled()
}

/** What is in the books, said without the ids that differ from house to house. */
async function booksOf({ isp }: House) {
  const { raw } = isp
  const rows = async (query: Promise<readonly object[]>) => (await query).map((row) => Object.values(row).map(String).join(' | '))
  return {
    invoices: await rows(raw`
      select i.number, s.name, i.issued_on, i.due_on, i.total_minor, i.allocated_minor, i.status from invoices i join subscribers s on s.id = i.subscriber_id order by i.sequence`),
    lines: await rows(raw`
      select i.number, l.position, l.description::text, l.net_minor, l.total_minor, l.period_start, l.period_end, l.arithmetic from invoice_lines l join invoices i on i.id = l.invoice_id order by i.sequence, l.position`),
    charged: await rows(raw`
      select s.name, c.component, c.period::text from charged_periods c join subscriptions u on u.id = c.subscription_id join subscribers s on s.id = u.subscriber_id order by 1, 3`),
    nextOn: await rows(
      raw`select s.name, u.next_invoice_on, u.awaits, u.billed_until, u.parked_reason from subscriptions u join subscribers s on s.id = u.subscriber_id order by 1`,
    ),
    access: await rows(
      raw`select s.name, a.wanted_state, a.wanted_reason, a.recheck_on from access_states a join subscribers s on s.id = a.subscriber_id order by 1`,
    ),
    balances: await rows(raw`
      select a.kind, a.currency, coalesce(s.name, ''), coalesce(sum(p.amount_minor), 0) from ledger_accounts a left join postings p on p.account_id = a.id left join subscribers s on s.id::text = a.owner group by 1, 2, 3 order by 1, 2, 3`),
    entries: await rows(raw`select kind, effective_on, count(*) from journal_entries group by 1, 2 order by 1, 2`),
    allocations: await rows(raw`
      select i.number, p.provider_transaction, a.amount_minor from allocations a join invoices i on i.id = a.invoice_id join payments p on p.id = a.payment_id order by 1, 2`),
  }
}

const remindersOf = async ({ isp }: House) =>
  (await isp.raw`
    select i.number || ' ' || m.kind as reminder, m.status, m.status_reason from messages m join invoices i on i.id::text = m.source_id where m.source_noun = 'invoice' order by 1`) as unknown as {
    reminder: string
    status: string
    status_reason: string | null
  }[]

describe('A server that stood still for three days over the end of a month, twice', () => {
  let onTime: House
  let late: House
  let twins: House
  const rehearsals: { day: CivilDate; planned: object; done: object; before: string; after: string }[] = []

  beforeAll(async () => {
    ;[onTime, late, twins] = await Promise.all([openHouse(1), openHouse(1), openHouse(2)])
    await Promise.all([
      live(onTime, (isp) => isp.cycle()),
      live(late, async (isp, day) => {
        if (stopped.has(day)) return
        const wasStopped = stopped.has(addDays(day, -1))
        if (!wasStopped) return await isp.cycle()
        await isp.settled()
        const before = await everythingIn(isp)
        const planned = await runDailyCycle(isp.deps, isp.organisationId, { dryRun: true })
        const after = await everythingIn(isp)
        rehearsals.push({ day, planned, done: await isp.cycle(), before, after })
      }),
      // Two servers at once, and each of them once more.
      live(twins, async ({ servers, organisationId }) => {
        const both = () => Promise.all(servers.map(({ engine }) => runDailyCycle(engine.deps, organisationId)))
        await both()
        await both()
      }),
    ])
  }, 60_000)
  afterAll(() => Promise.all([onTime, late, twins].map((house) => house?.isp.close())))

  it('has lived through something: all kinds of invoices, suspensions and credit', async () => {
    const { invoices, access, entries } = await booksOf(onTime)
    expect(invoices.length).toBeGreaterThan(12)
    expect(new Set(access.map((row) => row.split(' | ')[1]))).toEqual(new Set(['active', 'suspended']))
    expect(entries.some((row) => row.startsWith('credit_applied'))).toBe(true)
    expect(invoices.filter((row) => [...stopped].some((day) => row.includes(`| ${day} |`))).length).toBeGreaterThan(2)
  })

  it('keeps the anchor days 29 to 31 over February', async () => {
    const { charged } = await booksOf(onTime)
    expect(charged.filter((row) => row.startsWith('Anchor 3') || row.startsWith('Anchor 29'))).toEqual([
      'Anchor 29 | base | [2027-01-29,2027-02-28)',
      'Anchor 29 | base | [2027-02-28,2027-03-29)',
      'Anchor 30 | base | [2027-01-30,2027-02-28)',
      'Anchor 30 | base | [2027-02-28,2027-03-30)',
      'Anchor 31 | base | [2027-01-31,2027-02-28)',
      'Anchor 31 | base | [2027-02-28,2027-03-31)',
    ])
  })

  it('ends with the same invoices, charged periods, access and balances as one that ran every day', async () => {
    expect(await booksOf(late)).toEqual(await booksOf(onTime))
  })

  it('sends only the reminders that are still of use, and records the others as skipped', async () => {
    const [daily, caughtUp] = [await remindersOf(onTime), await remindersOf(late)]
    expect(caughtUp.map(({ reminder }) => reminder)).toEqual(daily.map(({ reminder }) => reminder))
    const sentDaily = daily.filter(({ status }) => status === 'sent').map(({ reminder }) => reminder)
    const sentLate = caughtUp.filter(({ status }) => status === 'sent').map(({ reminder }) => reminder)
    expect(sentDaily).toEqual(expect.arrayContaining(sentLate))
    const missed = caughtUp.filter(({ reminder, status }) => sentDaily.includes(reminder) && status !== 'sent')
    expect(missed.length).toBeGreaterThan(0)
    for (const one of missed) expect(one).toMatchObject({ status: 'skipped', status_reason: expect.any(String) })
  })

  it('rehearses its cycle without a trace, and then does what it rehearsed', async () => {
    expect(rehearsals.map(({ day }) => day)).toEqual(['2027-02-02', '2027-03-01'])
    for (const { planned, done, before, after } of rehearsals) {
      expect(after).toBe(before)
      expect(planned).toEqual({ ...done, dryRun: true })
      expect(done).toMatchObject({ dryRun: false, invoicesIssued: expect.any(Number) })
    }
    expect(rehearsals.some(({ done }) => (done as { invoicesIssued: number }).invoicesIssued > 0)).toBe(true)
  })

  it('is billed the same by two servers at once, each running twice', async () => {
    expect(await booksOf(twins)).toEqual(await booksOf(onTime))
    expect((await remindersOf(twins)).map(({ reminder, status }) => `${reminder} ${status}`)).toEqual(
      (await remindersOf(onTime)).map(({ reminder, status }) => `${reminder} ${status}`),
    )
    expect(twins.isp.gateway.messages.length).toBe(onTime.isp.gateway.messages.length)
  })

  it('leaves books in which nothing is in doubt', async () => {
    for (const { isp } of [onTime, late, twins]) expect((await isp.verify()).doubts).toEqual([])
  })
})
