import { createCoupon } from '../../flows/discounts/create-coupon.ts'
import { createPromotion } from '../../flows/discounts/create-promotion.ts'
import { endPromotion } from '../../flows/discounts/end-promotion.ts'
import { expireCoupon } from '../../flows/discounts/expire-coupon.ts'
import { nameReferrer } from '../../flows/discounts/name-referrer.ts'
import type { ReferralReading } from '../../flows/discounts/ports.ts'
import { redeemCoupon } from '../../flows/discounts/redeem-coupon.ts'
import { fromPage, pageOf, pageQuery, toPage } from '../cursor.ts'
import { defined } from '../defined.ts'
import { type Endpoint, endpoint, found } from '../endpoint.ts'
import type { ApiParts } from '../parts.ts'
import {
  couponIn,
  couponOut,
  promotionEndIn,
  promotionIn,
  promotionOut,
  redemptionIn,
  referralIn,
  referralOut,
  subscriptionDiscountOut,
  toApiCoupon,
  toApiPromotion,
  toApiSubscriptionDiscount,
} from '../wire/discounts.ts'

export const discountRoutes = (parts: ApiParts): readonly Endpoint[] => [
  ...couponRoutes(parts),
  ...promotionRoutes(parts),
  ...referralRoutes(parts),
]

