import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { civilDates } from '../../test/arbitraries.ts'
import { addDays, civilDate } from '../time/calendar.ts'
import { tenureMonths } from './tenure.ts'

describe('tenure', () => {
  it('counts full months, clamped to the month', () => {
    const months = (since: string, day: string) => tenureMonths(civilDate(since), civilDate(day))
    expect(months('2026-01-31', '2026-01-31')).toBe(0)
    expect(months('2026-01-31', '2026-02-27')).toBe(0)
    expect(months('2026-01-31', '2026-02-28')).toBe(1)
    expect(months('2026-01-31', '2026-03-30')).toBe(1)
    expect(months('2026-01-31', '2026-03-31')).toBe(2)
    expect(months('2024-02-29', '2025-02-28')).toBe(12)
    expect(months('2026-05-01', '2026-04-01')).toBe(0)
  })

  it('never falls, and rises by one at most from day to day', () => {
    fc.assert(
      fc.property(civilDates, fc.integer({ min: 0, max: 4_000 }), (since, days) => {
        const day = addDays(since, days)
        const rise = tenureMonths(since, addDays(day, 1)) - tenureMonths(since, day)
        expect(rise === 0 || rise === 1).toBe(true)
      }),
    )
  })
})
