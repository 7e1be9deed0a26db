import { describe, expect, it } from 'vitest'
import { priceOf, subscriptionOf } from '../../test/nouns.ts'
import { civilDate } from '../time/calendar.ts'
import { daysToDiscount } from './days-to-discount.ts'

const day = civilDate('2026-06-20')
const days = (changes: Parameters<typeof subscriptionOf>[0], periods?: number) => {
  const { from, until } = daysToDiscount(subscriptionOf(changes), day, periods)
  return [from, until]
}

describe('the days of a discount that is given today', () => {
  it('begin with the first that is not charged, and last as many periods as it says', () => {
    expect(days({ billedUntil: civilDate('2026-08-01') }, 2)).toEqual(['2026-08-01', '2026-10-01'])
    expect(days({ billedUntil: civilDate('2026-08-01') })).toEqual(['2026-08-01', undefined])
    expect(days({ startsOn: civilDate('2026-06-14') }, 1)).toEqual(['2026-06-14', '2026-07-01'])
  })

  it('include the running period when it is charged in arrears', () => {
    expect(days({ price: priceOf({ timing: 'arrears' }) }, 1)).toEqual(['2026-06-01', '2026-07-01'])
  })

  it('begin today for prepaid that has expired', () => {
    const price = priceOf({ billing: 'prepaid' })
    expect(days({ price, billedUntil: civilDate('2026-06-05') }, 1)).toEqual(['2026-06-20', '2026-07-20'])
    expect(days({ price, billedUntil: civilDate('2026-07-01') }, 1)).toEqual(['2026-07-01', '2026-08-01'])
  })
})
