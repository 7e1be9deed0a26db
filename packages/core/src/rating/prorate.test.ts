import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { amountsMinor, currencyCodes, cutPeriods } from '../../test/arbitraries.ts'
import { add, type Money, money, negate, zero } from '../money/money.ts'
import { Defect } from '../outcome.ts'
import { addDays, civilDate } from '../time/calendar.ts'
import { daysIn, type Period, periodNumber } from '../time/period.ts'
import { prorate, prorationWorking } from './prorate.ts'

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

  it('of parts that tile a period sums to its price, however it is cut', () => {
    fc.assert(
      fc.property(prices, cutPeriods, fc.array(fc.nat(366)), (price, { whole }, cuts) => {
        const bounds = [...new Set([0, daysIn(whole), ...cuts.map((cut) => cut % (daysIn(whole) + 1))])].sort((left, right) => left - right)
        const parts: Period[] = bounds.slice(1).map((end, index) => ({
          start: addDays(whole.start, bounds[index] ?? 0),
          end: addDays(whole.start, end),
        }))
        expect(
          sum(
            parts.map((part) => prorate(price, part, whole)),
            price.currency,
          ),
        ).toEqual(price)
      }),
      { numRuns: 1_000 },
    )
  })

  it('of the rest of a period is price × days left ÷ days of the whole, rounded once, on every day pair of four years', () => {
    const price = money(249_999n, 'KES')
    let first = civilDate('2024-01-01')
    while (first < '2028-01-01') {
      const anchor = { startsOn: first, anchorDay: Number(first.slice(8)), cadence: { unit: 'month', count: 1 } } as const
      const whole = periodNumber(anchor, 0)
      const days = BigInt(daysIn(whole))
      let sumMinor = 0n
      for (let day = 0; day < Number(days); day++) {
        const left = days - BigInt(day)
        const rest = prorate(price, { start: addDays(first, day), end: whole.end }, whole).amountMinor
        if (rest !== (2n * price.amountMinor * left + days) / (2n * days)) expect.fail(`${first}, day ${day}: ${rest}`)
        sumMinor += prorate(price, { start: addDays(first, day), end: addDays(first, day + 1) }, whole).amountMinor
        if (sumMinor + prorate(price, { start: addDays(first, day + 1), end: whole.end }, whole).amountMinor !== price.amountMinor)
          expect.fail(`${first} is not conserved when it is cut after day ${day}`)
      }
      first = addDays(first, 1)
    }
  })

  it('is written so that working it out gives it to the cent', () => {
    const workedOut = (text: string) =>
      text
        .split(' − ')
        .map((share) => {
          const [price, days = '1', of = '1'] = share.split(/ [×÷] /)
          return (2n * BigInt((price ?? '').replace('.', '')) * BigInt(days) + BigInt(of)) / (2n * BigInt(of))
        })
        .reduce((left, right) => left - right)
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10_000_000n }), cutPeriods, fc.nat(366), (amountMinor, { whole, cut }, more) => {
        const price = money(amountMinor, 'KES')
        const end = addDays(cut, more % (daysIn({ start: cut, end: whole.end }) + 1))
        const part = { start: cut, end }
        expect(workedOut(prorationWorking(price, part, whole))).toBe(prorate(price, part, whole).amountMinor)
      }),
      { numRuns: 1_000 },
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
