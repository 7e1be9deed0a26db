import type { AccessProfile } from '../access/access-state.ts'
import type { PlanId, PriceId } from '../ids.ts'
import type { Money } from '../money/money.ts'
import type { Pricing, TaxClass } from '../tax/rule.ts'
import type { CivilDate } from '../time/calendar.ts'
import type { Cadence } from '../time/period.ts'

/** `prepaid`: the next period is charged once the last is paid. `postpaid`: periods are charged as they begin, paid or not. */
export type BillingMode = 'prepaid' | 'postpaid'

/** One version of what a plan costs and gives. Immutable: a change is a new version, and old lines keep theirs. */
export type Price = {
  readonly id: PriceId
  readonly planId: PlanId
  readonly version: number
  /** For one whole period. */
  readonly amount: Money
  readonly cadence: Cadence
  readonly profile: AccessProfile
  /** Days after the due date during which the service stays active. */
  readonly graceDays: number
  readonly effectiveFrom: CivilDate
  readonly billing: BillingMode
  readonly taxClass: TaxClass
  /** Whether the amount includes the taxes of its class. */
  readonly pricing: Pricing
}
