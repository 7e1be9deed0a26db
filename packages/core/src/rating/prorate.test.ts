import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { amountsMinor, currencyCodes, cutPeriods } from '../../test/arbitraries.ts'
import { add, type Money, money, negate, zero } from '../money/money.ts'
import { Defect } from '../outcome.ts'
import { addDays, civilDate } from '../time/calendar.ts'
import { daysIn, type Period } from '../time/period.ts'
import { prorate } from './prorate.ts'

const prices = fc.record({ amountMinor: amountsMinor, currency: currencyCodes })
const sum = (parts: readonly Money[], currency: Money['currency']): Money => parts.reduce(add, zero(currency))

describe('proration', () => {
  it.each([
    ['2026-06-19', '2026-07-01', '2026-06-01', 250_000n, 100_000n],
    ['2026-02-15', '2026-03-01', '2026-02-01', 250_000n, 125_000n],
    ['2028-02-15', '2028-03-01', '2028-02-01', 250_000n, 129_310n],
    ['2026-01-31', '2026-02-01', '2026-01-01', 250_000n, 8_065n],
    ['2026-12-31', '2027-01-01', '2026-12-01', 310_000n, 10_000n],
    ['2026-06-16', '2026-07-01', '2026-06-01', 1n, 1n],
  ])('of %s to %s in the month from %s: %i becomes %i', (start, end, wholeStart, price, expected) => {
    const whole = { start: civilDate(wholeStart), end: civilDate(end) }
    expect(prorate(money(price, 'KES'), { start: civilDate(start), end: civilDate(end) }, whole)).toEqual(money(expected, 'KES'))
  })

  it('of a whole period is the price, and of no day is nothing', () => {
    fc.assert(
      fc.property(prices, cutPeriods, (price, { whole, cut }) => {
        expect(prorate(price, whole, whole)).toEqual(price)
        expect(prorate(price, { start: cut, end: cut }, whole)).toEqual(zero(price.currency))
      }),
    )
  })

  it('of two complementary parts adds to the price, within one minor unit', () => {
    fc.assert(
      fc.property(prices, cutPeriods, (price, { whole, cut }) => {
        const before = prorate(price, { start: whole.start, end: cut }, whole)
        const after = prorate(price, { start: cut, end: whole.end }, whole)
        const off = before.amountMinor + after.amountMinor - price.amountMinor
        // Only where both parts end on exactly half a unit does it show, and then the sum is one above.
        expect(off === 0n || off === 1n).toBe(true)
        if (off === 1n) expect((2n * price.amountMinor * BigInt(daysIn({ start: whole.start, end: cut }))) % BigInt(daysIn(whole))).toBe(0n)
      }),
      { numRuns: 1_000 },
    )
  })

  it('of n parts adds to the price within n ÷ 2 minor units', () => {
    fc.assert(
      fc.property(prices, cutPeriods, (price, { whole }) => {
        const days: Period[] = Array.from({ length: daysIn(whole) }, (_, day) => ({
          start: addDays(whole.start, day),
          end: addDays(whole.start, day + 1),
        }))
        const off =
          sum(
            days.map((day) => prorate(price, day, whole)),
            price.currency,
          ).amountMinor - price.amountMinor
        expect((off < 0n ? -off : off) * 2n <= BigInt(days.length)).toBe(true)
      }),
    )
  })

  it('up and then down at once nets to nothing', () => {
    fc.assert(
      fc.property(prices, amountsMinor, cutPeriods, (low, highMinor, { whole, cut }) => {
        const high = money(highMinor, low.currency)
        const rest = { start: cut, end: whole.end }
        const up = [prorate(negate(low), rest, whole), prorate(high, rest, whole)]
        const down = [prorate(negate(high), rest, whole), prorate(low, rest, whole)]
        expect(sum([...up, ...down], low.currency)).toEqual(zero(low.currency))
      }),
    )
  })

  it('grows with the part', () => {
    fc.assert(
      fc.property(prices, cutPeriods, (price, { whole, cut }) => {
        const shorter = prorate(price, { start: whole.start, end: cut }, whole).amountMinor
        expect(shorter >= 0n && shorter <= price.amountMinor).toBe(true)
      }),
    )
  })

  it('is only of a part that lies within its period', () => {
    const whole = { start: civilDate('2026-06-01'), end: civilDate('2026-07-01') }
    const price = money(250_000n, 'KES')
    expect(() => prorate(price, { start: civilDate('2026-05-31'), end: whole.end }, whole)).toThrow(Defect)
    expect(() => prorate(price, { start: whole.start, end: civilDate('2026-07-02') }, whole)).toThrow(Defect)
    expect(() => prorate(price, { start: whole.end, end: whole.start }, whole)).toThrow(Defect)
    expect(() => prorate(price, { start: whole.start, end: whole.start }, { start: whole.start, end: whole.start })).toThrow(Defect)
  })
})
