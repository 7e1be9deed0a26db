import type { CivilDate } from '@nyuzi/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runDailyCycle } from '../../src/flows/billing/run-daily-cycle.ts'
import { createService } from '../../src/flows/subscribers/create-service.ts'
import { createSubscription } from '../../src/flows/subscribers/create-subscription.ts'
import { type Isp, type Line, openIsp } from '../isp.ts'

const today = '2026-06-10' as CivilDate

describe('A day of billing', () => {
  let isp: Isp

  beforeAll(async () => {
    isp = await openIsp({ startAt: `${today}T06:00:00Z`, log: 'silent' })
  })
  afterAll(() => isp.close())

  const invoicesOf = ({ subscriberId }: Line) =>
    isp.raw`select issued_on, due_on from invoices where subscriber_id = ${subscriberId} order by due_on`

  it('dates no invoice before the subscription was agreed', async () => {
    const line = await isp.subscribe({ startsOn: today })
    const soon = await isp.subscribe({ startsOn: '2026-06-12' as CivilDate })
    await isp.cycle()
    expect(await invoicesOf(line)).toEqual([{ issued_on: today, due_on: today }])
    expect(await invoicesOf(soon)).toEqual([{ issued_on: today, due_on: '2026-06-12' }])
    expect(await isp.raw`select distinct effective_on from journal_entries`).toEqual([{ effective_on: today }])
  })

  it('bills one that began before it was recorded from its beginning on, a period at a time', async () => {
    const line = await isp.subscribe({ startsOn: '2026-04-20' as CivilDate, anchorDay: 20 })
    await isp.cycle()
    expect(await invoicesOf(line)).toEqual([
      { issued_on: '2026-04-20', due_on: '2026-04-20' },
      { issued_on: '2026-05-13', due_on: '2026-05-20' },
    ])
  })

  it('parks what breaks a rule of ours, tells a person and raises an error in the log', async () => {
    const broken = await isp.subscribe({ startsOn: today })
    const sound = await isp.subscribe({ startsOn: today })
    await isp.raw`delete from subscription_terms where subscription_id = ${broken.subscriptionId}`
    const errors: unknown[] = []
    const log = {
      info: () => {},
      warn: () => {},
      error: (message: string, facts?: Record<string, unknown>) => errors.push({ message, ...facts }),
    }
    const cycle = await runDailyCycle({ ...isp.deps, log }, isp.organisationId)
    expect(cycle).toMatchObject({ invoicesIssued: 1, subscriptionsParked: 1 })
    expect(await invoicesOf(sound)).toHaveLength(1)
    expect(errors).toEqual([
      expect.objectContaining({ subscription: broken.subscriptionId, error: expect.objectContaining({ name: 'Defect' }) }),
    ])
    expect(await isp.raw`select kind from tasks where subject_id = ${broken.subscriptionId}`).toEqual([{ kind: 'billing_parked' }])
  })

  it('looks at every line whose day has come, however many lines a subscriber has', async () => {
    const lines = [
      await isp.subscribe({ startsOn: '2026-07-01' as CivilDate }),
      await isp.subscribe({ startsOn: '2026-07-01' as CivilDate }),
    ]
    for (const [index, { subscriberId }] of lines.entries()) {
      const subscriptionId = await createSubscription(isp.deps, isp.organisationId, {
        subscriberId,
        sold: { planId: isp.planId },
        startsOn: '2026-07-01' as CivilDate,
        actor: 'test',
      })
      const installationId = isp.installations.routers[0] as never
      await createService(isp.deps, isp.organisationId, {
        subscriptionId,
        installationId,
        kind: 'pppoe',
        username: `second${index}`,
        password: 'password-2',
        actor: 'test',
      })
    }
    const wanted = (await isp.raw`select distinct subscriber_id from access_states where recheck_on <= '2026-07-01'`).map(
      (row) => row['subscriber_id'],
    )
    expect(wanted.length).toBeGreaterThanOrEqual(2)
    // A page that is not full says that nothing is left.
    const page = await isp.deps.store.inOrganisation(isp.organisationId, (tx) =>
      tx.access.subscribersToRecheck('2026-07-01' as CivilDate, wanted.length),
    )
    expect([...page].sort()).toEqual([...wanted].sort())
  })
})
