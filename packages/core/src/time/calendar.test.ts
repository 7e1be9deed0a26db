import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, it } from 'vitest'
import { civilDates } from '../../test/arbitraries.ts'
import { Defect } from '../outcome.ts'
import {
  addDays,
  addMonths,
  type CivilDate,
  civilDate,
  civilDateAt,
  daysBetween,
  isZone,
  parseCivilDate,
  startOfDay,
  weekdayOf,
  weekdays,
} from './calendar.ts'

const zones = [
  'Africa/Nairobi',
  'Asia/Dhaka',
  'America/New_York',
  'UTC',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'America/Sao_Paulo',
  'America/St_Johns',
  'Pacific/Apia',
  'Africa/Casablanca',
]
const anyZone = fc.constantFrom(...zones)
/** 1960 to 2079. */
const instants = fc.integer({ min: -315_619_200_000, max: 3_471_292_800_000 }).map((ms) => new Date(ms))

const temporalDateAt = (instant: Date, zone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(zone).toPlainDate().toString()

describe('civil dates', () => {
  it('add and count days as Temporal does', () => {
    fc.assert(
      fc.property(civilDates, fc.integer({ min: -20_000, max: 20_000 }), (date, days) => {
        const later = addDays(date, days)
        expect(later).toBe(Temporal.PlainDate.from(date).add({ days }).toString())
        expect(daysBetween(date, later)).toBe(days)
        expect(Temporal.PlainDate.from(date).until(later).days).toBe(days)
      }),
    )
  })

  it('count backwards below zero', () => expect(daysBetween(civilDate('2026-03-01'), civilDate('2026-02-28'))).toBe(-1))

  it('are in the order of their text', () => {
    fc.assert(fc.property(civilDates, civilDates, (a, b) => a < b === daysBetween(a, b) > 0))
  })

  it('are read only when they are a day of the calendar', () => {
    expect(parseCivilDate('2028-02-29')).toBe('2028-02-29')
    expect(parseCivilDate('2026-02-29')).toBeUndefined()
    expect(() => civilDate('2026-02-29')).toThrow(Defect)
  })

  it('end with the year 9999, by a defect and not by a wrong date', () => {
    expect(addDays(civilDate('9999-12-30'), 1)).toBe('9999-12-31')
    expect(() => addDays(civilDate('9999-12-31'), 1)).toThrow(Defect)
    expect(() => addDays(civilDate('2026-01-01'), 0.5)).toThrow(Defect)
  })
})

describe('the day at an instant', () => {
  it.each([
    ['Africa/Nairobi', '2026-01-31T20:59:59.999Z', '2026-01-31'],
    ['Africa/Nairobi', '2026-01-31T21:00:00Z', '2026-02-01'],
    ['Africa/Nairobi', '2026-12-31T21:00:00Z', '2027-01-01'],
    ['Africa/Nairobi', '2028-02-28T21:00:00Z', '2028-02-29'],
    ['Asia/Dhaka', '2026-02-28T17:59:59Z', '2026-02-28'],
    ['Asia/Dhaka', '2026-02-28T18:00:00Z', '2026-03-01'],
    // Dhaka had daylight saving once: from 19 June to 31 December 2009 it was an hour further.
    ['Asia/Dhaka', '2009-07-01T17:00:00Z', '2009-07-02'],
    ['Asia/Dhaka', '2010-07-01T17:00:00Z', '2010-07-01'],
    ['America/New_York', '2026-03-08T04:59:59Z', '2026-03-07'],
    ['America/New_York', '2026-03-08T05:00:00Z', '2026-03-08'],
    ['America/New_York', '2026-03-09T03:59:59Z', '2026-03-08'],
    ['America/New_York', '2026-03-09T04:00:00Z', '2026-03-09'],
    ['America/New_York', '2026-11-01T03:59:59Z', '2026-10-31'],
    ['America/New_York', '2026-11-02T04:59:59Z', '2026-11-01'],
    ['America/New_York', '2026-11-02T05:00:00Z', '2026-11-02'],
    // Until 2011 Newfoundland went back at 00:01, so a day began, stopped, and began again.
    ['America/St_Johns', '2010-11-07T02:30:30Z', '2010-11-07'],
    ['America/St_Johns', '2010-11-07T02:31:30Z', '2010-11-06'],
    // Samoa had no 30 December 2011.
    ['Pacific/Apia', '2011-12-30T09:59:59Z', '2011-12-29'],
    ['Pacific/Apia', '2011-12-30T10:00:00Z', '2011-12-31'],
  ])('in %s at %s is %s', (zone, instant, expected) => {
    expect(civilDateAt(new Date(instant), zone)).toBe(expected)
  })

  it('is the one that Temporal gives, in any zone and order of asking', () => {
    fc.assert(
      fc.property(instants, anyZone, (instant, zone) => {
        expect(civilDateAt(instant, zone)).toBe(temporalDateAt(instant, zone))
      }),
      { numRuns: 2_000 },
    )
  })

  it('is right on both sides of every change of clocks', () => {
    for (const zone of ['America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca', 'Asia/Dhaka']) {
      let at = Temporal.Instant.from('2005-01-01T00:00:00Z').toZonedDateTimeISO(zone).getTimeZoneTransition('next')
      for (let seen = 0; at && seen < 20; seen += 1) {
        for (const offsetMs of [-1, 0, 1]) {
          const instant = new Date(at.epochMilliseconds + offsetMs)
          expect(civilDateAt(instant, zone)).toBe(temporalDateAt(instant, zone))
        }
        at = at.getTimeZoneTransition('next')
      }
    }
  })

  it('stays right when more zones and years are asked for than are kept in mind', () => {
    const manyZones = (Intl as unknown as { supportedValuesOf(key: string): string[] }).supportedValuesOf('timeZone').slice(0, 90)
    for (const zone of manyZones) {
      const instant = new Date('2026-06-30T21:30:00Z')
      expect(civilDateAt(instant, zone)).toBe(temporalDateAt(instant, zone))
    }
    for (let year = 1967; year < 2050; year += 1) {
      const instant = new Date(Date.UTC(year, 6, 1, 3, 30))
      expect(civilDateAt(instant, 'America/New_York')).toBe(temporalDateAt(instant, 'America/New_York'))
    }
  })
})

describe('a question that has no answer', () => {
  it('is a defect: a zone that is none, an instant that is none', () => {
    const instant = new Date('2026-06-01T00:00:00Z')
    expect(() => civilDateAt(instant, 'Africa/Atlantis')).toThrow(Defect)
    expect(() => civilDateAt(instant, '+03:00')).toThrow(Defect)
    expect(() => startOfDay(civilDate('2026-06-01'), 'Africa/Atlantis')).toThrow(Defect)
    expect(() => civilDateAt(new Date(Number.NaN), 'Africa/Nairobi')).toThrow(Defect)
  })
})

describe('the start of a day', () => {
  it.each([
    ['Africa/Nairobi', '2026-03-01', '2026-02-28T21:00:00.000Z'],
    ['Africa/Nairobi', '2028-02-29', '2028-02-28T21:00:00.000Z'],
    ['Africa/Nairobi', '2027-01-01', '2026-12-31T21:00:00.000Z'],
    ['Asia/Dhaka', '2026-03-01', '2026-02-28T18:00:00.000Z'],
    ['America/New_York', '2026-03-08', '2026-03-08T05:00:00.000Z'],
    ['America/New_York', '2026-03-09', '2026-03-09T04:00:00.000Z'],
    ['America/New_York', '2026-11-01', '2026-11-01T04:00:00.000Z'],
    ['America/New_York', '2026-11-02', '2026-11-02T05:00:00.000Z'],
    // Brazil used to go forward at midnight: that day began at one o'clock.
    ['America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00:00.000Z'],
  ])('in %s of %s is %s', (zone, date, expected) => {
    expect(startOfDay(civilDate(date), zone).toISOString()).toBe(expected)
  })

  it('is the first instant of that day', () => {
    const steady = fc.constantFrom(...zones.filter((zone) => zone !== 'Pacific/Apia' && zone !== 'America/St_Johns'))
    fc.assert(
      fc.property(civilDates, steady, (date, zone) => {
        const start = startOfDay(date, zone)
        expect(civilDateAt(start, zone)).toBe(date)
        expect(civilDateAt(new Date(start.getTime() - 1), zone)).toBe(addDays(date, -1))
      }),
    )
  })

  it('is a date of its own each time, so that nobody can change a remembered one', () => {
    const date = civilDate('2026-03-01')
    startOfDay(date, 'UTC').setTime(0)
    expect(startOfDay(date, 'UTC').toISOString()).toBe('2026-03-01T00:00:00.000Z')
  })

  it('stays right when more days are asked for than are kept in mind', () => {
    const first: CivilDate = civilDate('2026-01-01')
    for (let day = 0; day < 5_000; day += 1) {
      expect(startOfDay(addDays(first, day), 'UTC').getTime()).toBe(Date.UTC(2026, 0, 1 + day))
    }
  })
})

describe('a zone', () => {
  it('is a name of the zone database', () => {
    expect(['Africa/Nairobi', 'Asia/Dhaka', 'UTC', 'America/New_York'].map(isZone)).toEqual([true, true, true, true])
  })

  it('is neither a bare offset nor an unknown word', () => {
    expect(['', '+03:00', '-0500', 'Africa/Atlantis', 'EAT?', '03:00', ' Africa/Nairobi'].map(isZone)).toEqual(Array(7).fill(false))
  })
})

describe('a weekday', () => {
  it('is the one Temporal says, on both sides of 1970', () => {
    fc.assert(
      fc.property(civilDates, (date) => {
        expect(weekdays.indexOf(weekdayOf(date)) + 1).toBe(Temporal.PlainDate.from(date).dayOfWeek)
      }),
    )
  })
})

describe('a date some months away', () => {
  it('is the one Temporal says, clamped to the length of its month', () => {
    expect(addMonths(civilDate('2028-01-31'), 1)).toBe('2028-02-29')
    fc.assert(
      fc.property(civilDates, fc.integer({ min: -60, max: 60 }), (date, months) => {
        expect(addMonths(date, months)).toBe(Temporal.PlainDate.from(date).add({ months }).toString())
      }),
    )
  })
})
