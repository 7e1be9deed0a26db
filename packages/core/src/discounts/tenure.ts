import type { CivilDate } from '../time/calendar.ts'
import { periodContaining } from '../time/period.ts'

/** Full months since that day. A month that is too short ends them on its last day: 31 January has its first on 28 February. */
export function tenureMonths(since: CivilDate, day: CivilDate): number {
  const months = { startsOn: since, anchorDay: Number(since.slice(8)), cadence: { unit: 'month', count: 1 } } as const
  return periodContaining(months, day)?.index ?? 0
}
