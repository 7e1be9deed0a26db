import type { AccessProfile } from '../access/access-state.ts'
import type { BranchId, PlanId, PriceId } from '../ids.ts'
import type { Money } from '../money/money.ts'
import type { Pricing, TaxClass } from '../tax/rule.ts'
import type { CivilDate } from '../time/calendar.ts'
import type { Cadence } from '../time/period.ts'
import type { PriceUsage } from '../usage/price-usage.ts'
import type { BillingPolicy } from './billing-policy.ts'

/** `prepaid`: a period is bought with credit and nothing is owed for one that was not. `postpaid`: invoiced, paid or not. */
export type BillingMode = 'prepaid' | 'postpaid'

/** Charged before the period (`advance`) or when it is over (`arrears`). */
export type BillingTiming = 'advance' | 'arrears'

/** One version of what a plan costs and gives. Immutable: a change is a new version, and old lines keep theirs. */
export type Price = {
  readonly id: PriceId
  readonly planId: PlanId
  readonly version: number
  /** For one whole period, after the phases. */
  readonly amount: Money
  readonly cadence: Cadence
  readonly profile: AccessProfile
  /** Days after the due date during which the service stays active. */
  readonly graceDays: number
  readonly effectiveFrom: CivilDate
  readonly billing: BillingMode
  /** Of prepaid always `advance`. */
  readonly timing: BillingTiming
  /** Whose revenue it is: `internet`. */
  readonly category: string
  readonly taxClass: TaxClass
  /** Whether the amounts include the taxes of their class. */
  readonly pricing: Pricing
  /** What the first periods cost instead, in order: a trial, an introductory price. */
  readonly phases: readonly PricePhase[]
  /** What is charged beside the amount: the parts of a bundle, a set-up fee. */
  readonly extras: readonly PriceExtra[]
  /** What is charged by measure when a period is over; absent, nothing is. */
  readonly usage?: readonly PriceUsage[]
  /** For whom it is; absent, for everyone. The more exact price goes before the general one. */
  readonly segment?: string
  readonly branchId?: BranchId
  readonly policy: BillingPolicy
}

export type PricePhase = {
  /** As it stands on the line: `Trial`. */
  readonly title: string
  readonly periods: number
  /** For one whole period. */
  readonly amount: Money
}

export type PriceExtra = {
  /** `recurring` runs with the periods of the price; `one_time` is charged with the first day of the subscription. */
  readonly kind: 'recurring' | 'one_time'
  /** Stable, and once per price: `static-ip`. */
  readonly key: string
  readonly title: string
  readonly category: string
  readonly amount: Money
  readonly taxClass: TaxClass
}
