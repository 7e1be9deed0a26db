import { addDays, type CivilDate, civilDate, money, type PlanId, type SubscriptionId } from '@nyuzi/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runDailyCycle } from '../../src/flows/billing/run-daily-cycle.ts'
import { createPlan } from '../../src/flows/catalog/create-plan.ts'
import { createPrice } from '../../src/flows/catalog/create-price.ts'
import { finishPriceMoves } from '../../src/flows/catalog/move-to-prices.ts'
import { changeOrganisation } from '../../src/flows/organisations/change-organisation.ts'
import { describeEffect } from '../../src/flows/previews/describe-effect.ts'
import type { CarryOut } from '../../src/flows/previews/live-through.ts'
import { cancelSubscription } from '../../src/flows/subscribers/cancel-subscription.ts'
import { changeSubscriptionPlan } from '../../src/flows/subscribers/change-plan.ts'
import { createSubscription } from '../../src/flows/subscribers/create-subscription.ts'
import { type Isp, type Line, openIsp, priceOf } from '../isp.ts'
import { only, previewing } from './previewing.ts'

const actor = 'test'

describe('A change that was previewed with the days after it', () => {
  let isp: Isp
  let lines: readonly Line[]
  let better: PlanId

  beforeEach(async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z' })
    await changeOrganisation(isp.deps, isp.organisationId, { taxPack: 'KE', messageCost: { perPartMinor: 80n }, actor })
    const made: Line[] = []
    for (let count = 0; count < 3; count++) made.push(await isp.subscribe({ startsOn: civilDate('2026-06-05') }))
    lines = made
    better = await createPlan(isp.deps, isp.organisationId, {
      code: 'HOME20',
      name: 'Home 20',
      actor,
      price: priceOf('2500', 'postpaid', 3),
    })
    await isp.cycle()
  })
  afterEach(() => isp.close())

  const mine = () => lines[0] as Line
  /** Makes the change, and tells what each day brought otherwise than it was foretold. */
  async function applied(carryOut: CarryOut, until: CivilDate, subscriber: Line | 'everybody' = mine()) {
    const { created, apply } = previewing(isp)
    const asked = { date: until, change: { asked: {}, carryOut } }
    const id = await created(subscriber === 'everybody' ? asked : { ...asked, subscriberId: subscriber.subscriberId })
    const { outcome } = await apply(id, () => carryOut)
    expect(outcome).toBe('done')
    return id
  }
  async function runUntil(last: CivilDate, first = civilDate('2026-06-02')) {
    for (let day = first; day <= last; day = addDays(day, 1)) {
      isp.day(day)
      await isp.settled()
      await isp.cycle()
    }
  }
  const told = async (id: Awaited<ReturnType<typeof applied>>) =>
    (await previewing(isp).parts(id)).map(({ status, followOn, changes }) => ({
      status,
      followOn,
      gone: changes?.gone.map((one) => `${one.day} ${describeEffect(one)}`) ?? [],
      added: changes?.added.map((one) => `${one.day} ${describeEffect(one)}`) ?? [],
    }))
  const tasks = () => isp.raw`select kind, title from tasks where kind = 'preview_differs'`
  const asForetold = { status: 'applied', followOn: null, gone: [], added: [] }

  const upgrade: CarryOut = (deps) =>
    changeSubscriptionPlan(deps, isp.organisationId, mine().subscriptionId, {
      to: { planId: better },
      when: 'now_prorated',
      actor,
    })

  it('is made at once, and the days come as they were foretold', async () => {
    const id = await applied(upgrade, civilDate('2026-07-01'))
    expect(await isp.raw`select kind, total_minor from invoices i where subscriber_id = ${mine().subscriberId}`).not.toHaveLength(0)
    expect(await told(id)).toEqual([{ ...asForetold, followOn: '2026-06-02' }])
    await runUntil(civilDate('2026-07-02'))
    expect(await told(id)).toEqual([asForetold])
    expect(await tasks()).toEqual([])
    const foretold = (await previewing(isp).parts(id)).flatMap(({ effects }) => effects)
    expect(only(foretold, 'document_issued').map(({ cause, day, totalMinor }) => [cause, day, totalMinor])).toContainEqual([
      'day',
      '2026-06-28',
      '250000',
    ])
    expect((await isp.verify()).doubts).toEqual([])
  })

  it('of a sale, foretells invoices, settlements and lines of a subscription that is not there yet', async () => {
    const sale: CarryOut = (deps) =>
      createSubscription(deps, isp.organisationId, { subscriberId: mine().subscriberId, sold: { planId: better }, actor })
    const id = await applied(sale, civilDate('2026-06-30'))
    await runUntil(civilDate('2026-06-30'))
    expect(await told(id)).toEqual([asForetold])
  })

  it('of a cancellation, also after days in which no server ran', async () => {
    const on = civilDate('2026-06-20')
    const cancel: CarryOut = (deps) => cancelSubscription(deps, isp.organisationId, mine().subscriptionId as SubscriptionId, { on, actor })
    const id = await applied(cancel, civilDate('2026-06-25'))
    isp.day('2026-06-22')
    await isp.cycle()
    expect(await told(id)).toMatchObject([{ followOn: '2026-06-23' }])
    await runUntil(civilDate('2026-06-25'), civilDate('2026-06-23'))
    const [part] = await told(id)
    // The line was switched off in one go on the 22nd, though the day it was due is the one it is told for.
    expect(part?.followOn).toBeNull()
    expect(await isp.raw`select status, cancelled_on from subscriptions where id = ${mine().subscriptionId}`).toEqual([
      { status: 'cancelled', cancelled_on: on },
    ])
    expect((await isp.verify()).doubts).toEqual([])
  })

  it('says what a payment changed, day by day, and opens a task', async () => {
    const id = await applied(upgrade, civilDate('2026-06-20'))
    await runUntil(civilDate('2026-06-06'))
    await isp.pay(mine(), 900_000n)
    await runUntil(civilDate('2026-06-20'), civilDate('2026-06-07'))
    const [part] = await told(id)
    expect(part?.gone).toContainEqual(expect.stringMatching(/line line1 on Router 1: active → suspended \(overdue\)/))
    expect(part?.followOn).toBeNull()
    expect(await tasks()).toEqual([{ kind: 'preview_differs', title: expect.stringMatching(/^What a preview foretold for 2026-06-/) }])
    expect((await isp.verify()).doubts).toEqual([])
  })

  it('counts its work with that of the day, which is done once', async () => {
    await applied(upgrade, civilDate('2026-07-01'))
    isp.day('2026-06-28')
    const done = await isp.cycle()
    expect(done).toMatchObject({ invoicesIssued: 3 })
    expect(await isp.cycle()).toMatchObject({ invoicesIssued: 0, servicesMoved: 0 })
    expect((await runDailyCycle(isp.deps, isp.organisationId, { dryRun: true })).invoicesIssued).toBe(0)
  })

  it('gives way to a later preview of the same family that is applied', async () => {
    const first = await applied(upgrade, civilDate('2026-06-20'))
    const cancel: CarryOut = (deps) =>
      cancelSubscription(deps, isp.organisationId, mine().subscriptionId, { on: civilDate('2026-06-10'), actor })
    const second = await applied(cancel, civilDate('2026-06-20'))
    expect(await told(first)).toEqual([asForetold])
    await runUntil(civilDate('2026-06-20'))
    expect(await told(second)).toEqual([asForetold])
  })

  it('of a price for everybody is one, and followed family by family', async () => {
    const dearer: CarryOut = async (deps) => {
      await createPrice(deps, isp.organisationId, isp.planId, {
        ...priceOf('1800', 'postpaid', 3),
        amount: money(180_000n, 'KES'),
        existing: 'move',
        actor,
      })
      await finishPriceMoves(deps, isp.organisationId)
    }
    const id = await applied(dearer, civilDate('2026-07-02'), 'everybody')
    expect((await told(id)).map(({ status, followOn }) => [status, followOn])).toEqual([
      ['applied', '2026-06-01'],
      ['applied', '2026-06-01'],
      ['applied', '2026-06-01'],
      ['shown', null],
    ])
    await runUntil(civilDate('2026-06-30'))
    await isp.pay(lines[1] as Line, 480_000n)
    await runUntil(civilDate('2026-07-02'), civilDate('2026-07-01'))
    const [first, , third] = await told(id)
    expect([first, third]).toEqual([asForetold, asForetold])
    expect(await isp.raw`select distinct total_minor from invoices where issued_on >= '2026-06-28'`).toEqual([{ total_minor: '180000' }])
  })

  it('of a policy is refused as a whole when it would change something else now', async () => {
    const policy: CarryOut = (deps) => changeOrganisation(deps, isp.organisationId, { invoiceLeadDays: 0, actor })
    const id = await previewing(isp).created({ date: civilDate('2026-07-10'), change: { asked: {}, carryOut: policy } })
    await changeOrganisation(isp.deps, isp.organisationId, { payTo: 'Paybill 1', actor })
    await expect(previewing(isp).apply(id, () => policy)).rejects.toMatchObject({ code: 'preview_outdated' })
    expect(await told(id)).not.toContainEqual(expect.objectContaining({ status: 'applied' }))
    const again = await previewing(isp).created({ date: civilDate('2026-07-10'), change: { asked: {}, carryOut: policy } })
    await previewing(isp).apply(again, () => policy)
    await runUntil(civilDate('2026-07-10'))
    expect((await told(again)).filter(({ status }) => status !== 'shown')).toEqual([asForetold, asForetold, asForetold])
  })
})
