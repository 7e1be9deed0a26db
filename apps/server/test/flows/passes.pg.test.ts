import { civilDate, money, type PassRenewalPolicy, plusMs, type SubscriptionId } from '@nyuzi/core'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { explainInvoice } from '../../src/flows/billing/explain-invoice.ts'
import { recomputeIssued } from '../../src/flows/billing/recompute-issued.ts'
import { createPlan } from '../../src/flows/catalog/create-plan.ts'
import type { NewPrice } from '../../src/flows/catalog/create-price.ts'
import { issueCreditNote } from '../../src/flows/credits/issue-credit-note.ts'
import { createPromotion } from '../../src/flows/discounts/create-promotion.ts'
import { buyPass } from '../../src/flows/passes/buy-pass.ts'
import { turnPasses } from '../../src/flows/passes/turn-passes.ts'
import { amountToPay } from '../../src/flows/payments/amount-to-pay.ts'
import { cancelSubscription } from '../../src/flows/subscribers/cancel-subscription.ts'
import { changeSubscriptionPlan } from '../../src/flows/subscribers/change-plan.ts'
import { pauseSubscription } from '../../src/flows/subscribers/pause-subscription.ts'
import { retryTask } from '../../src/flows/tasks/retry-task.ts'
import { type Isp, type Line, openIsp, priceOf } from '../isp.ts'
import { wordsOf } from '../line-words.ts'

const actor = 'test'
const minuteMs = 60_000
let isp: Isp
let sold = 0

beforeAll(async () => {
  isp = await openIsp({ startAt: '2026-06-01T07:00:00Z', servers: 2, sweepEveryMs: 25 })
})
afterAll(() => isp?.close())
beforeEach(() => isp.clock.moveTo(new Date('2026-06-01T07:00:00Z')))
/** Whatever a case did, the books are in order and the second calculator agrees. */
afterEach(async () => {
  await isp.settled()
  expect((await isp.verify()).doubts).toEqual([])
  expect(await recomputeIssued(isp.deps, isp.organisationId)).toMatchObject({ differing: 0 })
})

const planOf = (changes: Partial<NewPrice> = {}) => {
  sold += 1
  return createPlan(isp.deps, isp.organisationId, {
    code: `PASS-${sold}`,
    name: `Pass ${sold}`,
    actor,
    price: { ...priceOf('20', 'prepaid', 0), cadence: { unit: 'hour', count: 1 }, ...changes },
  })
}
const hourly = async (passRenewal: PassRenewalPolicy = 'automatic', changes: Partial<NewPrice> = {}) =>
  await isp.subscribe({ planId: await planOf({ policy: { passRenewal }, ...changes }) })

const pays = (line: Pick<Line, 'subscriberId'>, shillings: number) => isp.pay(line, BigInt(shillings) * 100n)
const after = (minutes: number) => isp.clock.moveTo(plusMs(isp.clock.now(), minutes * minuteMs))

const access = async ({ serviceId }: Line) => {
  const [row] = await isp.raw`select wanted_state, wanted_reason from access_states where service_id = ${serviceId}`
  return `${row?.['wanted_state']} ${row?.['wanted_reason']}`
}
const passes = async ({ subscriptionId }: Line) =>
  (
    await isp.raw`
      select lower(valid) as "from", upper(valid) as until, taken_back from passes where subscription_id = ${subscriptionId} order by valid, taken_back desc`
  ).map(
    ({ from, until, taken_back }) =>
      `${from.toISOString().slice(5, 16)} ${until.toISOString().slice(5, 16)}${taken_back ? ' taken back' : ''}`,
  )
const lines = async ({ subscriberId }: Line) =>
  (
    await isp.raw`
      select n.description, n.category, n.period_start, n.period_end, n.total_minor, i.status from invoice_lines n join invoices i on i.id = n.invoice_id where i.subscriber_id = ${subscriberId} order by i.sequence`
  ).map((row) => [wordsOf(row), row['total_minor'], row['status']].join('; '))
