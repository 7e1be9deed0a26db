import {
  accountKey,
  type Cadence,
  type CivilDate,
  type Coupon,
  type Currency,
  type Discount,
  type DiscountValue,
  dayCadence,
  money,
  type Promotion,
  type SubscriberId,
  type SubscriptionId,
} from '@nyuzi/core'
import type { DiscountStanding, DiscountStore, SubscriptionDiscount, WaitingReferral } from '../flows/discounts/ports.ts'
import { fromRow } from './mapping.ts'
import type { Scope } from './scope.ts'
import { rowsOf, type Sql } from './transaction.ts'

export const discountStore = (sql: Sql, scope?: Scope): DiscountStore => ({
  async addCoupon({ id, code, title, value, exclusive, newSubscribersOnly, ...limits }, at) {
    const { rateBp, fixedMinor, currency } = toRowValue(value)
    const { periodsMax, redemptionsMax, redemptionsPerSubscriberMax, validFrom, validUntil, planIds, segments } = limits
    const rows = await sql`
      insert into coupons (organisation_id, id, code, title, rate_bp, fixed_minor, currency, exclusive, periods_max, redemptions_max,
                           redemptions_per_subscriber_max, valid_from, valid_until, plan_ids, segments, new_subscribers_only, created_at)
      values (nyuzi_organisation(), ${id}, ${code}, ${title}, ${rateBp}, ${fixedMinor}, ${currency}, ${exclusive}, ${periodsMax ?? null}, ${redemptionsMax ?? null},
              ${redemptionsPerSubscriberMax ?? null}, ${validFrom ?? null}, ${validUntil ?? null}, ${listOf(planIds)}::uuid[], ${listOf(segments)}::text[],
              ${newSubscribersOnly}, ${at})
      on conflict (organisation_id, code) do nothing returning id`
    return rows.length === 1
  },
  async lockCoupon(by) {
    const [row] = await sql<CouponRow[]>`
      select id, code, title, ${valueColumns(sql)}, exclusive, periods_max as "periodsMax", redemptions_max as "redemptionsMax",
             redemptions_per_subscriber_max as "redemptionsPerSubscriberMax", valid_from as "validFrom", valid_until as "validUntil", plan_ids as "planIds", segments,
             new_subscribers_only as "newSubscribersOnly", redemptions
        from coupons where ${'id' in by ? sql`id = ${by.id}` : sql`code = ${by.code}`} for update`
    return row && fromRowDiscount<Coupon & { redemptions: number }>(row)
  },
  async expireCoupon(id, on) {
    await sql`update coupons set valid_until = ${on} where id = ${id}`
  },
  async redemptions(couponId, { subscriberId, subscriptionId }) {
    const [row] = await sql<{ bySubscriber: number; onSubscription: boolean }[]>`
      select count(*)::int as "bySubscriber", coalesce(bool_or(subscription_id = ${subscriptionId}), false) as "onSubscription"
        from subscription_discounts where source = 'coupon' and source_id = ${couponId} and subscriber_id = ${subscriberId}`
    return row ?? { bySubscriber: 0, onSubscription: false }
  },
  async countRedemption(id) {
    await sql`update coupons set redemptions = redemptions + 1 where id = ${id}`
  },

  async addPromotion({ id, code, title, value, exclusive, planIds, periodsMax, startsOn, endsOn }, at) {
    const { rateBp, fixedMinor, currency } = toRowValue(value)
    const rows = await sql`
      insert into promotions (organisation_id, id, code, title, rate_bp, fixed_minor, currency, exclusive, plan_ids, periods_max, starts_on, ends_on, created_at)
      values (nyuzi_organisation(), ${id}, ${code}, ${title}, ${rateBp}, ${fixedMinor}, ${currency}, ${exclusive}, ${listOf(planIds)}::uuid[], ${periodsMax ?? null},
              ${startsOn}, ${endsOn ?? null}, ${at})
      on conflict (organisation_id, code) do nothing returning id`
    return rows.length === 1
  },
  async lockPromotion(id) {
    const [row] = await sql<PromotionRow[]>`select ${promotionColumns(sql)} from promotions where id = ${id} for update`
    return row && fromRowDiscount<Promotion>(row)
  },
  async endPromotion(id, on) {
    await sql`update promotions set ends_on = ${on} where id = ${id}`
  },

  async add(discounts, at) {
    if (discounts.length === 0) return
    const rows = discounts.map(({ value, planIds, from, until, ...discount }) => ({
      ...discount,
      ...toRowValue(value),
      planIds: planIds && `{${planIds.join(',')}}`,
      fromDay: from,
      untilDay: until,
    }))
    await sql`
      insert into subscription_discounts (organisation_id, created_at, plan_ids, id, subscriber_id, subscription_id, source, source_id, code, title, rate_bp, fixed_minor,
                                          currency, exclusive, from_day, until_day)
      select nyuzi_organisation(), ${at}, r.plan_ids::uuid[], r.id, r.subscriber_id, r.subscription_id, r.source, r.source_id, r.code, r.title, r.rate_bp, r.fixed_minor,
             r.currency, r.exclusive, r.from_day, r.until_day
        from ${rowsOf(sql, rows, {
          id: 'uuid',
          subscriberId: 'uuid',
          subscriptionId: 'uuid',
          source: 'text',
          sourceId: 'uuid',
          code: 'text',
          title: 'text',
          rateBp: 'integer',
          fixedMinor: 'bigint',
          currency: 'text',
          exclusive: 'boolean',
          fromDay: 'date',
          untilDay: 'date',
          planIds: 'text',
        })}`
  },

  async isNew(subscriberId) {
    return (await sql`select from invoices where subscriber_id = ${subscriberId} limit 1`).length === 0
  },
  async segmentOf(subscriberId) {
    const [row] = await sql<{ segment: string | null }[]>`select segment from subscribers where id = ${subscriberId}`
    return row?.segment ?? undefined
  },
  async subscriberOf(accountNumber) {
    const [row] = await sql<{ id: SubscriberId }[]>`select id from subscribers where account_key = ${accountKey(accountNumber)}`
    return row?.id
  },
  async addReferral({ id, referrerId, referredId }, at) {
    const rows = await sql`
      insert into referrals (organisation_id, id, referrer_id, referred_id, created_at) values (nyuzi_organisation(), ${id}, ${referrerId}, ${referredId}, ${at})
      on conflict (organisation_id, referred_id) do nothing returning id`
    return rows.length === 1
  },
  claimReferrals: (limit) => sql<WaitingReferral[]>`
    select r.id, r.referrer_id as "referrerId", r.referred_id as "referredId" from referrals r
     where r.rewarded_at is null ${scope === undefined ? sql`` : sql`and (r.referrer_id = any(${[...scope]}::uuid[]) or r.referred_id = any(${[...scope]}::uuid[]))`}
       and exists (select from invoices i where i.subscriber_id = r.referred_id and i.status = 'paid')
       and exists (select from subscriptions s where s.subscriber_id = r.referred_id and s.status = 'active')
       and exists (select from subscriptions s where s.subscriber_id = r.referrer_id and s.status = 'active')
     order by r.id limit ${limit} for update of r skip locked`,
  async setRewarded(ids, at) {
    await sql`update referrals set rewarded_at = ${at} where id = any(${[...ids]}::uuid[])`
  },
  async oldestActive(ids) {
    const rows = await sql<{ subscriberId: SubscriberId; id: SubscriptionId }[]>`
      select distinct on (subscriber_id) subscriber_id as "subscriberId", id from subscriptions
       where subscriber_id = any(${[...ids]}::uuid[]) and status = 'active' order by subscriber_id, starts_on, id`
    return new Map(rows.map(({ subscriberId, id }) => [subscriberId, id]))
  },

  async promotions() {
    const rows = await sql<PromotionRow[]>`select ${promotionColumns(sql)} from promotions order by id`
    return rows.map((row) => fromRowDiscount<Promotion>(row))
  },
  async heldBy(ids) {
    const rows = await sql<DiscountRow[]>`
      select subscription_id as "subscriptionId", id, source, code, title, ${valueColumns(sql)}, exclusive, plan_ids as "planIds", from_day as "from", until_day as until
        from subscription_discounts where subscription_id = any(${[...ids]}::uuid[]) order by id`
    const held = new Map<SubscriptionId, Discount[]>()
    for (const { subscriptionId, ...row } of rows)
      held.set(subscriptionId, [...(held.get(subscriptionId) ?? []), fromRowDiscount<Discount>(row)])
    return held
  },
  async standings(ids) {
    const rows = await sql<StandingRow[]>`
      select s.id as "subscriptionId", t.origin as "startsOn", t.anchor_day as "anchorDay", r.cadence_unit as unit, r.cadence_count as count,
             (select min(o.starts_on) from subscriptions o where o.subscriber_id = s.subscriber_id) as "subscriberSince",
             (select count(*)::int from subscriptions o where o.subscriber_id = s.subscriber_id and o.status = 'active') as "activeSubscriptions"
        from subscriptions s
        join subscription_terms t on t.subscription_id = s.id and t.number = 1
        join prices r on r.id = t.price_id
       where s.id = any(${[...ids]}::uuid[])`
    return rows.map(({ startsOn, anchorDay, unit, count, ...standing }) => ({
      ...standing,
      first: { startsOn, anchorDay, cadence: dayCadence({ unit, count }) },
    }))
  },
})

