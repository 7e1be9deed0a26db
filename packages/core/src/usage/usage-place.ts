import { billingAnchorOf, type Terms } from '../subscriptions/subscription.ts'
import type { CivilDate } from '../time/calendar.ts'
import { type Period, periodContaining } from '../time/period.ts'
import type { PriceUsage } from './price-usage.ts'

/** Where the use of a day belongs. */
export type UsagePlace = {
  readonly terms: Terms
  /** The days of one period under one price: their use is rated together. */
  readonly period: Period
  readonly usage: PriceUsage
  /** The first day on which it may be charged. */
  readonly dueOn: CivilDate
}

/**
 * The period and the tariff for use of a unit on a day; undefined when nothing rates it. It is charged when its period
 * is over, and use that is reported later when the period of that day is over: with the next invoice of its kind.
 */
export function usagePlace(terms: readonly Terms[], unit: string, day: CivilDate, today: CivilDate): UsagePlace | undefined {
  const held = terms.find(({ from, until }) => from <= day && (until === undefined || day < until))
  const usage = held?.price.usage?.find(({ tariff }) => tariff.unit === unit)
  if (held === undefined || usage === undefined) return undefined
  const period = periodUnder(held, day)
  const later = day < today ? terms.find(({ from, until }) => from <= today && (until === undefined || today < until)) : undefined
  const dueOn = period.end > today || later === undefined ? period.end : periodUnder(later, today).end
  return { terms: held, period, usage, dueOn }
}

function periodUnder(terms: Terms, day: CivilDate): Period {
  const { start, end } = periodContaining(billingAnchorOf(terms), day)?.period ?? { start: terms.from, end: day }
  return {
    start: start < terms.from ? terms.from : start,
    end: terms.until !== undefined && terms.until < end ? terms.until : end,
  }
}