const freeCredit = async ({ subscriberId }: Line) => {
  const [row] =
    await isp.raw`select coalesce(sum(amount_minor - allocated_minor), 0)::text as free from payments where subscriber_id = ${subscriberId}`
  return Number(row?.['free'])
}
/** Waits until the sweep has found what turned. */
const turned = ({ subscriptionId }: Line) =>
  isp.until(
    'the pass to turn',
    async () =>
      (
        await isp.raw`select from subscriptions where id = ${subscriptionId} and (pass_turns_at is null or pass_turns_at > ${isp.clock.now()})`
      )[0],
  )
const toPay = ({ subscriberId }: Line) =>
  isp.deps.store.inOrganisation(isp.organisationId, async (tx) => (await amountToPay(tx, subscriberId, isp.clock.now()))?.amountMinor)
const wantedOn = async (line: Line, state: string) => isp.until(`the line to be ${state}`, async () => (await access(line)) === state)
const buys = ({ subscriptionId }: Line) => buyPass(isp.deps, isp.organisationId, subscriptionId, { actor })
const changeTo = (id: SubscriptionId, planId: Isp['planId'], when: 'now_restarted' | 'at_period_end' = 'now_restarted') =>
  changeSubscriptionPlan(isp.deps, isp.organisationId, id, { to: { planId }, when, actor })
/** Long enough for several sweeps of both servers. */
const sweeps = () => new Promise((resolve) => setTimeout(resolve, 150))