function couponRoutes(parts: ApiParts): readonly Endpoint[] {
  const { store } = parts
  const tag = 'Discounts'
  return [
    endpoint({
      method: 'get',
      path: '/v1/coupons',
      permission: 'read',
      tag,
      summary: 'Coupons',
      query: pageQuery,
      answer: pageOf(couponOut),
      async handle({ principal, query }) {
        const rows = await store.inOrganisation(principal.organisationId, (tx) => tx.readings.coupons(toPage('coupons', query)))
        return fromPage('coupons', query.limit, rows.map(toApiCoupon), ({ id }) => id)
      },
    }),
    endpoint({
      method: 'post',
      path: '/v1/coupons',
      permission: 'write',
      tag,
      summary: 'Make a coupon',
      description: 'Its terms never change: expire it and make another.',
      body: couponIn,
      status: 201,
      answer: couponOut,
      async handle({ principal: { organisationId, actor }, body: { plans, periods, ...body } }) {
        const limits = defined({ planIds: plans, periodsMax: periods })
        const id = await createCoupon(parts, organisationId, { ...body, ...limits, actor })
        return toApiCoupon(found(await store.inOrganisation(organisationId, (tx) => tx.readings.coupon(id)), 'coupon'))
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/coupons/{coupon}',
      permission: 'read',
      tag,
      summary: 'One coupon',
      params: { coupon: 'coupon' },
      answer: couponOut,
      handle: async ({ principal, params }) =>
        toApiCoupon(found(await store.inOrganisation(principal.organisationId, (tx) => tx.readings.coupon(params.coupon)), 'coupon')),
    }),
    endpoint({
      method: 'post',
      path: '/v1/coupons/{coupon}/expire',
      permission: 'write',
      tag,
      summary: 'Let nobody redeem a coupon from today on',
      description: 'Who has redeemed it keeps the discount.',
      params: { coupon: 'coupon' },
      answer: couponOut,
      async handle({ principal: { organisationId, actor }, params }) {
        await expireCoupon(parts, organisationId, params.coupon, { actor })
        return toApiCoupon(found(await store.inOrganisation(organisationId, (tx) => tx.readings.coupon(params.coupon)), 'coupon'))
      },
    }),
    endpoint({
      method: 'post',
      path: '/v1/subscriptions/{subscription}/coupons',
      permission: 'write',
      tag,
      summary: 'Redeem a coupon on a subscription',
      description: 'Lowers the periods that are not charged yet.',
      params: { subscription: 'subscription' },
      body: redemptionIn,
      status: 201,
      answer: subscriptionDiscountOut,
      async handle({ principal: { organisationId, actor }, params, body }) {
        const id = await redeemCoupon(parts, organisationId, params.subscription, { ...body, actor })
        return toApiSubscriptionDiscount(
          found(await store.inOrganisation(organisationId, (tx) => tx.readings.subscriptionDiscount(id)), 'discount'),
        )
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/subscriptions/{subscription}/discounts',
      permission: 'read',
      tag,
      summary: 'Coupons and rewards of a subscription',
      description: 'Promotions of its plan, volume and loyalty are not of one subscription and not listed here.',
      params: { subscription: 'subscription' },
      query: pageQuery,
      answer: pageOf(subscriptionDiscountOut),
      async handle({ principal, params: { subscription }, query }) {
        const rows = await store.inOrganisation(principal.organisationId, async (tx) => {
          found(await tx.readings.subscription(subscription, parts.clock.now()), 'subscription')
          return await tx.readings.subscriptionDiscounts({ subscriptionId: subscription, ...toPage('discounts', query) })
        })
        return fromPage('discounts', query.limit, rows.map(toApiSubscriptionDiscount), ({ id }) => id)
      },
    }),
  ]
}

function promotionRoutes(parts: ApiParts): readonly Endpoint[] {
  const { store } = parts
  const tag = 'Discounts'
  return [
    endpoint({
      method: 'get',
      path: '/v1/promotions',
      permission: 'read',
      tag,
      summary: 'Promotions of plans',
      query: pageQuery,
      answer: pageOf(promotionOut),
      async handle({ principal, query }) {
        const rows = await store.inOrganisation(principal.organisationId, (tx) => tx.readings.promotions(toPage('promotions', query)))
        return fromPage('promotions', query.limit, rows.map(toApiPromotion), ({ id }) => id)
      },
    }),
    endpoint({
      method: 'post',
      path: '/v1/promotions',
      permission: 'write',
      tag,
      summary: 'Lower the price of plans for some time',
      description: 'Its terms never change: end it and make another. What was charged keeps its amount.',
      body: promotionIn,
      status: 201,
      answer: promotionOut,
      async handle({ principal: { organisationId, actor }, body: { plans, periods, startsOn, ...body } }) {
        const days = defined({ periodsMax: periods, startsOn })
        const id = await createPromotion(parts, organisationId, { ...body, ...days, planIds: plans, actor })
        return toApiPromotion(found(await store.inOrganisation(organisationId, (tx) => tx.readings.promotion(id)), 'promotion'))
      },
    }),
    endpoint({
      method: 'post',
      path: '/v1/promotions/{promotion}/end',
      permission: 'write',
      tag,
      summary: 'End a promotion sooner',
      description: 'Who has it for its first periods keeps it.',
      params: { promotion: 'promotion' },
      body: promotionEndIn,
      answer: promotionOut,
      async handle({ principal: { organisationId, actor }, params, body }) {
        await endPromotion(parts, organisationId, params.promotion, { ...defined(body), actor })
        return toApiPromotion(
          found(await store.inOrganisation(organisationId, (tx) => tx.readings.promotion(params.promotion)), 'promotion'),
        )
      },
    }),
  ]
}

function referralRoutes(parts: ApiParts): readonly Endpoint[] {
  const { store } = parts
  const tag = 'Discounts'
  return [
    endpoint({
      method: 'post',
      path: '/v1/subscribers/{subscriber}/referral',
      permission: 'write',
      tag,
      summary: 'Say who brought a new subscriber',
      description: 'Once, before its first invoice. Both are rewarded when that invoice is paid, as the policy of the organisation says.',
      params: { subscriber: 'subscriber' },
      body: referralIn,
      status: 201,
      answer: referralOut,
      async handle({ principal: { organisationId, actor }, params, body }) {
        const id = await nameReferrer(parts, organisationId, params.subscriber, { ...body, actor })
        return toApiReferral(found(await store.inOrganisation(organisationId, (tx) => tx.readings.referral(id)), 'referral'))
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/subscribers/{subscriber}/referrals',
      permission: 'read',
      tag,
      summary: 'Referrals of a subscriber, on either side',
      params: { subscriber: 'subscriber' },
      query: pageQuery,
      answer: pageOf(referralOut),
      async handle({ principal, params: { subscriber }, query }) {
        const rows = await store.inOrganisation(principal.organisationId, async (tx) => {
          found(await tx.readings.subscriber(subscriber), 'subscriber')
          return await tx.readings.referrals({ subscriberId: subscriber, ...toPage('referrals', query) })
        })
        return fromPage('referrals', query.limit, rows.map(toApiReferral), ({ id }) => id)
      },
    }),
  ]
}

const toApiReferral = ({ referrerId, referredId, ...referral }: ReferralReading) => ({
  ...referral,
  referrer: referrerId,
  referred: referredId,
})
