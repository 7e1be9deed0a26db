import fc from 'fast-check'
import { asId, type Id, type Noun } from '../src/ids.ts'
import { currencies } from '../src/money/currency.ts'
import { addDays, type CivilDate, civilDate } from '../src/time/calendar.ts'
import type { BillingAnchor, DayCadence, Period } from '../src/time/period.ts'

/** The same number gives the same id. */
export const idOf = <N extends Noun>(noun: N, number: number): Id<N> =>
  asId(noun, `019a0000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`)

const epoch = civilDate('1970-01-01')

/** 1960 to 2079: leap years, the year 2000 and both sides of the epoch. */
export const civilDates = fc.integer({ min: -3_652, max: 40_000 }).map((days) => addDays(epoch, days))

export const currencyCodes = fc.constantFrom(...currencies)

/** Up to ten million whole units: the amounts of an Internet provider, and some above. */
export const amountsMinor = fc.bigInt({ min: 1n, max: 1_000_000_000n })

const cadences: fc.Arbitrary<DayCadence> = fc.oneof(
  fc.record({ unit: fc.constant('day' as const), count: fc.integer({ min: 1, max: 45 }) }),
  fc.record({ unit: fc.constant('week' as const), count: fc.integer({ min: 1, max: 8 }) }),
  fc.record({ unit: fc.constant('month' as const), count: fc.integer({ min: 1, max: 24 }) }),
  fc.record({ unit: fc.constant('year' as const), count: fc.integer({ min: 1, max: 3 }) }),
)

export const anchors: fc.Arbitrary<BillingAnchor> = fc.record({
  startsOn: civilDates,
  anchorDay: fc.integer({ min: 1, max: 31 }),
  cadence: cadences,
})

/** A whole period and a day inside it or at one of its ends. */
export const cutPeriods: fc.Arbitrary<{ whole: Period; cut: CivilDate }> = fc
  .record({ start: civilDates, days: fc.integer({ min: 1, max: 366 }), at: fc.nat() })
  .map(({ start, days, at }) => ({ whole: { start, end: addDays(start, days) }, cut: addDays(start, at % (days + 1)) }))
