import { type ChargeId, type CivilDate, civilDate, money, type PlanId, type SubscriptionId } from '@nyuzi/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { explainInvoice } from '../../src/flows/billing/explain-invoice.ts'
import { recomputeCredits } from '../../src/flows/billing/recompute-credits.ts'
import { recomputeIssued } from '../../src/flows/billing/recompute-issued.ts'
import { createPlan } from '../../src/flows/catalog/create-plan.ts'
import { createPrice } from '../../src/flows/catalog/create-price.ts'
import { createCharge } from '../../src/flows/charges/create-charge.ts'
import { withdrawCharge } from '../../src/flows/charges/withdraw-charge.ts'
import { issueCreditNote } from '../../src/flows/credits/issue-credit-note.ts'
import { changeOrganisation } from '../../src/flows/organisations/change-organisation.ts'
import { cancelSubscription } from '../../src/flows/subscribers/cancel-subscription.ts'
import { type ChangePlan, changeSubscriptionPlan } from '../../src/flows/subscribers/change-plan.ts'
import { changeSubscriber } from '../../src/flows/subscribers/change-subscriber.ts'
import { createSubscription } from '../../src/flows/subscribers/create-subscription.ts'
import { pauseSubscription } from '../../src/flows/subscribers/pause-subscription.ts'
import { resumeSubscription } from '../../src/flows/subscribers/resume-subscription.ts'
import { withdrawPlanChange } from '../../src/flows/subscribers/withdraw-plan-change.ts'
import { type Isp, type Line, openIsp, priceOf } from '../isp.ts'
import { wordsOf } from '../line-words.ts'

const on = civilDate
const actor = 'test'

