import type { CivilDate } from '../time/calendar.ts'
import type { Terms } from './subscription.ts'

/** How a subscription goes on after something happened to it. */
export type Course = {
  /** To be added, in order and without a gap; they hold instead of what was agreed for their days before. */
  readonly terms: readonly Terms[]
  /** The cursor. */
  readonly billedUntil: CivilDate
  /** Days that are given back, as far as they are charged; without an end, all from the first on. */
  readonly released?: { readonly from: CivilDate; readonly until?: CivilDate }
}