describe('A pass', () => {
  it('is bought in the transaction of the payment, opens the line and ends at its instant, without a daily cycle', async () => {
    const line = await hourly()
    expect(await access(line)).toBe('suspended expired')
    expect(await toPay(line)).toBe(2_000n)
    await isp.until('the line to be known', () => isp.router.book.secret(line.username))
    await pays(line, 20)
    expect(await lines(line)).toEqual(['Internet, 1 hour, 1 Jun 2026 10:00 to 11:00; 2000; paid'])
    expect(await passes(line)).toEqual(['06-01T07:00 06-01T08:00'])
    expect(await access(line)).toBe('active paid')
    expect(await toPay(line)).toBe(0n)
    isp.router.dial(line.username, `password-${line.username.slice(4)}`)
    await isp.until('the line to be online', () => isp.router.lineState(line.username) === 'online')
    const [{ until = new Date() } = {}] =
      await isp.raw`select upper(valid) as until from passes where subscription_id = ${line.subscriptionId}`
    isp.clock.moveTo(plusMs(until, -2_000))
    await sweeps()
    expect(await access(line)).toBe('active paid')
    isp.clock.moveTo(until)
    await isp.until('the line to be walled', () => isp.router.lineState(line.username) !== 'online', 2_000)
    expect(await access(line)).toBe('suspended expired')
    expect(await lines(line)).toHaveLength(1)
    expect(await toPay(line)).toBe(2_000n)
  })

  it('is explained to the instant, by the price and the length', async () => {
    const line = await hourly('automatic', { cadence: { unit: 'minute', count: 90 } })
    await pays(line, 20)
    const [{ id = '' } = {}] = await isp.raw`select id from invoices where subscriber_id = ${line.subscriberId}`
    const explained = await explainInvoice(isp.deps, isp.organisationId, { invoiceId: id })
    expect(explained?.recomputed.outcome).toBe('agree')
    const [pass = '', ...others] = explained?.recomputed.lines.get(1)?.steps ?? []
    expect(pass.replace(/:\d\d\.\d{3}Z/g, 'Z')).toBe(
      'A pass of 90 minutes, 90 minutes of elapsed time: 2026-06-01T07:00Z to before 2026-06-01T08:30Z; it begins on 2026-06-01 in Africa/Nairobi',
    )
    expect(others).toEqual(['The price of a pass: 20.00', 'No tax applies'])
  })

  it('renews by itself as long as credit reaches, and then ends', async () => {
    const line = await hourly()
    await pays(line, 50)
    after(60)
    await turned(line)
    expect(await access(line)).toBe('active paid')
    after(60)
    await turned(line)
    expect(await access(line)).toBe('suspended expired')
    expect(await passes(line)).toEqual(['06-01T07:00 06-01T08:00', '06-01T08:00 06-01T09:00'])
    expect(await freeCredit(line)).toBe(1_000)
    expect(await toPay(line)).toBe(1_000n)
    after(600)
    await pays(line, 10)
    expect((await passes(line)).at(-1)).toBe('06-01T19:00 06-01T20:00')
  })

  it('leaves credit alone until a payment comes, where its price says so', async () => {
    const line = await hourly('on_payment')
    await pays(line, 50)
    after(60)
    await turned(line)
    expect(await access(line)).toBe('suspended expired')
    expect(await freeCredit(line)).toBe(3_000)
    await isp.cycle()
    expect(await passes(line)).toHaveLength(1)
    after(30)
    await pays(line, 5)
    after(45)
    // While it lasts a payment buys the next one ahead, so nobody is cut off with money in the account.
    await pays(line, 5)
    expect(await passes(line)).toEqual(['06-01T07:00 06-01T08:00', '06-01T08:30 06-01T09:30', '06-01T09:30 06-01T10:30'])
    expect(await freeCredit(line)).toBe(0)
  })

  it('is bought ahead by request, once for its key, and begins as the one that is valid ends', async () => {
    const line = await hourly()
    await pays(line, 45)
    await buys(line)
    expect(await passes(line)).toEqual(['06-01T07:00 06-01T08:00', '06-01T08:00 06-01T09:00'])
    await expect(buys(line)).rejects.toMatchObject({ code: 'not_enough_credit' })
    after(60)
    await turned(line)
    expect(await access(line)).toBe('active paid')
    expect(await passes(line)).toHaveLength(2)
    await expect(buys(await isp.subscribe())).rejects.toMatchObject({ code: 'no_passes' })
  })

  it('is discounted for as many days as a promotion counts periods, and costs nothing where it takes all', async () => {
    const [half, free] = [await planOf(), await planOf()]
    const promote = (code: string, planId: Isp['planId'], rateBp: number) =>
      createPromotion(isp.deps, isp.organisationId, {
        ...{ code, title: code, planIds: [planId], exclusive: false, startsOn: civilDate('2026-06-01'), periodsMax: 2, actor },
        value: { kind: 'percentage', rateBp },
      })
    await promote('HALF', half, 5_000)
    await promote('FREE', free, 10_000)
    const line = await isp.subscribe({ planId: half })
    await pays(line, 40)
    isp.day('2026-06-02')
    await turned(line)
    isp.day('2026-06-03')
    await turned(line)
    expect((await lines(line)).map((text) => text.split('; ')[1])).toEqual(['1000', '1000', '2000'])
    isp.clock.moveTo(new Date('2026-06-01T07:00:00Z'))
    const guest = await isp.subscribe({ planId: free })
    expect(await passes(guest)).toEqual(['06-01T07:00 06-01T08:00'])
    expect(await access(guest)).toBe('active paid')
    expect(await lines(guest)).toEqual([])
    isp.day('2026-06-03')
    await turned(guest)
    expect(await access(guest)).toBe('suspended expired')
  })

  it('ends though every server was down at its instant, and is not charged for what nobody bought', async () => {
    const line = await hourly()
    await pays(line, 40)
    after(60 * 24 * 3 + 7)
    await turned(line)
    expect(await access(line)).toBe('active paid')
    expect(await passes(line)).toEqual(['06-01T07:00 06-01T08:00', '06-04T07:07 06-04T08:07'])
    after(60)
    await turned(line)
    expect(await access(line)).toBe('suspended expired')
  })

  it('ends with the credit note for its line, or another one takes its place', async () => {
    const [waiting, renewing] = [await hourly('on_payment'), await hourly()]
    for (const line of [waiting, renewing]) {
      await pays(line, 20)
      after(10)
      const [{ id = '' } = {}] = await isp.raw`select id from invoices where subscriber_id = ${line.subscriberId}`
      await issueCreditNote(isp.deps, isp.organisationId, { invoiceId: id, reason: 'no signal', actor })
      await turned(line)
    }
    expect(await access(waiting)).toBe('suspended expired')
    expect(await passes(waiting)).toEqual(['06-01T07:00 06-01T08:00 taken back'])
    await wantedOn(renewing, 'active paid')
    expect(await passes(renewing)).toEqual(['06-01T07:10 06-01T08:10 taken back', '06-01T07:20 06-01T08:20'])
  })

  it('follows a plan of days, and is followed by one', async () => {
    const line = await isp.subscribe({
      planId: await planOf({ cadence: { unit: 'day', count: 30 }, amount: { amountMinor: 30_000n, currency: 'KES' } }),
    })
    await pays(line, 300)
    isp.clock.moveTo(new Date('2026-06-11T07:00:00Z'))
    const planId = await planOf()
    await changeTo(line.subscriptionId, planId)
    expect(await passes(line)).toEqual(['06-11T07:00 06-11T08:00'])
    expect(await access(line)).toBe('active paid')
    after(30)
    const days = await planOf({ cadence: { unit: 'day', count: 1 } })
    await changeTo(line.subscriptionId, days)
    expect((await lines(line)).at(-1)).toBe('Internet, 11 Jun 2026 to 11 Jun 2026; 2000; paid')
    expect(await access(line)).toBe('active paid')
    after(60)
    await turned(line)
    expect(await access(line)).toBe('active paid')
    await changeTo(line.subscriptionId, planId, 'at_period_end')
    isp.day('2026-06-12')
    await isp.cycle()
    expect((await passes(line)).at(-1)).toBe('06-12T09:00 06-12T10:00')
  })

  it('is not paused, and is not cut by a cancellation at its end', async () => {
    const line = await hourly()
    isp.clock.moveTo(new Date('2026-06-01T20:30:00Z'))
    await pays(line, 60)
    await expect(pauseSubscription(isp.deps, isp.organisationId, line.subscriptionId, { reason: 'trip', actor })).rejects.toMatchObject({
      code: 'no_pause_of_passes',
    })
    await cancelSubscription(isp.deps, isp.organisationId, line.subscriptionId, { on: 'period_end', actor })
    const [row] = await isp.raw`select cancelled_on from subscriptions where id = ${line.subscriptionId}`
    expect(row).toEqual({ cancelled_on: '2026-06-03' })
    after(60)
    await turned(line)
    expect(await access(line)).toBe('suspended expired')
    expect(await passes(line)).toHaveLength(1)
  })

  it.each([
    ['billing', { billing: 'postpaid' }],
    ['amount', { amount: { amountMinor: 0n, currency: 'KES' } }],
    ['graceDays', { graceDays: 1 }],
    ['phases', { phases: [{ title: 'Trial', periods: 1, amount: { amountMinor: 0n, currency: 'KES' } }] }],
    ['policy.pause', { policy: { pause: 'skip' } }],
  ] as const)('is refused with %s that makes no sense for it', async (field, changes) => {
    await expect(planOf(changes)).rejects.toMatchObject({ code: 'invalid_input', errors: [{ field }] })
  })

  it('begins with the subscription that starts on a later day', async () => {
    const line = await isp.subscribe({ planId: await planOf(), startsOn: civilDate('2026-06-03') })
    await pays(line, 20)
    await isp.cycle()
    expect(await passes(line)).toEqual([])
    isp.day('2026-06-03')
    await isp.cycle()
    expect(await passes(line)).toEqual(['06-03T09:00 06-03T10:00'])
    expect(await access(line)).toBe('active paid')
  })

  it('sends no reminder, however long nobody buys the next one', async () => {
    const line = await hourly()
    await pays(line, 20)
    for (const day of ['2026-06-02', '2026-06-05', '2026-06-12']) {
      isp.day(day)
      await isp.cycle()
    }
    const owed = await isp.raw`select kind from messages where subscriber_id = ${line.subscriberId} and kind <> 'receipt'`
    expect(owed).toEqual([])
  })

  it('that cannot be bought is put aside with a task, its line is off, and it goes on once the cause is mended', async () => {
    const [sick, well] = [await hourly(), await hourly()]
    for (const line of [sick, well]) await pays(line, 40)
    await isp.raw.unsafe(`
      create or replace function refuse_pass() returns trigger language plpgsql as $$ begin raise exception 'poison'; end $$;
      create trigger poison before insert on passes for each row when (new.subscription_id = '${sick.subscriptionId}') execute function refuse_pass()`)
    after(61)
    for (const line of [sick, well]) await turned(line)
    expect(await access(well)).toBe('active paid')
    await wantedOn(sick, 'suspended expired')
    await expect(buys(sick)).rejects.toMatchObject({ code: 'not_billable' })
    await isp.raw.unsafe('drop trigger poison on passes')
    const [{ id = '' } = {}] = await isp.raw`select id from tasks where subject_id = ${sick.subscriptionId} and done_at is null`
    await retryTask(isp.deps, isp.organisationId, id, actor)
    await isp.cycle()
    expect(await access(sick)).toBe('active paid')
    expect(await freeCredit(sick)).toBe(0)
  })

  it('whatever is paid and whenever: none overlaps another, each is paid once, and the line is on exactly while one is valid', async () => {
    const step = fc.record({ minutes: fc.integer({ min: 0, max: 150 }), shillings: fc.constantFrom(0, 0, 5, 20, 30, 70) })
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('automatic' as const, 'on_payment' as const),
        fc.array(step, { maxLength: 10 }),
        async (renewal, steps) => {
          const line = await hourly(renewal)
          let paidMinor = 0
          for (const { minutes, shillings } of steps) {
            after(minutes)
            if (shillings > 0) await pays(line, shillings)
            paidMinor += shillings * 100
            // Both servers at once, beside their own sweeps.
            await Promise.all(isp.servers.map(({ engine }) => turnPasses(engine.deps, isp.organisationId)))
            await turned(line)
            const bought = await isp.raw`
            select lower(valid) as "from", upper(valid) as until, i.status, i.total_minor from passes p join invoices i on i.id = p.invoice_id
             where p.subscription_id = ${line.subscriptionId} order by 1`
            const now = isp.clock.now()
            const isOn = bought.some(({ from, until }) => from <= now && now < until)
            expect(await access(line)).toBe(isOn ? 'active paid' : 'suspended expired')
            expect(bought.every(({ from }, index) => index === 0 || bought[index - 1]?.['until'] <= from)).toBe(true)
            expect(bought.every(({ status, total_minor }) => status === 'paid' && Number(total_minor) === 2_000)).toBe(true)
            expect(await lines(line)).toHaveLength(bought.length)
            expect((await freeCredit(line)) + bought.length * 2_000).toBe(paidMinor)
          }
        },
      ),
      { numRuns: 12 },
    )
  }, 120_000)
})