describe('The life of a subscription', () => {
  let isp: Isp
  let made = 0
  const plan = (amount: string, price: Partial<Parameters<typeof createPlan>[2]['price']> = {}): Promise<PlanId> =>
    createPlan(isp.deps, isp.organisationId, {
      code: `P${++made}`,
      name: `Plan ${made}`,
      actor,
      price: { ...priceOf(amount, 'postpaid', 3), ...price },
    })
  const change = async (line: Line, planId: PlanId, when: ChangePlan['when'] = 'now_prorated', day?: CivilDate) => {
    const done = await changeSubscriptionPlan(isp.deps, isp.organisationId, line.subscriptionId, {
      to: { planId },
      when,
      actor,
      ...(day === undefined ? {} : { on: day }),
    })
    if (done.outcome !== 'done') throw new Error('a change is done')
    return done.result
  }
  const pay = (line: Line, shillings: number) => isp.pay(line, BigInt(shillings) * 100n)
  const run = async (day: string) => {
    isp.day(day)
    await isp.cycle()
  }
  const charged = async (id: SubscriptionId) =>
    (await isp.raw`select component, period::text from charged_periods where subscription_id = ${id} order by period, component`).map(
      ({ component, period }) => `${component} ${period}`,
    )
  const lines = async () =>
    (
      await isp.raw`
      select i.issued_on, n.period_start, n.period_end, n.total_minor from invoice_lines n join invoices i on i.id = n.invoice_id
       order by i.sequence, n.position`
    ).map((row) => `${row['issued_on']}: ${row['period_start']} to ${row['period_end']}, ${Number(row['total_minor']) / 100}`)
  const notes = async () =>
    (await isp.raw`select issued_on, total_minor, reason from credits order by sequence`).map(
      (row) => `${row['issued_on']}: ${Number(row['total_minor']) / 100}, ${row['reason']}`,
    )
  const balance = async (kind: string, owner?: string) =>
    Number(
      (
        await isp.raw`
          select coalesce(sum(p.amount_minor), 0) as sum from postings p join ledger_accounts a on a.id = p.account_id
           where a.kind = ${kind} ${owner === undefined ? isp.raw`` : isp.raw`and a.owner = ${owner}`}`
      )[0]?.['sum'],
    ) / 100
  const wanted = async ({ serviceId }: Line) =>
    (await isp.raw`select wanted_state, wanted_reason, download_bps from access_states where service_id = ${serviceId}`)[0]
  const standing = async ({ subscriptionId }: Line) =>
    (await isp.raw`select billed_until, next_invoice_on, awaits, status from subscriptions where id = ${subscriptionId}`)[0]

  beforeEach(async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z' })
    await changeOrganisation(isp.deps, isp.organisationId, { taxPack: 'KE', actor })
  })
  afterEach(async () => {
    expect((await isp.verify()).doubts).toEqual([])
    expect(await recomputeIssued(isp.deps, isp.organisationId)).toMatchObject({ differing: 0 })
    expect(await recomputeCredits(isp.deps, isp.organisationId)).toMatchObject({ differing: 0 })
    await isp.close()
  })

  describe('a change of plan', () => {
    let line: Line
    let bigger: PlanId
    beforeEach(async () => {
      line = await isp.subscribe({ startsOn: on('2026-06-01'), anchorDay: 1 })
      bigger = await plan('3000', { profile: { name: 'home-50', downloadBps: 50_000_000n, uploadBps: 5_000_000n } })
      await isp.cycle()
    })

    it('now credits the days that are charged, charges them anew and changes the speed at once', async () => {
      isp.day('2026-06-16')
      expect(await change(line, bigger)).toMatchObject({
        from: '2026-06-16',
        credited: { amountMinor: 75_000n },
        charged: { amountMinor: 150_000n },
      })
      expect(await lines()).toEqual(['2026-06-01: 2026-06-01 to 2026-07-01, 1500', '2026-06-16: 2026-06-16 to 2026-07-01, 1500'])
      expect(await notes()).toEqual(['2026-06-16: 750, Change of plan'])
      expect(await balance('receivable', line.subscriberId)).toBe(2_250)
      expect(await wanted(line)).toMatchObject({ download_bps: '50000000' })
      await run('2026-06-24')
      expect((await lines()).at(-1)).toBe('2026-06-24: 2026-07-01 to 2026-08-01, 3000')
    })

    it('up and down again at once is nothing, in the books and in the taxes, also when the next period is charged', async () => {
      await run('2026-06-24')
      const before = await Promise.all([balance('receivable'), balance('revenue'), balance('tax_payable'), charged(line.subscriptionId)])
      await change(line, bigger)
      await change(line, await plan('700', { cadence: { unit: 'week', count: 1 } }))
      await change(line, isp.planId)
      expect(await Promise.all([balance('receivable'), balance('revenue'), balance('tax_payable')])).toEqual(before.slice(0, 3))
      expect(await charged(line.subscriptionId)).toEqual([
        'base [2026-06-01,2026-06-24)',
        'base [2026-06-24,2026-07-01)',
        'base [2026-07-01,2026-08-01)',
      ])
    })

    it('with a restart begins a whole period on the day', async () => {
      isp.day('2026-06-16')
      await change(line, bigger, 'now_restarted')
      expect((await lines()).at(-1)).toBe('2026-06-16: 2026-06-16 to 2026-07-16, 3000')
    })

    it('at the period end waits for it; the last one counts, and it may be withdrawn', async () => {
      isp.day('2026-06-16')
      expect(await change(line, await plan('900'), 'at_period_end')).toMatchObject({ from: '2026-07-01', credited: { amountMinor: 0n } })
      await change(line, bigger, 'at_period_end')
      expect(await wanted(line)).toMatchObject({ download_bps: '10000000' })
      await run('2026-06-24')
      expect((await lines()).at(-1)).toBe('2026-06-24: 2026-07-01 to 2026-08-01, 3000')
      expect(await wanted(line)).toMatchObject({ download_bps: '10000000' })
      await run('2026-07-01')
      expect(await wanted(line)).toMatchObject({ download_bps: '50000000' })
      await change(line, isp.planId, 'at_period_end')
      await withdrawPlanChange(isp.deps, isp.organisationId, line.subscriptionId, { actor })
      await expect(withdrawPlanChange(isp.deps, isp.organisationId, line.subscriptionId, { actor })).rejects.toMatchObject({
        code: 'no_change_noted',
      })
      await run('2026-07-25')
      expect((await lines()).at(-1)).toBe('2026-07-25: 2026-08-01 to 2026-09-01, 3000')
    })

    it('on a day ahead credits and charges from that day', async () => {
      isp.day('2026-06-10')
      await change(line, bigger, 'now_prorated', on('2026-06-21'))
      expect(await notes()).toEqual(['2026-06-10: 500, Change of plan'])
      await run('2026-06-14')
      expect((await lines()).at(-1)).toBe('2026-06-14: 2026-06-21 to 2026-07-01, 1000')
      expect(await wanted(line)).toMatchObject({ download_bps: '10000000' })
      await run('2026-06-21')
      expect(await wanted(line)).toMatchObject({ download_bps: '50000000' })
    })

    it('in arrears charges what was served up to the day', async () => {
      const arrears = await isp.subscribe({ startsOn: on('2026-06-01'), anchorDay: 1, planId: await plan('3000', { timing: 'arrears' }) })
      isp.day('2026-06-11')
      expect(await change(arrears, isp.planId)).toMatchObject({ credited: { amountMinor: 0n }, charged: { amountMinor: 200_000n } })
      expect(await charged(arrears.subscriptionId)).toEqual(['base [2026-06-01,2026-06-11)', 'base [2026-06-11,2026-07-01)'])
    })
  })

  it('prepaid: a change buys the rest with what the note gave back, and is refused where that does not reach', async () => {
    const small = await plan('1500', { ...priceOf('1500', 'prepaid', 0) })
    const bigger = await plan('3000', { ...priceOf('3000', 'prepaid', 0) })
    const line = await isp.subscribe({ planId: small, startsOn: on('2026-06-01') })
    await pay(line, 1_500)
    expect(await standing(line)).toMatchObject({ billed_until: '2026-07-01', awaits: null })
    isp.day('2026-06-16')
    await expect(change(line, bigger)).rejects.toMatchObject({ code: 'not_enough_credit' })
    expect(await standing(line)).toMatchObject({ billed_until: '2026-07-01', awaits: null })
    expect(await wanted(line)).toMatchObject({ wanted_state: 'active' })
    await pay(line, 750)
    expect(await change(line, bigger)).toMatchObject({ credited: { amountMinor: 75_000n }, charged: { amountMinor: 150_000n } })
    expect(await standing(line)).toMatchObject({ billed_until: '2026-07-01', awaits: null })
    expect(await wanted(line)).toMatchObject({ wanted_state: 'active' })
    await run('2026-07-01')
    isp.day('2026-07-10')
    await change(line, small)
    expect(await notes()).toHaveLength(1)
    await pay(line, 1_500)
    expect(await standing(line)).toMatchObject({ billed_until: '2026-08-01' })
    expect((await lines()).at(-1)).toBe('2026-07-10: 2026-07-10 to 2026-08-01, 1064.52')
  })

  describe('a pause', () => {
    const pause = (line: Line, policy: 'bill' | 'skip' | 'extend', from: CivilDate, until?: CivilDate) =>
      pauseSubscription(isp.deps, isp.organisationId, line.subscriptionId, {
        from,
        policy,
        reason: 'vacation',
        actor,
        ...(until === undefined ? {} : { until }),
      })
    const resume = (line: Line) => resumeSubscription(isp.deps, isp.organisationId, line.subscriptionId, { actor })
    let line: Line
    beforeEach(async () => {
      line = await isp.subscribe({ startsOn: on('2026-06-01'), anchorDay: 1 })
      await isp.cycle()
      await pay(line, 1_500)
    })

    it('switches the line off and on again by itself, and charges its days where the policy says so', async () => {
      await pause(line, 'bill', on('2026-06-10'), on('2026-06-20'))
      expect(await wanted(line)).toMatchObject({ wanted_state: 'active' })
      await run('2026-06-10')
      expect(await wanted(line)).toMatchObject({ wanted_state: 'suspended', wanted_reason: 'paused' })
      await run('2026-06-20')
      expect(await wanted(line)).toMatchObject({ wanted_state: 'active' })
      expect(await notes()).toEqual([])
      await expect(resume(line)).rejects.toMatchObject({ code: 'not_paused' })
    })

    it('credits the days it skipped, when its end comes', async () => {
      await pause(line, 'skip', on('2026-06-10'), on('2026-06-20'))
      await expect(pause(line, 'skip', on('2026-06-12'))).rejects.toMatchObject({ code: 'pause_overlaps' })
      await run('2026-06-20')
      expect(await notes()).toEqual(['2026-06-20: 500, Days of a pause'])
      await run('2026-06-24')
      expect(await charged(line.subscriptionId)).toEqual([
        'base [2026-06-01,2026-06-10)',
        'base [2026-06-20,2026-07-01)',
        'base [2026-07-01,2026-08-01)',
      ])
    })

    it('without an end charges nothing more until it is resumed, then the rest of the period', async () => {
      isp.day('2026-06-21')
      await pause(line, 'skip', on('2026-06-21'))
      await run('2026-07-20')
      expect(await lines()).toHaveLength(1)
      isp.day('2026-08-11')
      await resume(line)
      expect(await notes()).toEqual(['2026-08-11: 500, Days of a pause'])
      expect((await lines()).at(-1)).toBe('2026-08-11: 2026-08-11 to 2026-09-01, 1016.13')
      expect(await wanted(line)).toMatchObject({ wanted_state: 'active' })
    })

    it('that extends lets the days follow that were paid and not served', async () => {
      isp.day('2026-06-21')
      await pause(line, 'extend', on('2026-06-21'), on('2026-07-05'))
      await run('2026-07-05')
      expect(await notes()).toEqual([])
      expect(await standing(line)).toMatchObject({ billed_until: '2026-07-15', next_invoice_on: '2026-07-08' })
      await run('2026-07-08')
      expect((await lines()).at(-1)).toBe('2026-07-08: 2026-07-15 to 2026-08-15, 1500')
    })

    it('that extends takes a change with it that was noted for the end of what is charged', async () => {
      await change(line, await plan('3000'), 'at_period_end')
      isp.day('2026-06-21')
      await pause(line, 'extend', on('2026-06-21'))
      isp.day('2026-06-26')
      await resume(line)
      await run('2026-07-06')
      expect((await lines()).at(-1)).toBe('2026-06-29: 2026-07-06 to 2026-08-06, 3000')
    })

    it('of prepaid days gives them back just so, and one that lies ahead may be withdrawn', async () => {
      const prepaid = await isp.subscribe({ planId: await plan('1500', { ...priceOf('1500', 'prepaid', 0) }), startsOn: on('2026-06-01') })
      await pay(prepaid, 1_500)
      await pause(prepaid, 'extend', on('2026-06-25'))
      await resume(prepaid)
      await pause(prepaid, 'extend', on('2026-06-11'))
      isp.day('2026-06-21')
      await resume(prepaid)
      expect(await standing(prepaid)).toMatchObject({ billed_until: '2026-07-11', next_invoice_on: '2026-07-11' })
      expect(await wanted(prepaid)).toMatchObject({ wanted_state: 'active' })
    })
  })

  describe('a cancellation', () => {
    const cancel = (line: Line, input: Partial<Parameters<typeof cancelSubscription>[3]>) =>
      cancelSubscription(isp.deps, isp.organisationId, line.subscriptionId, { on: on('2026-06-16'), actor, ...input })

    it('credits what is charged and not served when it is to, and what is open may end at the period', async () => {
      const line = await isp.subscribe({ startsOn: on('2026-06-01'), anchorDay: 1 })
      const stays = await isp.subscribe({ startsOn: on('2026-06-01'), anchorDay: 1 })
      await isp.cycle()
      isp.day('2026-06-16')
      await cancel(line, { refund: 'credit' })
      expect(await notes()).toEqual(['2026-06-16: 750, Cancellation'])
      expect(await standing(line)).toMatchObject({ billed_until: '2026-06-16', next_invoice_on: null, status: 'cancelled' })
      await cancel(stays, { on: 'period_end' })
      await run('2026-06-30')
      expect(await wanted(stays)).not.toMatchObject({ wanted_state: 'closed' })
      await run('2026-07-01')
      expect(await wanted(stays)).toMatchObject({ wanted_state: 'closed' })
      expect(await lines()).toHaveLength(2)
    })

    it('invoices what arrears owe at once when it is to', async () => {
      const line = await isp.subscribe({ startsOn: on('2026-06-01'), anchorDay: 1, planId: await plan('3000', { timing: 'arrears' }) })
      isp.day('2026-06-16')
      await cancel(line, { finalInvoice: true })
      expect(await lines()).toEqual(['2026-06-16: 2026-06-01 to 2026-06-16, 1500'])
    })
  })

  describe('a new version of a price', () => {
    const version = (planId: PlanId, amount: string, existing: 'stay' | 'move', price: Partial<Parameters<typeof createPrice>[3]> = {}) =>
      createPrice(isp.deps, isp.organisationId, planId, { ...priceOf(amount, 'postpaid', 3), ...price, existing, actor })

    it('moves who has an older one for the same buyers, with the first period that is in force and not charged', async () => {
      const line = await isp.subscribe({ startsOn: on('2026-06-01'), anchorDay: 1 })
      const late = await isp.subscribe({ startsOn: on('2026-06-20'), anchorDay: 20 })
      const other = await isp.subscribe({ startsOn: on('2026-06-01'), anchorDay: 1, planId: await plan('700') })
      await run('2026-06-24')
      expect(await version(isp.planId, '2000', 'stay', { effectiveFrom: on('2026-07-10') })).toMatchObject({ moving: 0 })
      expect(await version(isp.planId, '1800', 'move', { effectiveFrom: on('2026-07-10'), segment: 'school' })).toMatchObject({ moving: 0 })
      expect(await version(isp.planId, '1900', 'move', { effectiveFrom: on('2026-07-10') })).toMatchObject({ moving: 2 })
      await run('2026-08-01')
      const billed = async ({ subscriptionId }: Line) =>
        (
          await isp.raw`select period_start, total_minor from invoice_lines where subscription_id = ${subscriptionId} order by period_start`
        ).map((row) => `${row['period_start']}: ${Number(row['total_minor']) / 100}`)
      expect(await billed(line)).toEqual(['2026-06-01: 1500', '2026-07-01: 1500', '2026-08-01: 1900'])
      expect(await billed(late)).toEqual(['2026-06-20: 1500', '2026-07-20: 1900'])
      expect(await billed(other)).toEqual(['2026-06-01: 700', '2026-07-01: 700', '2026-08-01: 700'])
      expect(await notes()).toEqual([])
    })

    it('goes on with the phases and changes the speed with the period; other periods are refused', async () => {
      const trial = { phases: [{ title: 'Trial', periods: 3, amount: money(50_000n, 'KES') }] }
      const planId = await plan('1500', trial)
      const line = await isp.subscribe({ planId, startsOn: on('2026-06-01'), anchorDay: 1 })
      await isp.cycle()
      const faster = { profile: { name: 'home-20', downloadBps: 20_000_000n, uploadBps: 5_000_000n } }
      await version(planId, '1600', 'move', { ...trial, ...faster, effectiveFrom: on('2026-06-10') })
      await run('2026-06-30')
      expect(await wanted(line)).toMatchObject({ download_bps: '10000000' })
      await run('2026-07-01')
      expect(await wanted(line)).toMatchObject({ download_bps: '20000000' })
      await run('2026-09-01')
      expect((await lines()).map((text) => text.split(', ')[1])).toEqual(['500', '500', '500', '1600'])
      await expect(version(planId, '400', 'move', { cadence: { unit: 'week', count: 1 } })).rejects.toMatchObject({
        code: 'cadence_differs',
      })
    })

    it('for a segment is what that segment buys and changes to', async () => {
      await version(isp.planId, '900', 'stay', { segment: 'school' })
      const line = await isp.subscribe({ startsOn: on('2026-06-01'), anchorDay: 1, planId: await plan('3000') })
      await isp.cycle()
      await changeSubscriber(isp.deps, isp.organisationId, line.subscriberId, { segment: 'school', actor })
      expect(await change(line, isp.planId)).toMatchObject({ credited: { amountMinor: 300_000n }, charged: { amountMinor: 90_000n } })
    })
  })

  describe('an add-on', () => {
    let line: Line
    let addOn: PlanId
    const sell = (planId: PlanId, baseId?: SubscriptionId, startsOn?: CivilDate) =>
      createSubscription(isp.deps, isp.organisationId, {
        subscriberId: line.subscriberId,
        sold: { planId },
        actor,
        ...(baseId === undefined ? {} : { baseId }),
        ...(startsOn === undefined ? {} : { startsOn }),
      })
    beforeEach(async () => {
      line = await isp.subscribe({ startsOn: on('2026-06-01'), anchorDay: 1 })
      addOn = await createPlan(isp.deps, isp.organisationId, {
        code: 'IPTV',
        name: 'Television',
        kind: 'add_on',
        actor,
        price: { ...priceOf('300', 'postpaid', 3), category: 'television' },
      })
      await isp.cycle()
    })

    it('has the periods of its base, stands on its invoice, and is sold on nothing else', async () => {
      isp.day('2026-06-16')
      const id = await sell(addOn, line.subscriptionId)
      await expect(sell(addOn)).rejects.toMatchObject({ code: 'plan_kind_differs' })
      await expect(sell(isp.planId, line.subscriptionId)).rejects.toMatchObject({ code: 'plan_kind_differs' })
      await expect(sell(addOn, id)).rejects.toMatchObject({ code: 'not_found' })
      const second = await sell(await plan('800'), undefined, on('2026-07-01'))
      await isp.cycle()
      expect(await charged(id)).toEqual(['base [2026-06-16,2026-07-01)'])
      await run('2026-06-24')
      const [invoice] = await isp.raw`
        select array_agg(n.subscription_id order by n.position) as of, count(distinct n.invoice_id)::int as invoices from invoice_lines n where n.period_start = '2026-07-01'`
      expect(invoice?.['invoices']).toBe(1)
      expect([...(invoice?.['of'] ?? [])].sort()).toEqual([line.subscriptionId, id, second].sort())
    })

    it('is paused, restarted and cancelled with its base', async () => {
      isp.day('2026-06-16')
      const id = await sell(addOn, line.subscriptionId)
      await isp.cycle()
      await change(line, isp.planId, 'now_restarted')
      expect(await charged(id)).toEqual(['base [2026-06-16,2026-07-16)'])
      await pauseSubscription(isp.deps, isp.organisationId, line.subscriptionId, { policy: 'skip', reason: 'vacation', actor })
      isp.day('2026-06-26')
      await resumeSubscription(isp.deps, isp.organisationId, line.subscriptionId, { actor })
      expect(await charged(id)).toEqual(['base [2026-06-26,2026-07-16)'])
      await expect(change(line, await plan('400', { cadence: { unit: 'week', count: 1 } }))).rejects.toMatchObject({
        code: 'cadence_differs',
      })
      await cancelSubscription(isp.deps, isp.organisationId, line.subscriptionId, { on: on('2026-06-27'), refund: 'credit', actor })
      expect(await charged(id)).toEqual(['base [2026-06-26,2026-06-27)'])
      expect(await isp.raw`select status from subscriptions`).toEqual([{ status: 'cancelled' }, { status: 'cancelled' }])
    })
  })

  describe('a charge that a person makes once', () => {
    const callOut = { description: 'Call-out', category: 'installation', taxClass: 'installation', pricing: 'inclusive' } as const
    const charge = async (line: Line, when: 'now' | 'next_invoice', amount = 50_000n) => {
      const done = await createCharge(isp.deps, isp.organisationId, {
        ...callOut,
        subscriberId: line.subscriberId,
        subscriptionId: line.subscriptionId,
        amount: money(amount, 'KES'),
        when,
        actor,
      })
      return done.outcome === 'done' ? done.result : undefined
    }
    const described = async () =>
      (
        await isp.raw`
          select i.number, i.issued_on, i.due_on, n.description, n.category, n.period_start, n.period_end, n.total_minor from invoice_lines n join invoices i on i.id = n.invoice_id order by i.sequence, n.position`
      ).map((row) => `${row['number']} ${row['issued_on']} due ${row['due_on']}: ${wordsOf(row)}, ${Number(row['total_minor']) / 100}`)

    it('stands on an invoice at once, with its taxes, and is explained', async () => {
      const line = await isp.subscribe({ startsOn: on('2026-06-20'), anchorDay: 20 })
      const done = await charge(line, 'now')
      expect(await described()).toEqual(['NRB-000001 2026-06-01 due 2026-06-01: Call-out, 500'])
      const explained = await explainInvoice(isp.deps, isp.organisationId, { number: 'NRB-000001' })
      expect(explained?.invoice.id).toBe(done?.invoiceId)
      expect(explained?.recomputed.lines.get(1)).toMatchObject({ rule: 'once', total: { amountMinor: 50_000n } })
      expect(await balance('revenue', 'installation')).toBeLessThan(0)
      await isp.cycle()
      expect(await described()).toHaveLength(1)
    })

    it('waits for the next invoice and stands on the one that is due first', async () => {
      const line = await isp.subscribe({ startsOn: on('2026-06-10'), anchorDay: 10 })
      expect((await charge(line, 'next_invoice'))?.invoiceId).toBeUndefined()
      await run('2026-06-02')
      expect(await described()).toEqual([])
      await run('2026-06-03')
      expect((await described()).map((text) => text.replace(/Internet.*,/, 'Internet,'))).toEqual([
        'NRB-000001 2026-06-03 due 2026-06-10: Internet, 1500',
        'NRB-000001 2026-06-03 due 2026-06-10: Call-out, 500',
      ])
    })

    it('stands on one of its own when none comes within the lead, once, and its line can be credited', async () => {
      const line = await isp.subscribe({ startsOn: on('2026-08-01'), anchorDay: 1 })
      await charge(line, 'next_invoice')
      for (const day of ['2026-06-07', '2026-06-08', '2026-06-09']) await run(day)
      expect(await described()).toEqual(['NRB-000001 2026-06-08 due 2026-06-08: Call-out, 500'])
      const [invoice] = await isp.raw`select id from invoices`
      await issueCreditNote(isp.deps, isp.organisationId, { invoiceId: invoice?.['id'], reason: 'goodwill', actor })
      expect(await balance('receivable', line.subscriberId)).toBe(0)
      await expect(isp.raw`update one_time_charges set amount_minor = 1`).rejects.toMatchObject({ code: 'NY001' })
    })

    it('is listed, and is taken back while it waits and no later', async () => {
      const line = await isp.subscribe({ startsOn: on('2026-08-01'), anchorDay: 1 })
      const [stays, goes] = [await charge(line, 'next_invoice'), await charge(line, 'next_invoice')]
      if (stays === undefined || goes === undefined) throw new Error('not charged')
      const listed = async (status?: string) =>
        await isp.deps.store.inOrganisation(isp.organisationId, (tx) =>
          tx.readings.charges({ subscriberId: line.subscriberId, limit: 10, ...(status === undefined ? {} : { status }) }),
        )
      expect(await listed('waiting')).toHaveLength(2)
      const withdraw = (id: ChargeId) => withdrawCharge(isp.deps, isp.organisationId, id, { reason: 'never done', actor })
      await withdraw(goes.chargeId)
      await expect(withdraw(goes.chargeId)).rejects.toMatchObject({ code: 'charge_not_waiting' })
      await run('2026-06-08')
      expect(await described()).toEqual(['NRB-000001 2026-06-08 due 2026-06-08: Call-out, 500'])
      await expect(withdraw(stays.chargeId)).rejects.toMatchObject({ code: 'charge_not_waiting' })
      expect(await listed()).toMatchObject([
        { id: goes.chargeId, status: 'withdrawn', invoiceOn: null, withdrawnBecause: 'never done', invoiceNumber: null },
        { id: stays.chargeId, status: 'invoiced', invoiceOn: null, invoicedOn: '2026-06-08', invoiceNumber: 'NRB-000001' },
      ])
      expect(await listed('waiting')).toEqual([])
    })
  })
})
