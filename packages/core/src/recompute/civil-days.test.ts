import { describe, expect, it } from 'vitest'
import { addDays, civilDate, daysBetween } from '../time/calendar.ts'
import { dayOfMonth, numberOf, writeDay } from './civil-days.ts'

describe('the days of the second calculator', () => {
  it('are those of the calendar, one by one, from 1890 to 2110', () => {
    const first = civilDate('1890-01-01')
    const count = daysBetween(first, civilDate('2110-01-01'))
    for (let days = 0; days < count; days += 1) {
      const day = addDays(first, days)
      const number = numberOf(first) + days
      if (numberOf(day) !== number || writeDay(number) !== day) expect([day, numberOf(day), writeDay(number)]).toEqual([day, number, day])
    }
    expect([numberOf('0001-01-01'), writeDay(1), writeDay(numberOf('9999-12-31'))]).toEqual([1, '0001-01-01', '9999-12-31'])
  })

  it('are clamped to the month', () => {
    const inFebruary = (year: number) => writeDay(dayOfMonth(year * 12 + 1, 31))
    expect([1900, 2000, 2026, 2028].map(inFebruary)).toEqual(['1900-02-28', '2000-02-29', '2026-02-28', '2028-02-29'])
    expect(writeDay(dayOfMonth(2026 * 12 + 11, 31))).toBe('2026-12-31')
    expect(writeDay(dayOfMonth(2026 * 12 + 3, 31))).toBe('2026-04-30')
  })
})
