import { describe, expect, it } from 'vitest'
import { civilDate } from './calendar.ts'
import { formatDate, formatDay } from './format-date.ts'

describe('a date for people', () => {
  it('has the month in their language', () => {
    expect(formatDay(civilDate('2026-08-05'), 'en')).toBe('5 Aug')
    expect(formatDay(civilDate('2026-08-05'), 'sw')).toBe('5 Ago')
    expect(formatDay(civilDate('2026-12-31'), 'sw')).toBe('31 Des')
    expect(formatDay(civilDate('2026-08-05'), 'bn')).toBe('5 আগস্ট')
    expect(formatDay(civilDate('2026-01-01'), 'en')).toBe('1 Jan')
  })

  it('has the year on papers that are kept', () => expect(formatDate(civilDate('2026-08-05'), 'en')).toBe('5 Aug 2026'))
})