export type ValueRow = { rateBp: number | null; fixedMinor: bigint | null; currency: Currency | null }
type Nullable<T> = { [K in keyof T]: undefined extends T[K] ? Exclude<T[K], undefined> | null : T[K] }
type CouponRow = Nullable<Omit<Coupon, 'value'>> & ValueRow & { redemptions: number }
type PromotionRow = Nullable<Omit<Promotion, 'value'>> & ValueRow
type DiscountRow = Nullable<Pick<SubscriptionDiscount, 'id' | 'source' | 'code' | 'title' | 'exclusive' | 'planIds' | 'from' | 'until'>> &
  ValueRow & { subscriptionId: SubscriptionId }
type StandingRow = Omit<DiscountStanding, 'first'> & Cadence & { startsOn: CivilDate; anchorDay: number }

const valueColumns = (sql: Sql) => sql`rate_bp as "rateBp", fixed_minor as "fixedMinor", currency`
const promotionColumns = (sql: Sql) => sql`
  id, code, title, ${valueColumns(sql)}, exclusive, plan_ids as "planIds", periods_max as "periodsMax", starts_on as "startsOn", ends_on as "endsOn"`

const listOf = (items: readonly string[] | undefined) => (items === undefined ? null : [...items])

export const toRowValue = (value: DiscountValue) =>
  value.kind === 'percentage'
    ? { rateBp: value.rateBp, fixedMinor: null, currency: null }
    : { rateBp: null, fixedMinor: value.amount.amountMinor, currency: value.amount.currency }

export const fromRowValue = ({ rateBp, fixedMinor, currency }: ValueRow): DiscountValue =>
  fixedMinor !== null && currency !== null
    ? { kind: 'fixed', amount: money(fixedMinor, currency) }
    : { kind: 'percentage', rateBp: rateBp ?? 0 }

const fromRowDiscount = <Noun>({ rateBp, fixedMinor, currency, ...row }: ValueRow & Record<string, unknown>): Noun => ({
  ...fromRow<Noun>(row),
  value: fromRowValue({ rateBp, fixedMinor, currency }),
})
