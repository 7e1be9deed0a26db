import type {
  CouponReading,
  DiscountReadings,
  PromotionReading,
  ReferralReading,
  SubscriptionDiscountReading,
} from '../../flows/discounts/ports.ts'
import type { Sql } from '../transaction.ts'
import { after, first } from './page.ts'

export function discountReadings(sql: Sql): DiscountReadings {
  const value = sql`rate_bp as "rateBp", fixed_minor as "fixedMinor", currency`
  const coupons = sql`
    select id, code, title, ${value}, exclusive, periods_max as "periodsMax", redemptions_max as "redemptionsMax",
           redemptions_per_subscriber_max as "redemptionsPerSubscriberMax", valid_from as "validFrom", valid_until as "validUntil", plan_ids as "planIds", segments,
           new_subscribers_only as "newSubscribersOnly", redemptions, created_at as "createdAt" from coupons`
  const promotions = sql`
    select id, code, title, ${value}, exclusive, plan_ids as "planIds", periods_max as "periodsMax", starts_on as "startsOn", ends_on as "endsOn",
           created_at as "createdAt" from promotions`
  const discounts = sql`
    select id, source, code, title, ${value}, exclusive, from_day as "from", until_day as until, created_at as "createdAt" from subscription_discounts`
  const referrals = sql`
    select id, referrer_id as "referrerId", referred_id as "referredId", created_at as "createdAt", rewarded_at as "rewardedAt" from referrals`

  return {
    coupons: (page) => sql<CouponReading[]>`${coupons} where true ${after(sql, page)}`,
    coupon: async (id) => first(await sql<CouponReading[]>`${coupons} where id = ${id}`),
    promotions: (page) => sql<PromotionReading[]>`${promotions} where true ${after(sql, page)}`,
    promotion: async (id) => first(await sql<PromotionReading[]>`${promotions} where id = ${id}`),
    subscriptionDiscounts: ({ subscriptionId, ...page }) =>
      sql<SubscriptionDiscountReading[]>`${discounts} where subscription_id = ${subscriptionId} ${after(sql, page)}`,
    subscriptionDiscount: async (id) => first(await sql<SubscriptionDiscountReading[]>`${discounts} where id = ${id}`),
    referrals: ({ subscriberId, ...page }) =>
      sql<ReferralReading[]>`${referrals} where (referrer_id = ${subscriberId} or referred_id = ${subscriberId}) ${after(sql, page)}`,
    referral: async (id) => first(await sql<ReferralReading[]>`${referrals} where id = ${id}`),
  }
}
