import type { Validity } from '../catalog/pass.ts'
import type { PlanStanding } from '../receivables/instalment-plan.ts'
import type { Pause, SubscriptionStatus } from '../subscriptions/subscription.ts'
import type { CivilDate } from '../time/calendar.ts'
import type { Instant } from '../time/instant.ts'
import type { AccessProfile, AccessReason, AccessState } from './access-state.ts'
import type { CutOffPolicy } from './cut-off-policy.ts'

/** Everything that decides what a service may use. */
export type AccessInput = {
  readonly today: CivilDate
  readonly subscription: {
    readonly status: SubscriptionStatus
    readonly startsOn: CivilDate
    /** The first day without service. */
    readonly cancelledOn?: CivilDate
    readonly billing: 'prepaid' | 'postpaid'
    readonly graceDays: number
    /** The first day that is not charged; of a prepaid one the first that is not paid. */
    readonly billedUntil: CivilDate
    /** Where passes are sold: the instant that is asked about, and those that were bought and are not over. */
    readonly passes?: { readonly at: Instant; readonly bought: readonly Validity[] }
    /** Days on which the line is off by request. */
    readonly pauses: readonly Pause[]
    /** The day on which other terms begin, with a profile of their own. */
    readonly nextTermsOn?: CivilDate
  }
  readonly openInvoices: readonly OpenDebt[]
  /** Default: any debt cuts off, on any day. */
  readonly cutOff?: CutOffPolicy
  /** Debts up to this cut nobody off. */
  readonly overdraftMinor?: bigint
  /** Of the last extension that was approved, the first day without it; it may lie behind. */
  readonly extendedUntil?: CivilDate
  /** Nobody has approved yet that a debt cuts this line off, and somebody has to. */
  readonly awaitsApproval?: boolean
  /** Staff set it, over what the books say: `opened` keeps the line on, `held` keeps it off. */
  readonly hold?: 'opened' | 'held'
  readonly profile: AccessProfile
}

export type OpenDebt = {
  readonly dueOn: CivilDate
  readonly openMinor: bigint
  /** The instalment plan it is in. */
  readonly plan?: PlanStanding
}

/** An entitlement: what the service may use, why, and until when that is sure, but for a pass that ends or begins. */
export type AccessDecision = {
  readonly state: AccessState
  readonly reason: AccessReason
  /** A debt keeps it off, also where staff holds it off anyway. */
  readonly overdue?: true
  readonly profile: AccessProfile
  /** The first civil day on which the answer differs when nothing else happens; absent when it never does. */
  readonly recheckOn?: CivilDate
}
