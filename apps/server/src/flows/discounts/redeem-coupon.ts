import {
  asId,
  civilDateAt,
  type DiscountId,
  daysToDiscount,
  type OrganisationId,
  refuseCoupon,
  type SubscriptionId,
  termsOn,
} from '@nyuzi/core'
import { Conflict, NotFound } from '../errors.ts'
import type { Deps } from '../ports.ts'
import { lockSubscription } from '../steps/lock-subscription.ts'
import { priceRenewals } from '../steps/price-renewals.ts'

export type RedeemCoupon = {
  /** As it was typed. */
  readonly code: string
  readonly actor: string
}

/**
 * Lowers the periods of a subscription that are not charged yet. The coupon is locked, so that of any number that
 * redeem it at once exactly as many do as it allows.
 */
export async function redeemCoupon(
  deps: Pick<Deps, 'store' | 'clock' | 'ids'>,
  organisationId: OrganisationId,
  subscriptionId: SubscriptionId,
  { code, actor }: RedeemCoupon,
): Promise<DiscountId> {
  const id = asId('discount', deps.ids.next())
  const now = deps.clock.now()
  await deps.store.inOrganisation(organisationId, async (tx) => {
    const organisation = await tx.organisation.read()
    const today = civilDateAt(now, organisation.timeZone)
    const { subscription } = await lockSubscription(tx, subscriptionId)
    const { subscriberId } = subscription
    const coupon = await tx.discounts.lockCoupon({ code: code.trim().toUpperCase() })
    if (!coupon) throw new NotFound('coupon', 'code')
    const couponId = asId('coupon', coupon.id)
    const { bySubscriber, onSubscription } = await tx.discounts.redemptions(couponId, { subscriberId, subscriptionId })
    const days = daysToDiscount(subscription, today, coupon.periodsMax)
    const { price } = termsOn(subscription, days.from)
    const refused = refuseCoupon(coupon, {
      day: today,
      redemptions: coupon.redemptions,
      redemptionsBySubscriber: bySubscriber,
      redeemedOnSubscription: onSubscription,
      planId: price.planId,
      currency: price.amount.currency,
      segment: await tx.discounts.segmentOf(subscriberId),
      isNewSubscriber: await tx.discounts.isNew(subscriberId),
    })
    if (refused) throw new Conflict(refused.code, `${refused.message}.`)
    const { title, value, exclusive, planIds } = coupon
    const discount = {
      id,
      subscriberId,
      subscriptionId,
      source: 'coupon',
      sourceId: couponId,
      code: coupon.code,
      title,
      value,
      exclusive,
      planIds,
    } as const
    await tx.discounts.add([{ ...discount, ...days }], now)
    await tx.discounts.countRedemption(couponId)
    await priceRenewals(tx, organisation, [subscriptionId], today)
    const detail = { code: coupon.code, discount: id, ...days }
    await tx.audit.write({ actor, action: 'coupon.redeem', subjectNoun: 'subscription', subjectId: subscriptionId, detail, at: now })
  })
  return id
}
