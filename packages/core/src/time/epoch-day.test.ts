import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, it } from 'vitest'
import { daysInMonth, epochDayOf, isEpochDay, isLeapYear, partsOf, partsOfEpochDay, readParts, writeParts } from './epoch-day.ts'

const wholeRange = fc.integer({ min: -719_162, max: 2_932_896 })
const epoch = Temporal.PlainDate.from('1970-01-01')

describe('days since 1970', () => {
  it('name the same day as Temporal does, from year 1 to 9999', () => {
    fc.assert(
      fc.property(wholeRange, (day) => {
        const expected = epoch.add({ days: day })
        expect(partsOfEpochDay(day)).toEqual({ year: expected.year, month: expected.month, day: expected.day })
      }),
      { numRuns: 500 },
    )
  })

  it('come back from year, month and day', () => {
    fc.assert(fc.property(wholeRange, (day) => epochDayOf(partsOfEpochDay(day)) === day))
  })

  it('come back from text', () => {
    fc.assert(
      fc.property(wholeRange, (day) => {
        const parts = partsOfEpochDay(day)
        expect(partsOf(writeParts(parts))).toEqual(parts)
        expect(readParts(writeParts(parts))).toEqual(parts)
      }),
    )
  })

  it('follow one another without a gap through four centuries', () => {
    let before = partsOfEpochDay(-70_000)
    for (let day = -69_999; day < 77_000; day += 1) {
      const parts = partsOfEpochDay(day)
      const nextInMonth = parts.month === before.month && parts.year === before.year && parts.day === before.day + 1
      const nextMonth = parts.day === 1 && before.day === daysInMonth(before.year, before.month)
      if (!nextInMonth && !nextMonth) expect.fail(`${writeParts(before)} is followed by ${writeParts(parts)}`)
      before = parts
    }
  })

  it('end where four digits of a year end', () => {
    expect(writeParts(partsOfEpochDay(-719_162))).toBe('0001-01-01')
    expect(writeParts(partsOfEpochDay(2_932_896))).toBe('9999-12-31')
    expect([-719_163, -719_162, 2_932_896, 2_932_897, 0.5].map(isEpochDay)).toEqual([false, true, true, false, false])
  })
})

describe('the calendar', () => {
  it('has leap years by the rule of Gregory', () => {
    expect([1900, 2000, 2023, 2024, 2100, 2400].map(isLeapYear)).toEqual([false, true, false, true, false, true])
  })

  it('knows the length of every month', () => {
    const lengths = (year: number) => Array.from({ length: 12 }, (_, month) => daysInMonth(year, month + 1))
    expect(lengths(2026)).toEqual([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    expect(lengths(2028)[1]).toBe(29)
  })

  it.each([
    '2026-02-29',
    '2026-00-10',
    '2026-13-01',
    '2026-04-31',
    '2026-01-00',
    '2026-01-32',
    '0000-01-01',
    '2026-1-1',
    ' 2026-01-01',
    '2026-01-01T00:00',
  ])('has no day %s', (text) => expect(readParts(text)).toBeUndefined())
})
