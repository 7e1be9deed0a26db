import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, it } from 'vitest'
import { isWallTime, keepsQuietHours, quietUntil } from './quiet-hours.ts'

const night = { from: '21:00', until: '07:00' }
const until = (at: string, zone = 'Africa/Nairobi', hours = night) => quietUntil(new Date(at), zone, hours)?.toISOString()

describe('quiet hours', () => {
  it('are those of the wall clock in the zone, the first minute in and the last out', () => {
    expect(until('2026-06-10T17:59:59Z')).toBeUndefined()
    expect(until('2026-06-10T18:00:00Z')).toBe('2026-06-11T04:00:00.000Z')
    expect(until('2026-06-11T03:59:59.999Z')).toBe('2026-06-11T04:00:00.000Z')
    expect(until('2026-06-11T04:00:00Z')).toBeUndefined()
    expect(until('2026-06-11T00:00:00Z', 'Asia/Dhaka')).toBe('2026-06-11T01:00:00.000Z')
  })

  it('may lie within one day', () => {
    const noon = { from: '12:00', until: '14:00' }
    expect(until('2026-06-10T08:59:00Z', 'Africa/Nairobi', noon)).toBeUndefined()
    expect(until('2026-06-10T10:30:00Z', 'Africa/Nairobi', noon)).toBe('2026-06-10T11:00:00.000Z')
  })

  it('end at the same wall time on the two nights on which clocks are set', () => {
    // New York: 7 h instead of 8 from 23:00 on in March, 9 in November.
    expect(until('2026-03-08T04:00:00Z', 'America/New_York')).toBe('2026-03-08T11:00:00.000Z')
    expect(until('2026-11-01T03:00:00Z', 'America/New_York')).toBe('2026-11-01T12:00:00.000Z')
  })

  it('that would end in an hour that is left out end where it is left out', () => {
    expect(until('2026-03-08T06:30:00Z', 'America/New_York', { from: '22:00', until: '02:30' })).toBe('2026-03-08T07:00:00.000Z')
  })

  it('that end when an hour comes again go on to its second end', () => {
    expect(until('2026-11-01T05:30:00Z', 'America/New_York', { from: '22:00', until: '02:00' })).toBe('2026-11-01T07:00:00.000Z')
    expect(until('2026-11-01T05:10:00Z', 'America/New_York', { from: '22:00', until: '01:30' })).toBe('2026-11-01T05:30:00.000Z')
  })

  it('hold what can wait, and never a receipt', () => {
    expect(keepsQuietHours('invoice_overdue')).toBe(true)
    expect(keepsQuietHours('suspended')).toBe(true)
    expect(keepsQuietHours('receipt')).toBe(false)
  })

  it('are written as hours and minutes', () => {
    expect(['00:00', '07:05', '23:59'].filter(isWallTime)).toHaveLength(3)
    expect(['24:00', '7:05', '12:60', '12:00:00', ''].filter(isWallTime)).toEqual([])
  })

  it('in any zone at any moment are quiet minute by minute until the end and not at it', () => {
    const zones = ['UTC', 'Africa/Nairobi', 'Asia/Dhaka', 'Asia/Kathmandu', 'America/New_York', 'America/Havana', 'Australia/Lord_Howe']
    const minuteMs = 60_000
    // Around the transitions of 2026 as well as anywhere.
    const moments = fc.oneof(
      fc.integer({ min: 0, max: 365 * 24 * 60 }),
      fc
        .constantFrom('2026-03-08', '2026-11-01', '2026-04-04', '2026-10-03')
        .chain((day) =>
          fc.integer({ min: 0, max: 2 * 24 * 60 }).map((minutes) => (Date.parse(day) - Date.parse('2026-01-01')) / minuteMs + minutes),
        ),
    )
    const times = fc
      .integer({ min: 0, max: 95 })
      .map((quarter) => `${String(Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}`)
    fc.assert(
      fc.property(fc.constantFrom(...zones), moments, times, times, (zone, minutes, from, end) => {
        fc.pre(from !== end)
        const startMs = Date.parse('2026-01-01') + minutes * minuteMs
        const quietAt = (ms: number): boolean => {
          const time = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone).toPlainTime().toString().slice(0, 5)
          return from < end ? time >= from && time < end : time >= from || time < end
        }
        let endMs = startMs
        while (quietAt(endMs)) endMs += minuteMs
        const found = quietUntil(new Date(startMs), zone, { from, until: end })
        expect(found?.getTime()).toBe(endMs === startMs ? undefined : endMs)
      }),
      { numRuns: 120 },
    )
  })
})
