import { invariant } from '../outcome.ts'
import { addDays, type CivilDate, daysBetween } from './calendar.ts'
import { daysInMonth, partsOf, writeParts } from './epoch-day.ts'

/** A half-open span of civil days: `end` is the first day that is not in it. */
export type Period = { readonly start: CivilDate; readonly end: CivilDate }

/** How often something of civil days comes round. */
export type DayCadence = { readonly unit: 'day' | 'week' | 'month' | 'year'; readonly count: number }

export const cadenceUnits = ['minute', 'hour', 'day', 'week', 'month', 'year'] as const
/** How long a period is. Minutes and hours are time that elapses: no calendar, zone or change of clocks is in them. */
export type Cadence = { readonly unit: (typeof cadenceUnits)[number]; readonly count: number }

/** A pass is at most a week long. */
export const cadenceCountMax: Readonly<Record<Cadence['unit'], number>> = {
  minute: 10_080,
  hour: 168,
  day: 366,
  week: 366,
  month: 366,
  year: 366,
}

/**
 * Where a subscription's periods are counted from. `anchorDay` (1–31) is kept for ever and clamped to the length of
 * each month, so that 31 January is followed by 28 February and 31 March; days and weeks do not use it.
 */
export type BillingAnchor = { readonly startsOn: CivilDate; readonly anchorDay: number; readonly cadence: DayCadence }

/**
 * The n-th period, always counted from the anchor and never from the period before. Number 0 starts on `startsOn`;
 * when that is not the anchor day, number 0 is the stub up to the next anchor day.
 */
export function periodNumber(anchor: BillingAnchor, index: number): Period {
  invariant(Number.isInteger(index) && index >= 0, `no period has the number ${index}`)
  const grid = gridOf(anchor)
  return { start: index === 0 ? anchor.startsOn : grid.at(index), end: grid.at(index + 1) }
}

/** The period a day belongs to; undefined before the first one. */
export function periodContaining(anchor: BillingAnchor, date: CivilDate): { index: number; period: Period } | undefined {
  if (date < anchor.startsOn) return undefined
  const grid = gridOf(anchor)
  // The guess is at most one off, since months differ by three days only.
  let index = Math.max(0, grid.guess(date))
  while (index > 0 && date < grid.at(index)) index -= 1
  while (date >= grid.at(index + 1)) index += 1
  return { index, period: { start: index === 0 ? anchor.startsOn : grid.at(index), end: grid.at(index + 1) } }
}

export const daysIn = (period: Period): number => daysBetween(period.start, period.end)

/** Do they share a day? An empty period shares none. */
export const overlaps = (a: Period, b: Period): boolean => a.start < b.end && b.start < a.end && a.start < a.end && b.start < b.end

/** The whole period a stub is a part of, which proration divides by; any other period is whole itself. */
export function fullPeriodOf(anchor: BillingAnchor, index: number): Period {
  const period = periodNumber(anchor, index)
  return index === 0 ? { start: gridOf(anchor).at(0), end: period.end } : period
}

/** Boundaries of the periods. Boundary 0 lies before `startsOn` when the first period is a stub. */
type Grid = { at(boundary: number): CivilDate; guess(date: CivilDate): number }

function gridOf(anchor: BillingAnchor): Grid {
  const { startsOn, anchorDay, cadence } = anchor
  invariant(Number.isInteger(anchorDay) && anchorDay >= 1 && anchorDay <= 31, `an anchor day is 1 to 31, not ${anchorDay}`)
  invariant(Number.isInteger(cadence.count) && cadence.count >= 1, `a cadence counts from 1, not ${cadence.count}`)
  if (cadence.unit === 'day' || cadence.unit === 'week') {
    const step = cadence.count * (cadence.unit === 'week' ? 7 : 1)
    return {
      at: (boundary) => addDays(startsOn, boundary * step),
      guess: (date) => Math.floor(daysBetween(startsOn, date) / step),
    }
  }
  const step = cadence.count * (cadence.unit === 'year' ? 12 : 1)
  const start = partsOf(startsOn)
  const startMonth = start.year * 12 + start.month - 1
  const anchorInMonth = Math.min(anchorDay, daysInMonth(start.year, start.month))
  // The first anchor day on or after the start closes the stub; without a stub it is the start itself.
  const firstAnchorMonth = start.day <= anchorInMonth ? startMonth : startMonth + 1
  const origin = start.day === anchorInMonth ? startMonth : firstAnchorMonth - step
  return {
    at: (boundary) => dayInMonth(origin + boundary * step, anchorDay),
    guess: (date) => {
      const parts = partsOf(date)
      return Math.floor((parts.year * 12 + parts.month - 1 - origin) / step)
    },
  }
}

function dayInMonth(monthNumber: number, anchorDay: number): CivilDate {
  const year = Math.floor(monthNumber / 12)
  const month = monthNumber - year * 12 + 1
  invariant(year >= 1 && year <= 9999, `no civil date in the year ${year}`)
  return writeParts({ year, month, day: Math.min(anchorDay, daysInMonth(year, month)) }) as CivilDate
}
