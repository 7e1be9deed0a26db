import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, it } from 'vitest'
import { anchors, civilDates } from '../../test/arbitraries.ts'
import { Defect } from '../outcome.ts'
import { addDays, type CivilDate, civilDate, daysBetween } from './calendar.ts'
import {
  type BillingAnchor,
  type DayCadence,
  daysIn,
  fullPeriodOf,
  overlaps,
  type Period,
  periodContaining,
  periodNumber,
} from './period.ts'

const monthly: DayCadence = { unit: 'month', count: 1 }
const anchor = (startsOn: string, anchorDay: number, cadence: DayCadence = monthly): BillingAnchor => ({
  startsOn: civilDate(startsOn),
  anchorDay,
  cadence,
})
const period = (start: string, end: string): Period => ({ start: civilDate(start), end: civilDate(end) })
const starts = (of: BillingAnchor, count: number): readonly CivilDate[] =>
  Array.from({ length: count }, (_, index) => periodNumber(of, index).start)

describe('periods counted from an anchor', () => {
  it.each([
    [31, '2026-01-31', ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31']],
    [30, '2026-01-30', ['2026-01-30', '2026-02-28', '2026-03-30', '2026-04-30', '2026-05-30']],
    [29, '2026-01-29', ['2026-01-29', '2026-02-28', '2026-03-29', '2026-04-29', '2026-05-29']],
    [28, '2026-01-28', ['2026-01-28', '2026-02-28', '2026-03-28', '2026-04-28', '2026-05-28']],
    [31, '2028-01-31', ['2028-01-31', '2028-02-29', '2028-03-31', '2028-04-30', '2028-05-31']],
    [30, '2028-01-30', ['2028-01-30', '2028-02-29', '2028-03-30', '2028-04-30', '2028-05-30']],
    [29, '2028-01-29', ['2028-01-29', '2028-02-29', '2028-03-29', '2028-04-29', '2028-05-29']],
    // A start on the clamped day is a start on the anchor day.
    [31, '2026-02-28', ['2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31', '2026-06-30']],
    [31, '2026-11-30', ['2026-11-30', '2026-12-31', '2027-01-31', '2027-02-28', '2027-03-31']],
    [1, '2026-12-01', ['2026-12-01', '2027-01-01', '2027-02-01', '2027-03-01', '2027-04-01']],
    // Stubs: up to the next anchor day, in the same month or the one after.
    [1, '2026-06-19', ['2026-06-19', '2026-07-01', '2026-08-01', '2026-09-01', '2026-10-01']],
    [15, '2026-06-10', ['2026-06-10', '2026-06-15', '2026-07-15', '2026-08-15', '2026-09-15']],
    [5, '2026-12-20', ['2026-12-20', '2027-01-05', '2027-02-05', '2027-03-05', '2027-04-05']],
    [31, '2026-02-10', ['2026-02-10', '2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31']],
    [30, '2026-01-31', ['2026-01-31', '2026-02-28', '2026-03-30', '2026-04-30', '2026-05-30']],
  ])('on day %i from %s start on %j', (anchorDay, startsOn, expected) => {
    expect(starts(anchor(startsOn, anchorDay), expected.length)).toEqual(expected)
  })

  it.each([
    [{ unit: 'day', count: 1 }, ['2026-02-27', '2026-02-28', '2026-03-01']],
    [{ unit: 'day', count: 30 }, ['2026-02-27', '2026-03-29', '2026-04-28']],
    [{ unit: 'week', count: 2 }, ['2026-02-27', '2026-03-13', '2026-03-27']],
    [{ unit: 'month', count: 3 }, ['2026-02-27', '2026-05-27', '2026-08-27']],
    [{ unit: 'year', count: 1 }, ['2026-02-27', '2027-02-27', '2028-02-27']],
  ] as const)('of %j start on %j', (cadence, expected) => {
    expect(starts(anchor('2026-02-27', 27, cadence), 3)).toEqual(expected)
  })

  it('keep 29 February through common years', () => {
    expect(starts(anchor('2028-02-29', 29, { unit: 'year', count: 1 }), 5)).toEqual([
      '2028-02-29',
      '2029-02-28',
      '2030-02-28',
      '2031-02-28',
      '2032-02-29',
    ])
  })

  it('tile the calendar for each anchor day over every month from 2023 to 2032', () => {
    for (let anchorDay = 1; anchorDay <= 31; anchorDay += 1) {
      const of = anchor('2023-01-01', anchorDay)
      let day = of.startsOn
      for (let index = 0; index <= 120; index += 1) {
        const { start, end } = periodNumber(of, index)
        expect(start).toBe(day)
        expect(end > start).toBe(true)
        const last = Temporal.PlainDate.from(end)
        expect(last.day).toBe(Math.min(anchorDay, last.daysInMonth))
        day = end
      }
    }
  })

  it('tile for any anchor and cadence', () => {
    fc.assert(
      fc.property(anchors, fc.integer({ min: 0, max: 60 }), (of, index) => {
        const [before, after] = [periodNumber(of, index), periodNumber(of, index + 1)]
        expect(before.end).toBe(after.start)
        expect(daysIn(before)).toBeGreaterThan(0)
        expect(overlaps(before, after)).toBe(false)
      }),
    )
  })

  it('are months as Temporal counts them from a start on the anchor day', () => {
    fc.assert(
      fc.property(civilDates, fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 100 }), (startsOn, count, index) => {
        const start = Temporal.PlainDate.from(startsOn)
        const of: BillingAnchor = { startsOn, anchorDay: start.day, cadence: { unit: 'month', count } }
        expect(periodNumber(of, index).start).toBe(start.add({ months: count * index }).toString())
      }),
    )
  })

  it('do not exist before number 0, nor for an anchor day or cadence that is none', () => {
    const of = anchor('2026-01-01', 1)
    expect(() => periodNumber(of, -1)).toThrow(Defect)
    expect(() => periodNumber(of, 0.5)).toThrow(Defect)
    expect(() => periodNumber({ ...of, anchorDay: 0 }, 0)).toThrow(Defect)
    expect(() => periodNumber({ ...of, anchorDay: 32 }, 0)).toThrow(Defect)
    expect(() => periodNumber({ ...of, anchorDay: 1.5 }, 0)).toThrow(Defect)
    expect(() => periodNumber({ ...of, cadence: { unit: 'month', count: 0 } }, 0)).toThrow(Defect)
    expect(() => periodNumber({ ...of, cadence: { unit: 'week', count: 1.5 } }, 0)).toThrow(Defect)
    expect(() => periodNumber(anchor('9999-12-01', 1), 1)).toThrow(Defect)
  })
})

