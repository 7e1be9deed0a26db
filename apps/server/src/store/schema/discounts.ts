import { sql } from 'drizzle-orm'
import { boolean, check, date, foreignKey, index, integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'
import { invoiceLines } from './billing.ts'
import { id, instant, minor, organisationId } from './columns.ts'

/** What a discount takes off: a rate, or an amount in a currency. Terms are never changed. */
const value = () => ({
  rateBp: integer('rate_bp'),
  fixedMinor: minor('fixed_minor'),
  currency: text('currency'),
})
const valueGiven = sql`(rate_bp between 1 and 10000) is true and fixed_minor is null and currency is null
  or rate_bp is null and (fixed_minor > 0) is true and currency is not null`

export const promotions = pgTable(
  'promotions',
  {
    organisationId: organisationId(),
    id: id(),
    code: text('code').notNull(),
    title: text('title').notNull(),
    ...value(),
    exclusive: boolean('exclusive').notNull(),
    planIds: uuid('plan_ids').array().notNull(),
    /** Given, it is for whoever begins within its days. */
    periodsMax: integer('periods_max'),
    startsOn: date('starts_on').notNull(),
    /** The first day on which it no longer holds. */
    endsOn: date('ends_on'),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    unique().on(t.organisationId, t.code),
    check('promotions_value', valueGiven),
    check('promotions_days', sql`${t.endsOn} >= ${t.startsOn}`),
    check('promotions_periods', sql`${t.periodsMax} > 0`),
  ],
)

export const coupons = pgTable(
  'coupons',
  {
    organisationId: organisationId(),
    id: id(),
    code: text('code').notNull(),
    title: text('title').notNull(),
    ...value(),
    exclusive: boolean('exclusive').notNull(),
    /** How many periods of a subscription it lowers. */
    periodsMax: integer('periods_max'),
    redemptionsMax: integer('redemptions_max'),
    redemptionsPerSubscriberMax: integer('redemptions_per_subscriber_max'),
    validFrom: date('valid_from'),
    validUntil: date('valid_until'),
    planIds: uuid('plan_ids').array(),
    segments: text('segments').array(),
    newSubscribersOnly: boolean('new_subscribers_only').notNull(),
    /** Counted under the lock of this row. */
    redemptions: integer('redemptions').notNull().default(0),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    unique().on(t.organisationId, t.code),
    check('coupons_value', valueGiven),
    check('coupons_periods', sql`${t.periodsMax} > 0`),
    check('coupons_redemptions', sql`${t.redemptions} between 0 and coalesce(${t.redemptionsMax}, ${t.redemptions})`),
  ],
)

/** A discount that one subscription has: a coupon that was redeemed, or a reward for a referral. */
export const subscriptionDiscounts = pgTable(
  'subscription_discounts',
  {
    organisationId: organisationId(),
    id: id(),
    subscriberId: uuid('subscriber_id').notNull(),
    subscriptionId: uuid('subscription_id').notNull(),
    /** `coupon` or `referral`, and which. */
    source: text('source').notNull(),
    sourceId: uuid('source_id').notNull(),
    code: text('code').notNull(),
    title: text('title').notNull(),
    ...value(),
    exclusive: boolean('exclusive').notNull(),
    planIds: uuid('plan_ids').array(),
    fromDay: date('from_day').notNull(),
    untilDay: date('until_day'),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    unique().on(t.organisationId, t.subscriptionId, t.source, t.sourceId),
    index('subscription_discounts_source').on(t.organisationId, t.sourceId, t.subscriberId),
    check('subscription_discounts_value', valueGiven),
  ],
)

/** One subscriber brought another. Both are rewarded once, when the one that was brought has paid its first invoice. */
export const referrals = pgTable(
  'referrals',
  {
    organisationId: organisationId(),
    id: id(),
    referrerId: uuid('referrer_id').notNull(),
    referredId: uuid('referred_id').notNull(),
    createdAt: instant('created_at').notNull(),
    rewardedAt: instant('rewarded_at'),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    unique().on(t.organisationId, t.referredId),
    index('referrals_referrer').on(t.organisationId, t.referrerId),
    index('referrals_waiting').on(t.organisationId, t.id).where(sql`${t.rewardedAt} is null`),
    check('referrals_two', sql`${t.referrerId} <> ${t.referredId}`),
  ],
)

/** The discounts of a line, as they were taken off the price of its whole period. */
export const invoiceLineDiscounts = pgTable(
  'invoice_line_discounts',
  {
    organisationId: organisationId(),
    invoiceId: uuid('invoice_id').notNull(),
    linePosition: integer('line_position').notNull(),
    /** From 1, in the order in which they were taken off. */
    position: integer('position').notNull(),
    source: text('source').notNull(),
    /** The promotion, or the discount of the subscription; absent for what the policy gives: volume and loyalty. */
    sourceId: uuid('source_id'),
    code: text('code').notNull(),
    title: text('title').notNull(),
    ...value(),
    /** What was left of the price before it. */
    baseMinor: minor('base_minor').notNull(),
    amountMinor: minor('amount_minor').notNull(),
    /** `2500.00 × 10 ÷ 100` */
    working: text('working').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.invoiceId, t.linePosition, t.position] }),
    foreignKey({
      name: 'invoice_line_discounts_line',
      columns: [t.organisationId, t.invoiceId, t.linePosition],
      foreignColumns: [invoiceLines.organisationId, invoiceLines.invoiceId, invoiceLines.position],
    }),
    check('invoice_line_discounts_value', valueGiven),
    check('invoice_line_discounts_amount', sql`${t.amountMinor} between 1 and ${t.baseMinor}`),
  ],
)
