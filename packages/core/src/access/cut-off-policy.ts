import { invariant } from '../outcome.ts'
import { addDays, type CivilDate, type Weekday, weekdayOf, weekdays } from '../time/calendar.ts'

/** When a debt may cut a line off. Restoring knows no such days. */
export type CutOffPolicy = {
  /** A smaller debt cuts nobody off. */
  readonly minimumDebtMinor: bigint
  /** Weekdays on which nobody is cut off; one is left. */
  readonly notOnWeekdays: readonly Weekday[]
  /** Days on which nobody is cut off. */
  readonly holidays: readonly CivilDate[]
}

/** Any debt, on any day. */
export const defaultCutOffPolicy: CutOffPolicy = { minimumDebtMinor: 0n, notOnWeekdays: [], holidays: [] }

/** That day, or the next one after it on which a line may be cut off. */
export function nextCutOffDay(day: CivilDate, { notOnWeekdays, holidays }: CutOffPolicy): CivilDate {
  invariant(
    weekdays.some((weekday) => !notOnWeekdays.includes(weekday)),
    'some weekday is left to cut off on',
  )
  let next = day
  while (notOnWeekdays.includes(weekdayOf(next)) || holidays.includes(next)) next = addDays(next, 1)
  return next
}
