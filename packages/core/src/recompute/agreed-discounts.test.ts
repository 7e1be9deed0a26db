import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anchors, idOf } from '../../test/arbitraries.ts'
import { type Promotion, promotionFor } from '../discounts/promotion.ts'
import { addDays, type CivilDate, civilDate } from '../time/calendar.ts'
import { type Agreements, agreedDiscounts } from './agreed-discounts.ts'

const row = { id: '1', code: 'START', rateBp: 1_000, exclusive: false, planIds: [idOf('plan', 1)] }
const first = { startsOn: '2026-08-14', anchorDay: 1, cadence: { unit: 'month', count: 1 } } as const
const agreed = (facts: Partial<Agreements>) =>
  agreedDiscounts({ promotions: [], held: [], volumeSteps: [], loyaltySteps: [], first, ...facts })

describe('what was agreed with a subscriber', () => {
  it('is read as the first calculator reads a promotion, for any beginning', () => {
    const days = fc.integer({ min: -40, max: 40 })
    fc.assert(
      fc.property(anchors, days, fc.option(days), fc.option(fc.integer({ min: 1, max: 12 })), (anchor, from, length, periodsMax) => {
        const startsOn = addDays(anchor.startsOn, from)
        const endsOn = length === null ? undefined : addDays(startsOn, Math.abs(length))
        const terms = { startsOn, endsOn, periodsMax: periodsMax ?? undefined }
        const value = { kind: 'percentage', rateBp: 1_000 } as const
        const one: Promotion = { ...terms, id: '1', code: 'START', title: '', value, exclusive: false, planIds: row.planIds }
        const found = promotionFor(one, anchor)
        const expected = agreed({ promotions: [{ ...row, ...terms }], first: anchor })
        expect(expected.map(({ from: begins, until }) => [begins, until])).toEqual(found ? [[found.from, found.until]] : [])
      }),
      { numRuns: 2_000 },
    )
  })

  it('is every source: promotions, the steps of the policy, and what the subscription holds', () => {
    const steps = [{ from: 2, rateBp: 500 }]
    const held = [{ id: '2', source: 'coupon', code: 'WELCOME', rateBp: 100, from: '2026-08-14' }]
    expect(
      agreed({ promotions: [{ ...row, startsOn: '2026-08-01', periodsMax: 2 }], held, volumeSteps: steps, loyaltySteps: steps }).map(
        ({ source, code, from, until }) => [source, code, from as CivilDate | undefined, until],
      ),
    ).toEqual([
      ['promotion', 'START', civilDate('2026-08-14'), '2026-10-01'],
      ['volume', 'VOLUME', undefined, undefined],
      ['loyalty', 'LOYALTY', undefined, undefined],
      ['coupon', 'WELCOME', '2026-08-14', undefined],
    ])
    expect(agreed({ promotions: [{ ...row, startsOn: '2026-08-01', endsOn: '2026-08-14', periodsMax: 2 }] })).toEqual([])
  })
})
