import type { PlanId } from '../ids.ts'
import { type Rejection, rejected } from '../outcome.ts'
import type { CivilDate } from '../time/calendar.ts'
import type { DiscountValue } from './discount.ts'

/** Who may take a discount by its code, when, and how often. What is absent does not limit it. */
export type Coupon = {
  readonly id: string
  /** Upper case; people may type it as they like. */
  readonly code: string
  readonly title: string
  readonly value: DiscountValue
  readonly exclusive: boolean
  /** How many periods of the subscription it lowers; absent, all from then on. */
  readonly periodsMax?: number | undefined
  readonly redemptionsMax?: number | undefined
  readonly redemptionsPerSubscriberMax?: number | undefined
  /** The days on which it may be redeemed: from the first, before the last. */
  readonly validFrom?: CivilDate | undefined
  readonly validUntil?: CivilDate | undefined
  /** Only on subscriptions to these plans. */
  readonly planIds?: readonly PlanId[] | undefined
  /** Only for subscribers of these segments. */
  readonly segments?: readonly string[] | undefined
  readonly newSubscribersOnly: boolean
}

/** What is known as someone names a coupon, counted under the coupon's lock. */
export type RedemptionFacts = {
  readonly day: CivilDate
  readonly redemptions: number
  readonly redemptionsBySubscriber: number
  readonly redeemedOnSubscription: boolean
  readonly planId: PlanId
  readonly currency: string
  readonly segment?: string | undefined
  /** Nothing was charged to the subscriber yet. */
  readonly isNewSubscriber: boolean
}

export type CouponRejectionCode = 'coupon_not_valid' | 'coupon_used_up' | 'coupon_not_for_you' | 'coupon_redeemed_already'

/** Why a coupon may not be redeemed; undefined when it may. */
export function refuseCoupon(coupon: Coupon, facts: RedemptionFacts): Rejection<CouponRejectionCode> | undefined {
  const { code } = coupon
  const { validFrom, validUntil, planIds, segments, redemptionsMax, redemptionsPerSubscriberMax } = coupon
  if (validFrom !== undefined && facts.day < validFrom) return no('coupon_not_valid', `${code} can be used from ${validFrom} on`)
  if (validUntil !== undefined && facts.day >= validUntil) return no('coupon_not_valid', `${code} could be used before ${validUntil}`)
  if (facts.redeemedOnSubscription) return no('coupon_redeemed_already', `${code} lowers this subscription already`)
  if (redemptionsMax !== undefined && facts.redemptions >= redemptionsMax)
    return no('coupon_used_up', `${code} was redeemed ${redemptionsMax} times, which is its limit`)
  if (redemptionsPerSubscriberMax !== undefined && facts.redemptionsBySubscriber >= redemptionsPerSubscriberMax)
    return no('coupon_used_up', `this subscriber redeemed ${code} ${redemptionsPerSubscriberMax} times, which is its limit for one`)
  if (planIds && !planIds.includes(facts.planId)) return no('coupon_not_for_you', `${code} is for other plans`)
  if (segments && (facts.segment === undefined || !segments.includes(facts.segment)))
    return no('coupon_not_for_you', `${code} is for subscribers of ${segments.join(', ')}`)
  if (coupon.newSubscribersOnly && !facts.isNewSubscriber)
    return no('coupon_not_for_you', `${code} is for new subscribers, before their first invoice`)
  if (coupon.value.kind === 'fixed' && coupon.value.amount.currency !== facts.currency)
    return no(
      'coupon_not_for_you',
      `${code} is an amount in ${coupon.value.amount.currency}, and this subscription is charged in ${facts.currency}`,
    )
  return undefined
}

const no = (code: CouponRejectionCode, message: string): Rejection<CouponRejectionCode> => rejected(code, message, 'code')
