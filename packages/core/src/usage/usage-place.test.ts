import { describe, expect, it } from 'vitest'
import { idOf } from '../../test/arbitraries.ts'
import { priceOf, termsOf } from '../../test/nouns.ts'
import { money } from '../money/money.ts'
import { civilDate } from '../time/calendar.ts'
import { chargeUsage } from './charge-usage.ts'
import type { PriceUsage } from './price-usage.ts'
import { usagePlace } from './usage-place.ts'

const usage: PriceUsage = {
  key: 'data',
  title: 'Data',
  category: 'internet',
  taxClass: 'internet',
  tariff: { scheme: 'per_unit', unit: 'MB', blockUnits: 1n, includedUnits: 100n, tiers: [{ price: money(500n, 'KES') }] },
}
const metered = priceOf({ usage: [usage] })
const changed = civilDate('2026-07-11')
const timeline = [termsOf({ price: metered, until: changed }), termsOf({ number: 2, price: metered, from: changed })]
const place = (day: string, today: string, unit = 'MB') => {
  const found = usagePlace(timeline, unit, civilDate(day), civilDate(today))
  return found && [found.terms.number, found.period.start, found.period.end, found.dueOn]
}

describe('the use of a day', () => {
  it('is rated with its period, when that is over', () => {
    expect(place('2026-06-30', '2026-06-30')).toEqual([1, '2026-06-01', '2026-07-01', '2026-07-01'])
    expect(place('2026-08-05', '2026-08-06')).toEqual([2, '2026-08-01', '2026-09-01', '2026-09-01'])
  })

  it('is rated by the terms of the day, each for its part of the period', () => {
    expect(place('2026-07-10', '2026-07-10')).toEqual([1, '2026-07-01', '2026-07-11', '2026-07-11'])
    expect(place('2026-07-11', '2026-07-11')).toEqual([2, '2026-07-11', '2026-08-01', '2026-08-01'])
  })

  it('that is reported when its period is over is charged at the end of the period of that day', () => {
    expect(place('2026-06-30', '2026-08-06')).toEqual([1, '2026-06-01', '2026-07-01', '2026-09-01'])
    expect(place('2026-06-30', '2026-07-01')).toEqual([1, '2026-06-01', '2026-07-01', '2026-07-11'])
  })

  it('is rated by nothing where no price names its unit, or no terms hold', () => {
    expect(place('2026-06-30', '2026-06-30', 'minute')).toBeUndefined()
    expect(place('2026-05-31', '2026-06-30')).toBeUndefined()
  })
})

describe('a charge for use', () => {
  const charge = (units: bigint, ratedUnits: bigint) =>
    chargeUsage(
      {
        subscriptionId: idOf('subscription', 1),
        terms: termsOf({ price: metered }),
        usage,
        period: { start: civilDate('2026-06-01'), end: civilDate('2026-07-01') },
        units,
        ratedUnits,
      },
      civilDate('2026-07-01'),
    )

  it('says what was measured, in which period, and how the amount came about', () => {
    expect(charge(120n, 0n)).toMatchObject({
      component: 'data',
      description: { kind: 'usage', title: 'Data', units: '120', unit: 'MB' },
      arithmetic: '100 MB included; 20 × 5.00',
      amount: money(10_000n, 'KES'),
      dueOn: '2026-07-01',
      usage: { unit: 'MB', units: 120n, ratedUnits: 0n },
    })
  })

  it('of what was reported late says so, and takes off what was charged before', () => {
    expect(charge(125n, 120n)).toMatchObject({
      description: { kind: 'usage', title: 'Data', units: '5', unit: 'MB', late: true },
      arithmetic: '100 MB included; 25 × 5.00; less 100.00 for the first 120',
      amount: money(2_500n, 'KES'),
    })
  })

  it('of what is included is nothing', () => {
    expect(charge(100n, 0n).amount).toEqual(money(0n, 'KES'))
  })
})
