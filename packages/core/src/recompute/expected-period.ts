import { dayOfMonth, monthOf, numberOf, readDay, writeDay } from './civil-days.ts'
import type { LineFacts } from './line-facts.ts'

export type ExpectedPeriod = {
  /** What is charged: the end is the first day that is not. */
  readonly start: string
  readonly end: string
  readonly days: number
  /** From the end of what is charged to the end of the whole. */
  readonly daysAfter: number
  /** The period that the price is for. */
  readonly wholeStart: string
  readonly wholeEnd: string
  readonly wholeDays: number
  /** From 0, counted from the day from which periods are counted. */
  readonly index: number
}

/**
 * The period in which the line begins, found from the subscription alone, less the days before its start and after its
 * end: it ends early with the subscription, or where other terms or a pause began.
 */
export function expectedPeriod(facts: LineFacts): ExpectedPeriod {
  const firstDay = numberOf(facts.startsOn)
  const asked = Math.max(numberOf(facts.period.start), firstDay)
  const { wholeStart, wholeEnd, index } = wholePeriodAround(facts, firstDay, asked)
  const isEdge = (day: number) => (facts.edges ?? []).some((edge) => numberOf(edge) === day)
  const start = isEdge(asked) ? asked : Math.max(wholeStart, firstDay)
  const cancelled = facts.cancelledOn === undefined ? wholeEnd : numberOf(facts.cancelledOn)
  const last = Math.max(start, Math.min(wholeEnd, cancelled))
  const claimed = numberOf(facts.period.end)
  const end = isEdge(claimed) && claimed > start && claimed < last ? claimed : last
  return {
    start: writeDay(start),
    end: writeDay(end),
    days: end - start,
    daysAfter: wholeEnd - end,
    wholeStart: writeDay(wholeStart),
    wholeEnd: writeDay(wholeEnd),
    wholeDays: wholeEnd - wholeStart,
    index,
  }
}

/** By days, both counted as days are numbered. */
export function wholePeriodAround(
  { cadence, anchorDay, startsOn }: Pick<LineFacts, 'cadence' | 'anchorDay' | 'startsOn'>,
  firstDay: number,
  asked: number,
): { readonly wholeStart: number; readonly wholeEnd: number; readonly index: number } {
  const { unit, count } = cadence
  if (unit !== 'month' && unit !== 'year') {
    // Passes have no periods of days: where some are counted, each day is one.
    const length = { minute: 1, hour: 1, day: count, week: count * 7 }[unit]
    const index = Math.floor((asked - firstDay) / length)
    return { wholeStart: firstDay + index * length, wholeEnd: firstDay + (index + 1) * length, index }
  }
  const months = unit === 'year' ? count * 12 : count
  const startMonth = monthOf(readDay(startsOn))
  // The first anchor day that is not before the start; what lies before it is the stub.
  const firstAnchorMonth = dayOfMonth(startMonth, anchorDay) >= firstDay ? startMonth : startMonth + 1
  let index = dayOfMonth(firstAnchorMonth, anchorDay) === firstDay ? -1 : 0
  let month = firstAnchorMonth - months
  while (dayOfMonth(month + months, anchorDay) <= asked) {
    month += months
    index += 1
  }
  return { wholeStart: dayOfMonth(month, anchorDay), wholeEnd: dayOfMonth(month + months, anchorDay), index }
}
