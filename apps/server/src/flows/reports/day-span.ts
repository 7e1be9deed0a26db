import { type CivilDate, civilDate, civilDateAt, daysBetween } from '@nyuzi/core'
import { InvalidInput } from '../errors.ts'
import type { Clock, Organisation } from '../ports.ts'
import type { DaySpan } from './ports.ts'

export type AskedSpan = {
  /** Default: the first of the month of the last day. */
  readonly from?: CivilDate
  /** The last day. Default: today. */
  readonly until?: CivilDate
}

/** Two years of days, so that a report reads a bounded part of the books. */
const daysMax = 731

export function daySpan(asked: AskedSpan, { timeZone }: Organisation, clock: Clock): DaySpan {
  const until = asked.until ?? civilDateAt(clock.now(), timeZone)
  const from = asked.from ?? civilDate(`${until.slice(0, 7)}-01`)
  if (from > until) throw refused('from', 'order', `Send a day that is not after ${until}.`)
  if (daysBetween(from, until) >= daysMax) throw refused('from', 'span', `Send days that are at most ${daysMax} apart.`)
  return { from, until }
}

const refused = (field: string, rule: string, fix: string): InvalidInput =>
  new InvalidInput('invalid_input', 'The days of the report are not a span it can be made for.', { errors: [{ field, rule, fix }] })
