import { numberOf, writeDay } from './civil-days.ts'
import type { LineFacts } from './line-facts.ts'

export type ExpectedPass = {
  /** The civil day on which it begins. */
  readonly period: { readonly start: string; readonly end: string }
  /** An instant, in UTC. */
  readonly validUntil: string
  readonly step: string
}

/** A pass from the instant at which it began: so many minutes of 60,000 ms, whatever clocks and calendars do meanwhile. */
export function expectedPass({ cadence: { unit, count } }: LineFacts, { from, zone }: NonNullable<LineFacts['pass']>): ExpectedPass {
  const minutes = unit === 'hour' ? count * 60 : count
  const start = dayIn(zone, from)
  const validUntil = new Date(Date.parse(from) + minutes * 60_000).toISOString()
  const length = count === 1 ? unit : `${unit}s`
  return {
    period: { start, end: writeDay(numberOf(start) + 1) },
    validUntil,
    step: `A pass of ${count} ${length}, ${minutes} minutes of elapsed time: ${from} to before ${validUntil}; it begins on ${start} in ${zone}`,
  }
}

/** By the platform's own calendar, which the first calculator does not ask. */
function dayIn(zone: string, instant: string): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone: zone, calendar: 'iso8601', year: 'numeric', month: '2-digit', day: '2-digit' })
    .formatToParts(new Date(instant))
    .map(({ type, value }) => [type, value] as const)
  const { year = '', month = '', day = '' } = Object.fromEntries(parts)
  return `${year.padStart(4, '0')}-${month}-${day}`
}
