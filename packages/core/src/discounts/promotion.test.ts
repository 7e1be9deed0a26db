import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anchors, idOf } from '../../test/arbitraries.ts'
import { civilDate } from '../time/calendar.ts'
import type { BillingAnchor } from '../time/period.ts'
import { periodNumber } from '../time/period.ts'
import { endOfPeriods, type Promotion, promotionFor } from './promotion.ts'

const promotion: Promotion = {
  id: '1',
  code: 'AUG10',
  title: 'August',
  value: { kind: 'percentage', rateBp: 1_000 },
  exclusive: false,
  planIds: [idOf('plan', 1)],
  startsOn: civilDate('2026-08-01'),
  endsOn: civilDate('2026-09-01'),
}
const anchor = (startsOn: string): BillingAnchor => ({ startsOn: civilDate(startsOn), anchorDay: 1, cadence: { unit: 'month', count: 1 } })
const daysOf = (changes: Partial<Promotion>, startsOn: string) => {
  const found = promotionFor({ ...promotion, ...changes }, anchor(startsOn))
  return found && [found.from, found.until]
}

describe('a promotion', () => {
  it('without a number of periods is for all, on its days', () => {
    expect(daysOf({}, '2020-01-01')).toEqual(['2026-08-01', '2026-09-01'])
    expect(daysOf({ endsOn: undefined }, '2030-01-01')).toEqual(['2026-08-01', undefined])
  })

  it('of the first periods is for whoever begins within its days; a stub is a period', () => {
    expect(daysOf({ periodsMax: 3 }, '2026-08-14')).toEqual(['2026-08-14', '2026-11-01'])
    expect(daysOf({ periodsMax: 1 }, '2026-08-31')).toEqual(['2026-08-31', '2026-09-01'])
    expect(daysOf({ periodsMax: 3 }, '2026-07-31')).toBeUndefined()
    expect(daysOf({ periodsMax: 3 }, '2026-09-01')).toBeUndefined()
    expect(daysOf({ periodsMax: 3, endsOn: undefined }, '2027-09-01')).toEqual(['2027-09-01', '2027-12-01'])
  })
})

describe('the end of some periods', () => {
  it('is the end of the last one, counting the one that holds the day', () => {
    fc.assert(
      fc.property(anchors, fc.nat(30), fc.integer({ min: 1, max: 12 }), (one, index, periods) => {
        const { start } = periodNumber(one, index)
        expect(endOfPeriods(one, start, periods)).toBe(periodNumber(one, index + periods - 1).end)
      }),
    )
    expect(endOfPeriods(anchor('2026-08-14'), civilDate('2026-10-20'), 2)).toBe('2026-12-01')
    expect(endOfPeriods(anchor('2026-08-14'), civilDate('2026-08-01'), 1)).toBe('2026-09-01')
  })
})
