import type { PlanId } from '../ids.ts'

/** What is sold. Amounts and speeds are in its prices, which are versions. */
export type Plan = {
  readonly id: PlanId
  /** Short and stable, for files and people: `HOME10`. */
  readonly code: string
  readonly name: string
}
