import type { PlanId } from '../ids.ts'

export const planKinds = ['base', 'add_on'] as const
/** An `add_on` is sold to who has a subscription to a `base`, and stands and falls with it. */
export type PlanKind = (typeof planKinds)[number]

/** What is sold. Amounts and speeds are in its prices, which are versions. */
export type Plan = {
  readonly id: PlanId
  /** Short and stable, for files and people: `HOME10`. */
  readonly code: string
  readonly name: string
  readonly kind: PlanKind
}
