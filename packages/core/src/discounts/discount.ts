import type { PlanId } from '../ids.ts'
import type { Money } from '../money/money.ts'
import type { CivilDate } from '../time/calendar.ts'

/** Where a discount comes from. The order of this list is the order in which discounts are taken off. */
export const discountSources = ['promotion', 'volume', 'loyalty', 'referral', 'coupon'] as const
export type DiscountSource = (typeof discountSources)[number]

/** A percentage of what is left, in basis points (1000 is 10 %), or an amount off the price of a whole period, priced as that price is. */
export type DiscountValue = { readonly kind: 'percentage'; readonly rateBp: number } | { readonly kind: 'fixed'; readonly amount: Money }

/** From so many on (full months as a subscriber, active subscriptions) the rate is this. */
export type DiscountStep = { readonly from: number; readonly rateBp: number }

export type Discount = {
  readonly id: string
  /** What people know it by: `AUG10`. */
  readonly code: string
  readonly title: string
  /** The first day on which it holds; absent, it always has. */
  readonly from?: CivilDate | undefined
  /** The first day on which it no longer holds. */
  readonly until?: CivilDate | undefined
  /** Only while the subscription is to one of these plans; absent, on any. */
  readonly planIds?: readonly PlanId[] | undefined
  /** Stands alone: it is taken instead of all others, where that leaves less to pay. */
  readonly exclusive?: boolean | undefined
} & (
  | { readonly source: 'promotion' | 'referral' | 'coupon'; readonly value: DiscountValue }
  | { readonly source: 'volume' | 'loyalty'; readonly steps: readonly DiscountStep[] }
)

/** What a price is discounted by, besides the discounts themselves. */
export type DiscountContext = {
  /** The first day that is charged: a discount holds for a charge when it holds on that day. */
  readonly day: CivilDate
  readonly planId: PlanId
  /** Since when the subscriber has been one: loyalty counts from it. */
  readonly subscriberSince: CivilDate
  readonly activeSubscriptions: number
}

/** All that may lower the price of one subscription. */
export type Discounting = Pick<DiscountContext, 'subscriberSince' | 'activeSubscriptions'> & { readonly discounts: readonly Discount[] }

export type AppliedDiscount = {
  readonly id: string
  readonly source: DiscountSource
  readonly code: string
  readonly title: string
  /** As it was applied: of a table of steps the rate that was reached. */
  readonly value: DiscountValue
  /** What was left of the price before it. */
  readonly base: Money
  readonly amount: Money
  /** `2500.00 × 10 ÷ 100` */
  readonly working: string
}
