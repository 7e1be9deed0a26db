import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays, type CivilDate, civilDate } from '../time/calendar.ts'
import { daysIn, type Period } from '../time/period.ts'
import { type Deferral, deferralOf, deferredMinor, earnedBefore, reduceDeferrals, stopDeferral } from './deferral.ts'

const start = civilDate('2026-06-01')
const day = (offset: number): CivilDate => addDays(start, offset)
const span = (from: number, until: number): Period => ({ start: day(from), end: day(until) })
const june = span(0, 30)

const amounts = fc.bigInt({ min: 1n, max: 9_007_199_254_740_991n })
const lines = fc
  .record({ amountMinor: amounts, days: fc.integer({ min: 1, max: 800 }), issued: fc.integer({ min: -30, max: 900 }) })
  .map(({ amountMinor, days, issued }) => ({ amountMinor, period: span(0, days), from: day(issued) }))

describe('what a line earns by day', () => {
  it('is the share of the days that are over, rounded down', () => {
    const line = { amountMinor: 100_000n, span: june }
    expect([0, 1, 2, 29, 30].map((offset) => earnedBefore(line, day(offset)))).toEqual([0n, 3_333n, 6_666n, 96_666n, 100_000n])
  })

  it('never falls, and is all of it when the last day is over', () => {
    fc.assert(
      fc.property(lines, ({ amountMinor, period }) => {
        const earned = Array.from({ length: daysIn(period) + 3 }, (_, offset) =>
          earnedBefore({ amountMinor, span: period }, day(offset - 1)),
        )
        expect(earned.every((minor, index) => index === 0 || minor >= (earned[index - 1] ?? 0n))).toBe(true)
        expect([earned[0], earned.at(-1), earned.at(-2)]).toEqual([0n, amountMinor, amountMinor])
      }),
      { numRuns: 200 },
    )
  })

  it('comes with the invoice for the days before it; nothing waits when all are over, or for a line of nothing', () => {
    const deferral = deferralOf(100_000n, june, day(10)) as Deferral
    expect(deferral).toEqual({ amountMinor: 100_000n, span: june, from: day(10), until: day(30) })
    expect(deferredMinor(deferral)).toBe(66_667n)
    expect(deferralOf(100_000n, june, day(-7))).toMatchObject({ from: day(0) })
    expect(deferralOf(100_000n, june, day(30))).toBeUndefined()
    expect(deferralOf(0n, june, day(0))).toBeUndefined()
  })
})

describe('a credit of a line', () => {
  const deferral = deferralOf(30_000n, june, day(0)) as Deferral

  it('takes what waits, and leaves the days that are charged still with the rest', () => {
    const reduced = reduceDeferrals([deferral], { netMinor: 10_000n, day: day(10), charged: [span(0, 20)] })
    expect(reduced).toEqual({
      stopped: [{ deferral, until: day(10), earnedMinor: 10_000n, leftMinor: 20_000n }],
      rest: [{ amountMinor: 10_000n, span: span(10, 20), from: day(10), until: day(20) }],
      takenMinor: 10_000n,
    })
  })

  it('takes no more than waits; where no day is charged any more, what it leaves is earned', () => {
    expect(reduceDeferrals([deferral], { netMinor: 25_000n, day: day(10), charged: [june] })).toMatchObject({
      rest: [],
      takenMinor: 20_000n,
    })
    expect(reduceDeferrals([deferral], { netMinor: 15_000n, day: day(10), charged: [span(0, 10)] })).toMatchObject({
      rest: [],
      takenMinor: 20_000n,
    })
  })

  it('leaves a holiday in the middle out of the days that earn', () => {
    const { rest } = reduceDeferrals([deferral], { netMinor: 5_000n, day: day(10), charged: [span(0, 15), span(20, 30)] })
    expect(rest).toEqual([
      { amountMinor: 5_000n, span: span(10, 15), from: day(10), until: day(15) },
      { amountMinor: 10_000n, span: span(20, 30), from: day(20), until: day(30) },
    ])
  })

  it('of nothing changes nothing', () => {
    expect(reduceDeferrals([deferral], { netMinor: 0n, day: day(10), charged: [] })).toEqual({ stopped: [], rest: [], takenMinor: 0n })
  })

  it('and any others after it, on any days, leave revenue with the net less the credits, and nothing waiting', () => {
    const credits = fc.array(
      fc.record({ share: fc.integer({ min: 0, max: 100 }), after: fc.integer({ min: 0, max: 90 }), cut: fc.integer({ min: 0, max: 100 }) }),
      { maxLength: 5 },
    )
    fc.assert(
      fc.property(lines, credits, ({ amountMinor, period, from }, wanted) => {
        const first = deferralOf(amountMinor, period, from)
        let open: readonly Deferral[] = first === undefined ? [] : [first]
        let waiting = open.reduce((sum, one) => sum + deferredMinor(one), 0n)
        let revenue = amountMinor - waiting
        let left = amountMinor
        let charged: Period = period
        let today = from
        for (const { share, after, cut } of wanted) {
          today = addDays(today, after)
          const netMinor = (left * BigInt(share)) / 100n
          const end = addDays(charged.start, Math.max(1, Math.floor((daysIn(charged) * cut) / 100)))
          charged = { start: charged.start, end }
          left -= netMinor
          const { stopped, rest, takenMinor } = reduceDeferrals(open, { netMinor, day: today, charged: [charged] })
          if (stopped.length > 0) {
            const earned = stopped.reduce((sum, one) => sum + one.earnedMinor, 0n)
            waiting -= earned + takenMinor
            open = rest
          }
          revenue += stopped.reduce((sum, one) => sum + one.earnedMinor, 0n) + takenMinor - netMinor
          expect(waiting).toBe(
            stopped.length > 0
              ? rest.reduce((sum, one) => sum + one.amountMinor, 0n)
              : open.reduce((sum, one) => sum + deferredMinor(one), 0n),
          )
        }
        for (const one of open) {
          const { earnedMinor, leftMinor } = stopDeferral(one, one.until)
          expect(leftMinor).toBe(0n)
          revenue += earnedMinor
          waiting -= earnedMinor
        }
        expect([waiting, revenue]).toEqual([0n, left])
      }),
    )
  })
})
