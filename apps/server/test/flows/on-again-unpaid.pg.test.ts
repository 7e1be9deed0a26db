import { type CivilDate, civilDate, money, written } from '@nyuzi/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recomputeIssued } from '../../src/flows/billing/recompute-issued.ts'
import { createPlan } from '../../src/flows/catalog/create-plan.ts'
import { issueDebitNote } from '../../src/flows/credits/issue-debit-note.ts'
import { answerExtension } from '../../src/flows/receivables/answer-extension.ts'
import { requestExtension } from '../../src/flows/receivables/request-extension.ts'
import { setOverdraft } from '../../src/flows/receivables/set-overdraft.ts'
import { holdService } from '../../src/flows/subscribers/hold-service.ts'
import { type Isp, type Line, openIsp, priceOf } from '../isp.ts'

const actor = 'test'
const reason = 'test'

/** 1500 a month from 1 June 2026, not charged while a debt keeps the line off: that is from 5 June on. */
describe('A line that is on again although nobody paid', () => {
  let isp: Isp
  let lines: Record<'overdrawn' | 'extended' | 'opened' | 'off', Line>

  const chargedOf = async ({ subscriptionId }: Line) =>
    (await isp.raw`select period_start, period_end from invoice_lines where subscription_id = ${subscriptionId} order by period_start`).map(
      (row) => `${row['period_start']} ${row['period_end']}`,
    )
  const standingOf = async ({ subscriptionId, serviceId }: Line) =>
    (
      await isp.raw`
        select a.wanted_state as state, a.wanted_reason as reason, s.awaits from subscriptions s, access_states a
         where s.id = ${subscriptionId} and a.service_id = ${serviceId}`
    )[0]
  const runOn = async (day: string) => {
    isp.day(day)
    await isp.cycle()
  }

  beforeAll(async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z' })
    const price = { ...priceOf('1500', 'postpaid', 3), policy: { suspension: 'skip' } as const }
    const planId = await createPlan(isp.deps, isp.organisationId, { code: 'SKIP', name: 'Skip', actor, price })
    const sell = () => isp.subscribe({ planId, startsOn: civilDate('2026-06-01'), anchorDay: 1 })
    lines = { overdrawn: await sell(), extended: await sell(), opened: await sell(), off: await sell() }
    for (const day of ['2026-06-01', '2026-06-05', '2026-06-24', '2026-07-01']) await runOn(day)
  })
  afterAll(() => isp?.close())

  it('was not charged as long as its debt kept it off', async () => {
    for (const line of Object.values(lines)) {
      expect(await chargedOf(line)).toEqual(['2026-06-01 2026-07-01'])
      expect(await standingOf(line)).toEqual({ state: 'suspended', reason: 'overdue', awaits: 'payment' })
    }
  })

  it('is charged from the day on which an overdraft, an extension or a word of staff lets it on', async () => {
    const { organisationId, deps } = isp
    isp.day('2026-07-11')
    await setOverdraft(deps, organisationId, lines.overdrawn.subscriberId, { amount: money(500_000n, 'KES'), reason, actor })
    const until: CivilDate = civilDate('2026-07-14')
    const id = await requestExtension(deps, organisationId, lines.extended.subscriberId, { until, reason, actor })
    await answerExtension(deps, organisationId, id, { answer: 'approve', actor })
    await holdService(deps, organisationId, lines.opened.serviceId, { hold: 'opened', reason, actor })
    await isp.cycle()
    for (const line of [lines.overdrawn, lines.extended, lines.opened]) {
      expect(await standingOf(line)).toMatchObject({ state: 'active', awaits: null })
      expect(await chargedOf(line)).toEqual(['2026-06-01 2026-07-01', '2026-07-11 2026-08-01'])
    }
    expect(await chargedOf(lines.off)).toEqual(['2026-06-01 2026-07-01'])
  })

  it('is charged at once when a payment leaves no more of the debt than may be owed', async () => {
    const { organisationId, deps } = isp
    await setOverdraft(deps, organisationId, lines.off.subscriberId, { amount: money(100_000n, 'KES'), reason, actor })
    expect(await chargedOf(lines.off)).toEqual(['2026-06-01 2026-07-01'])
    await isp.pay(lines.off, 60_000n)
    expect(await chargedOf(lines.off)).toEqual(['2026-06-01 2026-07-01', '2026-07-11 2026-08-01'])
    expect(await standingOf(lines.off)).toEqual({ state: 'active', reason: 'in_overdraft', awaits: null })
  })

  it('waits again once what let it on has ended', async () => {
    await runOn('2026-07-18')
    await runOn('2026-08-01')
    expect(await standingOf(lines.extended)).toEqual({ state: 'suspended', reason: 'overdue', awaits: 'payment' })
    expect(await standingOf(lines.overdrawn)).toMatchObject({ state: 'active', awaits: null })
    expect((await chargedOf(lines.overdrawn)).at(-1)).toBe('2026-08-01 2026-09-01')
    expect((await isp.verify()).doubts).toEqual([])
  })
})

