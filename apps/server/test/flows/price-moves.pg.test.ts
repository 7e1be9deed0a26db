import type { PlanId } from '@nyuzi/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPlan } from '../../src/flows/catalog/create-plan.ts'
import { createPrice } from '../../src/flows/catalog/create-price.ts'
import { moveToPrices } from '../../src/flows/catalog/move-to-prices.ts'
import type { Deps } from '../../src/flows/ports.ts'
import { type Isp, type Line, openIsp, priceOf } from '../isp.ts'

const actor = 'test'

describe('Subscriptions that move to a new version of their price', () => {
  let isp: Isp
  /** As after a server that died: nobody is woken. */
  let asleep: Deps
  let sold = 0
  beforeAll(async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z', log: 'silent', sweepEveryMs: 3_600_000 })
    asleep = { ...isp.deps, wake: () => {} }
  })
  afterAll(() => isp?.close())

  const plan = async () => {
    sold += 1
    return await createPlan(isp.deps, isp.organisationId, {
      code: `P-${sold}`,
      name: `P ${sold}`,
      actor,
      price: priceOf('1500', 'postpaid', 3),
    })
  }
  const lines = async (planId: PlanId, count: number) => {
    const made: Line[] = []
    for (let n = 0; n < count; n += 1) made.push(await isp.subscribe({ planId }))
    return made
  }
  const dearer = (planId: PlanId, deps: Deps = isp.deps) =>
    createPrice(deps, isp.organisationId, planId, { ...priceOf('1800', 'postpaid', 3), existing: 'move', actor })
  const versions = async (planId: PlanId) =>
    (
      await isp.raw<{ version: number; lines: number }[]>`
        select p.version, count(*)::integer as lines from subscriptions s
          join lateral (select t.price_id from subscription_terms t where t.subscription_id = s.id order by t.number desc limit 1) t on true
          join prices p on p.id = t.price_id where p.plan_id = ${planId} group by 1 order by 1`
    ).map(({ version, lines }) => `${lines} of ${version}`)
  const moveOf = async (planId: PlanId) =>
    (await isp.deps.store.inOrganisation(isp.organisationId, (tx) => tx.readings.plan(planId)))?.prices[0]?.move

  it('are counted in the answer, and moved after it, in the background', async () => {
    const planId = await plan()
    await lines(planId, 3)
    expect(await dearer(planId)).toMatchObject({ moving: 3 })
    await isp.settled()
    expect(await versions(planId)).toEqual(['3 of 2'])
    expect(await moveOf(planId)).toEqual({ moved: 3, finishedAt: expect.any(Date) })
    // Those of nobody are finished at once.
    expect(await dearer(await plan())).toMatchObject({ moving: 0 })
  })

  it('go on from where a server died, found by the sweep', async () => {
    const planId = await plan()
    await lines(planId, 3)
    await dearer(planId, asleep)
    const dying: Deps = {
      ...asleep,
      store: {
        ...asleep.store,
        inOrganisation: (id, work) =>
          asleep.store.inOrganisation(id, async (tx) => {
            await work(tx)
            throw new Error('killed before the commit')
          }),
        mayPass: () => true,
      },
    }
    await expect(moveToPrices(dying, isp.organisationId)).rejects.toThrow('killed')
    expect(await versions(planId)).toEqual(['3 of 1'])
    expect(await moveOf(planId)).toEqual({ moved: 0, finishedAt: null })
    const due = await isp.deps.store.dueWork(isp.clock.now())
    expect(due.filter(({ kind }) => kind === 'price_moves')).toEqual([{ kind: 'price_moves', organisationId: isp.organisationId }])
    isp.deps.wake('price_moves', isp.organisationId)
    await isp.settled()
    expect(await versions(planId)).toEqual(['3 of 2'])
    expect((await isp.deps.store.dueWork(isp.clock.now())).filter(({ kind }) => kind === 'price_moves')).toEqual([])
  })

  it('are finished before a run of the day, so that it charges the new price', async () => {
    const planId = await plan()
    const [line] = await lines(planId, 1)
    await dearer(planId, asleep)
    await isp.cycle()
    expect(await isp.raw`select total_minor from invoices where subscriber_id = ${line?.subscriberId as string}`).toEqual([
      { total_minor: '180000' },
    ])
  })

  it('stop for none that cannot be moved: it is left to a person, with a task', async () => {
    const planId = await plan()
    const [, broken] = await lines(planId, 3)
    await dearer(planId, asleep)
    const { subscriptionId } = broken as Line
    const poisoned: Deps = {
      ...asleep,
      store: {
        ...asleep.store,
        inOrganisation: (id, work) =>
          asleep.store.inOrganisation(id, (tx) =>
            work({
              ...tx,
              subscriptions: {
                ...tx.subscriptions,
                lockTimelines: (ids) => {
                  if (ids.includes(subscriptionId)) throw new Error('a row that nobody can read')
                  return tx.subscriptions.lockTimelines(ids)
                },
              },
            }),
          ),
      },
    }
    while ((await moveToPrices(poisoned, isp.organisationId)) > 0);
    expect(await versions(planId)).toEqual(['1 of 1', '2 of 2'])
    expect(await moveOf(planId)).toEqual({ moved: 2, finishedAt: expect.any(Date) })
    expect(await isp.raw`select subject_id, title from tasks where kind = 'price_move_failed'`).toEqual([
      { subject_id: subscriptionId, title: 'It could not be moved to the new version of its price: a row that nobody can read' },
    ])
  })
})
