import type {
  BillingAnchor,
  CivilDate,
  Coupon,
  CouponId,
  Currency,
  Discount,
  DiscountId,
  DiscountValue,
  Instant,
  PlanId,
  Promotion,
  PromotionId,
  ReferralId,
  SubscriberId,
  SubscriptionId,
} from '@nyuzi/core'
import type { PageQuery } from '../readings/ports.ts'

/** A discount that one subscription has. */
export type SubscriptionDiscount = {
  readonly id: DiscountId
  readonly subscriberId: SubscriberId
  readonly subscriptionId: SubscriptionId
  readonly source: 'coupon' | 'referral'
  readonly sourceId: CouponId | ReferralId
  readonly code: string
  readonly title: string
  readonly value: DiscountValue
  readonly exclusive: boolean
  readonly planIds?: readonly PlanId[] | undefined
  readonly from: CivilDate
  readonly until?: CivilDate | undefined
}

/** What discounts of a subscription depend on. */
export type DiscountStanding = {
  readonly subscriptionId: SubscriptionId
  /** The periods it began with: what a promotion for new subscriptions counts from. */
  readonly first: BillingAnchor
  readonly subscriberSince: CivilDate
  readonly activeSubscriptions: number
}

export type WaitingReferral = { readonly id: ReferralId; readonly referrerId: SubscriberId; readonly referredId: SubscriberId }

export type DiscountStore = {
  /** False when the code is taken. */
  addCoupon(coupon: Coupon, at: Instant): Promise<boolean>
  /** Locked until the commit, with how often it was redeemed. */
  lockCoupon(by: { readonly code: string } | { readonly id: CouponId }): Promise<(Coupon & { readonly redemptions: number }) | undefined>
  expireCoupon(id: CouponId, on: CivilDate): Promise<void>
  redemptions(
    couponId: CouponId,
    by: { readonly subscriberId: SubscriberId; readonly subscriptionId: SubscriptionId },
  ): Promise<{ readonly bySubscriber: number; readonly onSubscription: boolean }>
  countRedemption(id: CouponId): Promise<void>

  /** False when the code is taken. */
  addPromotion(promotion: Promotion, at: Instant): Promise<boolean>
  lockPromotion(id: PromotionId): Promise<Promotion | undefined>
  endPromotion(id: PromotionId, on: CivilDate): Promise<void>

  add(discounts: readonly SubscriptionDiscount[], at: Instant): Promise<void>

  /** Nothing was charged to it yet. */
  isNew(subscriberId: SubscriberId): Promise<boolean>
  /** Absent, it is of none. */
  segmentOf(subscriberId: SubscriberId): Promise<string | undefined>
  /** The subscriber whose account number reads the same. */
  subscriberOf(accountNumber: string): Promise<SubscriberId | undefined>
  /** False when the subscriber has named someone before. */
  addReferral(referral: WaitingReferral, at: Instant): Promise<boolean>
  /** Referrals to be rewarded: the first invoice is paid, and both have an active subscription. Locked. */
  claimReferrals(limit: number): Promise<readonly WaitingReferral[]>
  setRewarded(ids: readonly ReferralId[], at: Instant): Promise<void>
  /** Of each subscriber the oldest subscription that is active. */
  oldestActive(ids: readonly SubscriberId[]): Promise<ReadonlyMap<SubscriberId, SubscriptionId>>

  promotions(): Promise<readonly Promotion[]>
  /** Those without any are left out. */
  heldBy(ids: readonly SubscriptionId[]): Promise<ReadonlyMap<SubscriptionId, readonly Discount[]>>
  standings(ids: readonly SubscriptionId[]): Promise<readonly DiscountStanding[]>
}

type ValueReading = { readonly rateBp: number | null; readonly fixedMinor: bigint | null; readonly currency: Currency | null }

export type CouponReading = ValueReading & {
  readonly id: CouponId
  readonly code: string
  readonly title: string
  readonly exclusive: boolean
  readonly periodsMax: number | null
  readonly redemptionsMax: number | null
  readonly redemptionsPerSubscriberMax: number | null
  readonly validFrom: CivilDate | null
  readonly validUntil: CivilDate | null
  readonly planIds: readonly PlanId[] | null
  readonly segments: readonly string[] | null
  readonly newSubscribersOnly: boolean
  readonly redemptions: number
  readonly createdAt: Instant
}

export type PromotionReading = ValueReading & {
  readonly id: PromotionId
  readonly code: string
  readonly title: string
  readonly exclusive: boolean
  readonly planIds: readonly PlanId[]
  readonly periodsMax: number | null
  readonly startsOn: CivilDate
  readonly endsOn: CivilDate | null
  readonly createdAt: Instant
}

export type SubscriptionDiscountReading = ValueReading & {
  readonly id: DiscountId
  readonly source: string
  readonly code: string
  readonly title: string
  readonly exclusive: boolean
  readonly from: CivilDate
  readonly until: CivilDate | null
  readonly createdAt: Instant
}

export type ReferralReading = {
  readonly id: ReferralId
  readonly referrerId: SubscriberId
  readonly referredId: SubscriberId
  readonly createdAt: Instant
  readonly rewardedAt: Instant | null
}

export type DiscountReadings = {
  coupons(page: PageQuery): Promise<readonly CouponReading[]>
  coupon(id: CouponId): Promise<CouponReading | undefined>
  promotions(page: PageQuery): Promise<readonly PromotionReading[]>
  promotion(id: PromotionId): Promise<PromotionReading | undefined>
  subscriptionDiscounts(page: PageQuery & { readonly subscriptionId: SubscriptionId }): Promise<readonly SubscriptionDiscountReading[]>
  subscriptionDiscount(id: DiscountId): Promise<SubscriptionDiscountReading | undefined>
  /** In which it has a part, on either side. */
  referrals(page: PageQuery & { readonly subscriberId: SubscriberId }): Promise<readonly ReferralReading[]>
  referral(id: ReferralId): Promise<ReferralReading | undefined>
}