describe('A guest at a hotspot, over the weekend on which clocks go back', () => {
  beforeAll(async () => {
    await isp.close()
    isp = await openIsp({ startAt: '2026-10-24T16:00:00Z', servers: 2, sweepEveryMs: 25 })
    await isp.raw`update organisations set time_zone = 'Europe/Berlin'`
  })

  it('gets the hours that were paid, to the second, and no more', async () => {
    const guest = await hourly('on_payment', { amount: money(8_000n, 'KES'), cadence: { unit: 'hour', count: 12 } })
    const arrive = async (instant: string, shillings: number) => {
      isp.clock.moveTo(new Date(instant))
      await turned(guest)
      await pays(guest, shillings)
    }
    // Saturday evening; half of what the second night costs is paid at once.
    await arrive('2026-10-24T20:00:00Z', 120)
    // Clocks show 02:30 twice this night: the line is on both times.
    for (const instant of ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', '2026-10-25T07:59:00Z']) {
      isp.clock.moveTo(new Date(instant))
      await turned(guest)
      await isp.cycle()
      expect(await access(guest)).toBe('active paid')
    }
    isp.clock.moveTo(new Date('2026-10-25T08:00:30Z'))
    await wantedOn(guest, 'suspended expired')
    expect(await toPay(guest)).toBe(4_000n)
    // Sunday evening the rest of the second night, and on Monday nothing.
    await arrive('2026-10-25T19:00:00Z', 40)
    expect(await access(guest)).toBe('active paid')
    isp.clock.moveTo(new Date('2026-10-26T07:30:00Z'))
    await wantedOn(guest, 'suspended expired')
    await isp.cycle()
    expect(await lines(guest)).toEqual([
      'Internet, 12 hours, 24 Oct 2026 22:00 to 25 Oct 2026 09:00; 8000; paid',
      'Internet, 12 hours, 25 Oct 2026 20:00 to 26 Oct 2026 08:00; 8000; paid',
    ])
    expect(await freeCredit(guest)).toBe(0)
    expect(await access(guest)).toBe('suspended expired')
  })
})