describe('A line that a debt kept off before it was ever charged', () => {
  let isp: Isp
  afterAll(() => isp?.close())

  it('is charged what is charged once with the first days that are charged, whatever let it on', async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z' })
    const installation = {
      kind: 'one_time',
      key: 'installation',
      title: 'Installation',
      category: 'installation',
      taxClass: 'exempt',
    } as const
    const plans = await Promise.all(
      (['skip', 'extend'] as const).map((suspension) =>
        createPlan(isp.deps, isp.organisationId, {
          ...{ code: suspension.toUpperCase(), name: suspension, actor },
          price: {
            ...priceOf('1500', 'postpaid', 3),
            timing: 'arrears' as const,
            policy: { suspension },
            extras: [{ ...installation, amount: money(200_000n, 'KES') }],
          },
        }),
      ),
    )
    const lines: Line[] = []
    for (const planId of plans) {
      const line = await isp.subscribe({ planId, startsOn: civilDate('2026-06-01'), anchorDay: 1 })
      const charge = { description: written('Router'), category: 'equipment', taxClass: 'exempt', pricing: 'inclusive' } as const
      const charges = [{ ...charge, amount: money(100_000n, 'KES') }]
      await issueDebitNote(isp.deps, isp.organisationId, { subscriberId: line.subscriberId, reason, charges, actor })
      lines.push(line)
    }
    for (const day of ['2026-06-05', '2026-07-01']) {
      isp.day(day)
      await isp.cycle()
    }
    expect(await isp.raw`select distinct awaits from subscriptions`).toEqual([{ awaits: 'payment' }])
    // In arrears: the days before the debt cut it off were served, and are charged.
    expect(
      await isp.raw`select period_start, period_end, total_minor from invoice_lines where component = 'base' order by subscription_id`,
    ).toEqual(lines.map(() => ({ period_start: '2026-06-01', period_end: '2026-06-05', total_minor: '20000' })))
    isp.day('2026-07-11')
    for (const { subscriberId } of lines)
      await setOverdraft(isp.deps, isp.organisationId, subscriberId, { amount: money(900_000n, 'KES'), reason, actor })
    for (const day of ['2026-07-12', '2026-08-01', '2026-08-11', '2026-09-12']) {
      isp.day(day)
      await isp.cycle()
    }
    const once = await isp.raw`select subscription_id from invoice_lines where component = 'installation' order by subscription_id`
    expect(once.map(({ subscription_id }) => subscription_id)).toEqual(lines.map(({ subscriptionId }) => subscriptionId).sort())
    expect(await recomputeIssued(isp.deps, isp.organisationId)).toMatchObject({ differing: 0 })
    expect((await isp.verify()).doubts).toEqual([])
  })
})