describe('the period that contains a day', () => {
  it('is the one with that number', () => {
    fc.assert(
      fc.property(anchors, fc.integer({ min: 0, max: 20_000 }), (of, days) => {
        const date = addDays(of.startsOn, days)
        const found = periodContaining(of, date)
        expect(found).toBeDefined()
        if (!found) return
        expect(found.period).toEqual(periodNumber(of, found.index))
        expect(found.period.start <= date && date < found.period.end).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('is found from both of its ends', () => {
    fc.assert(
      fc.property(anchors, fc.integer({ min: 0, max: 40 }), (of, index) => {
        const { start, end } = periodNumber(of, index)
        expect(periodContaining(of, start)?.index).toBe(index)
        expect(periodContaining(of, addDays(end, -1))?.index).toBe(index)
        expect(periodContaining(of, end)?.index).toBe(index + 1)
      }),
    )
  })

  it('is none before the start', () => {
    expect(periodContaining(anchor('2026-06-19', 1), civilDate('2026-06-18'))).toBeUndefined()
    expect(periodContaining(anchor('2026-06-19', 1), civilDate('2026-06-19'))).toEqual({
      index: 0,
      period: period('2026-06-19', '2026-07-01'),
    })
  })
})

describe('the whole period of a stub', () => {
  it('is the anchor period around it', () => {
    expect(fullPeriodOf(anchor('2026-06-19', 1), 0)).toEqual(period('2026-06-01', '2026-07-01'))
    expect(fullPeriodOf(anchor('2026-02-10', 31), 0)).toEqual(period('2026-01-31', '2026-02-28'))
    expect(fullPeriodOf(anchor('2026-06-19', 1, { unit: 'month', count: 3 }), 0)).toEqual(period('2026-04-01', '2026-07-01'))
  })

  it('is the period itself where there is no stub', () => {
    expect(fullPeriodOf(anchor('2026-02-28', 31), 0)).toEqual(period('2026-02-28', '2026-03-31'))
    expect(fullPeriodOf(anchor('2026-06-19', 1), 1)).toEqual(period('2026-07-01', '2026-08-01'))
    expect(fullPeriodOf(anchor('2026-06-19', 1, { unit: 'day', count: 30 }), 0)).toEqual(period('2026-06-19', '2026-07-19'))
  })

  it('contains it and ends with it', () => {
    fc.assert(
      fc.property(anchors, fc.integer({ min: 0, max: 12 }), (of, index) => {
        const [part, whole] = [periodNumber(of, index), fullPeriodOf(of, index)]
        expect(whole.end).toBe(part.end)
        expect(whole.start <= part.start).toBe(true)
        if (index > 0) expect(whole).toEqual(part)
      }),
    )
  })
})

describe('two periods', () => {
  it('overlap when a day is in both', () => {
    fc.assert(
      fc.property(
        civilDates,
        fc.integer({ min: 0, max: 9 }),
        fc.integer({ min: 0, max: 9 }),
        fc.integer({ min: -9, max: 9 }),
        (start, lengthA, lengthB, shift) => {
          const a = { start, end: addDays(start, lengthA) }
          const b = { start: addDays(start, shift), end: addDays(start, shift + lengthB) }
          const daysOf = ({ start: first, end }: Period) => Array.from({ length: daysBetween(first, end) }, (_, day) => addDays(first, day))
          expect(overlaps(a, b)).toBe(daysOf(a).some((day) => daysOf(b).includes(day)))
          expect(overlaps(b, a)).toBe(overlaps(a, b))
        },
      ),
    )
  })

  it('do not overlap where one ends on the day the other starts', () => {
    expect(overlaps(period('2026-01-01', '2026-02-01'), period('2026-02-01', '2026-03-01'))).toBe(false)
  })
})
