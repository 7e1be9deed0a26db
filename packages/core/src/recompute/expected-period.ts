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
}

/** The period in which the line begins, found from the subscription alone, less the days before its start and after its end. */
export function expectedPeriod(facts: LineFacts): ExpectedPeriod {
  const firstDay = numberOf(facts.startsOn)
  const asked = Math.max(numberOf(facts.period.start), firstDay)
  const [wholeStart, wholeEnd] = wholePeriodAround(facts, firstDay, asked)
  const start = Math.max(wholeStart, firstDay)
  const cancelled = facts.cancelledOn === undefined ? wholeEnd : numberOf(facts.cancelledOn)
  const end = Math.max(start, Math.min(wholeEnd, cancelled))
  return {
    start: writeDay(start),
    end: writeDay(end),
    days: end - start,
    daysAfter: wholeEnd - end,
    wholeStart: writeDay(wholeStart),
    wholeEnd: writeDay(wholeEnd),
    wholeDays: wholeEnd - wholeStart,
  }
}

function wholePeriodAround({ cadence, anchorDay, startsOn }: LineFacts, firstDay: number, asked: number): readonly [number, number] {
  const { unit, count } = cadence
  if (unit === 'day' || unit === 'week') {
    const length = unit === 'week' ? count * 7 : count
    const start = asked - ((asked - firstDay) % length)
    return [start, start + length]
  }
  const months = unit === 'year' ? count * 12 : count
  const startMonth = monthOf(readDay(startsOn))
  // The first anchor day that is not before the start; what lies before it is the stub.
  const firstAnchorMonth = dayOfMonth(startMonth, anchorDay) >= firstDay ? startMonth : startMonth + 1
  let month = firstAnchorMonth - months
  while (dayOfMonth(month + months, anchorDay) <= asked) month += months
  return [dayOfMonth(month, anchorDay), dayOfMonth(month + months, anchorDay)]
}
