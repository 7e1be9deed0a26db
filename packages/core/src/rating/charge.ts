import type { Validity } from '../catalog/pass.ts'
import type { AppliedDiscount } from '../discounts/discount.ts'
import type { ChargeId, PriceId, SubscriptionId } from '../ids.ts'
import type { LineDescription } from '../invoicing/line-description.ts'
import type { Money } from '../money/money.ts'
import type { Pricing, TaxClass } from '../tax/rule.ts'
import type { CivilDate } from '../time/calendar.ts'
import type { Period } from '../time/period.ts'

/** A priced fact that waits for an invoice. */
export type Charge = {
  /** Absent where it is for no subscription. */
  readonly subscriptionId?: SubscriptionId
  readonly description: LineDescription
  /** What of the price it is: `base`, or the key of an extra; `one-time`, where no price asks for it. Days of one component are charged once. */
  readonly component: string
  /** Which revenue account it belongs to: `internet`. */
  readonly category: string
  /** As it was priced: with its taxes or without them. */
  readonly amount: Money
  /** What lowered the rate, in the order in which it was taken off. */
  readonly discounts?: readonly AppliedDiscount[]
  /** What was measured, and how much of it was charged before; absent, it is no use that is charged. */
  readonly usage?: { readonly unit: string; readonly units: bigint; readonly ratedUnits: bigint }
  /** What a whole period costs, and which period that is: the amount is its share for the charged days. */
  readonly rate: Money
  readonly whole: Period
  readonly taxClass: TaxClass
  readonly pricing: Pricing
  /** Of a pass, its period is the civil day on which it begins. */
  readonly period: Period
  /** Of a pass: when it is valid. */
  readonly validity?: Validity
  /** The day from which it is owed; an invoice that comes later is due when it is issued. */
  readonly dueOn: CivilDate
  /** With the number of the terms it was charged under; absent where no price asks for it. */
  readonly priceId?: PriceId
  readonly priceVersion?: number
  readonly terms?: number
  /** Of a charge that a person made. */
  readonly chargeId?: ChargeId
  /** How the amount came about, so that anyone can recompute it: `2500.00 × 12 ÷ 30`. */
  readonly arithmetic: string
}
