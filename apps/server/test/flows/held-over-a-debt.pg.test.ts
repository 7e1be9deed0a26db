import { civilDate, money } from '@nyuzi/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPlan } from '../../src/flows/catalog/create-plan.ts'
import { setOverdraft } from '../../src/flows/receivables/set-overdraft.ts'
import { holdService } from '../../src/flows/subscribers/hold-service.ts'
import { type Isp, type Line, openIsp, priceOf } from '../isp.ts'

const actor = 'test'
const reason = 'test'

describe('A line that staff holds off while a debt would', () => {
  let isp: Isp
  let lines: Record<'skipped' | 'heldFirst' | 'extended', Line>
  const runOn = async (day: string) => {
    isp.day(day)
    await isp.cycle()
  }
  const hold = ({ serviceId }: Line, wish: 'held' | null) =>
    holdService(isp.deps, isp.organisationId, serviceId, { hold: wish, reason, actor })
  const chargedOf = async ({ subscriptionId }: Line) =>
    (
      await isp.raw`select lower(period)::text || ' ' || upper(period) as days from charged_periods where subscription_id = ${subscriptionId} order by period`
    ).map(({ days }) => days)
  const standingOf = async ({ serviceId }: Line) =>
    (
      await isp.raw`select wanted_state as state, wanted_reason as reason, overdue_since as since from access_states where service_id = ${serviceId}`
    )[0]

  beforeAll(async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z' })
    const plan = (code: string, suspension: 'skip' | 'extend') =>
      createPlan(isp.deps, isp.organisationId, {
        ...{ code, name: code, actor },
        price: { ...priceOf('1500', 'postpaid', 3), policy: { suspension } },
      })
    const [skip, extend] = [await plan('SKIP', 'skip'), await plan('EXTEND', 'extend')]
    const sell = (planId: typeof skip) => isp.subscribe({ planId, startsOn: civilDate('2026-06-01'), anchorDay: 1 })
    lines = { skipped: await sell(skip), heldFirst: await sell(skip), extended: await sell(extend) }
    isp.day('2026-06-02')
    await hold(lines.heldFirst, 'held')
    await runOn('2026-06-05')
    isp.day('2026-06-10')
    for (const line of [lines.skipped, lines.extended]) await hold(line, 'held')
  })
  afterAll(async () => {
    expect((await isp.verify()).doubts).toEqual([])
    await isp.close()
  })

  it('is off since the day on which the debt alone would have cut it off', async () => {
    for (const line of Object.values(lines))
      expect(await standingOf(line)).toEqual({ state: 'suspended', reason: 'held', since: '2026-06-05' })
  })

  it('is not charged by a policy that skips, and is from the day on which the debt keeps it off no more', async () => {
    await runOn('2026-06-24')
    await runOn('2026-07-01')
    for (const line of [lines.skipped, lines.heldFirst]) expect(await chargedOf(line)).toEqual(['2026-06-01 2026-07-01'])
    isp.day('2026-07-05')
    await setOverdraft(isp.deps, isp.organisationId, lines.heldFirst.subscriberId, { amount: money(500_000n, 'KES'), reason, actor })
    isp.day('2026-07-11')
    await isp.pay(lines.skipped, 150_000n)
    await hold(lines.skipped, null)
    await isp.cycle()
    expect(await standingOf(lines.heldFirst)).toEqual({ state: 'suspended', reason: 'held', since: null })
    expect((await chargedOf(lines.heldFirst)).slice(0, 2)).toEqual(['2026-06-01 2026-07-01', '2026-07-05 2026-08-01'])
    expect(await standingOf(lines.skipped)).toEqual({ state: 'active', reason: 'paid', since: null })
    expect(await chargedOf(lines.skipped)).toEqual(['2026-06-01 2026-07-01', '2026-07-11 2026-08-01'])
  })

  it('has its paid days follow by a policy that extends, from the first day off and not from that of the hold', async () => {
    await isp.pay(lines.extended, 150_000n)
    const [row] = await isp.raw`select billed_until, awaits from subscriptions where id = ${lines.extended.subscriptionId}`
    // 5 June to 30 June are 26 days, from 11 July on.
    expect(row).toMatchObject({ awaits: null })
    const [moved] =
      await isp.raw`select from_on from subscription_terms where subscription_id = ${lines.extended.subscriptionId} order by number desc limit 1`
    expect(moved).toEqual({ from_on: '2026-08-06' })
  })
})
