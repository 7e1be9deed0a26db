import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { recomputeIssued } from '../src/flows/billing/recompute-issued.ts'
import { createPlan } from '../src/flows/catalog/create-plan.ts'
import type { NewPrice } from '../src/flows/catalog/create-price.ts'
import { type Isp, type Line, openIsp, priceOf } from './isp.ts'

/** The ISP of a file that called `openPrepaidIsp`. */
export let isp: Isp
let sold = 0

/** One ISP for all cases of a file, each on the first of June. Whatever a case did, the books are in order and the second calculator agrees. */
export function openPrepaidIsp(): void {
  beforeAll(async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z' })
  })
  afterAll(() => isp?.close())
  beforeEach(() => isp.day('2026-06-01'))
  afterEach(async () => {
    await isp.settled()
    expect((await isp.verify()).doubts).toEqual([])
    expect(await recomputeIssued(isp.deps, isp.organisationId)).toMatchObject({ differing: 0 })
  })
}

export function planOf(changes: Partial<NewPrice> = {}) {
  sold += 1
  return createPlan(isp.deps, isp.organisationId, {
    code: `PLAN-${sold}`,
    name: `Plan ${sold}`,
    actor: 'test',
    price: { ...priceOf('1500', 'prepaid', 0), ...changes },
  })
}

export const pays = (line: Pick<Line, 'subscriberId'>, shillings: number) => isp.pay(line, BigInt(shillings) * 100n)

export async function on(date: string): Promise<void> {
  isp.day(date)
  await isp.cycle()
  await isp.settled()
}
