import { type CivilDate, civilDate } from '@nyuzi/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runDailyCycle } from '../../src/flows/billing/run-daily-cycle.ts'
import { type Isp, openIsp } from '../isp.ts'

const today: CivilDate = civilDate('2026-06-10')

describe('Runs of one day, side by side', () => {
  let isp: Isp
  beforeAll(async () => {
    isp = await openIsp({ startAt: `${today}T06:00:00Z`, log: 'silent' })
    for (let count = 0; count < 6; count++) await isp.subscribe({ startsOn: today })
  })
  afterAll(() => isp.close())

  it('take different subscribers', async () => {
    const { store } = isp.deps
    const taken = await store.inOrganisation(isp.organisationId, async (one) => {
      const first = await one.billing.claimSubscribers(today, 2)
      const second = await store.inOrganisation(isp.organisationId, (other) => other.billing.claimSubscribers(today, 2))
      return [...first, ...second]
    })
    expect(new Set(taken).size).toBe(4)
  })

  it('rehearse in turns what they do', async () => {
    expect(await runDailyCycle(isp.deps, isp.organisationId, { dryRun: true })).toMatchObject({ invoicesIssued: 6, subscriptionsParked: 0 })
    expect(await isp.raw`select from invoices`).toHaveLength(0)
  })

  it('bill everyone once, with numbers that leave no gap', async () => {
    const cycles = await Promise.all([1, 2, 3].map(() => runDailyCycle(isp.deps, isp.organisationId)))
    expect(cycles.reduce((sum, { invoicesIssued }) => sum + invoicesIssued, 0)).toBe(6)
    const rows = await isp.raw`select sequence::int from invoices order by sequence`
    expect(rows.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6])
    expect((await isp.verify()).doubts).toEqual([])
  })
})
