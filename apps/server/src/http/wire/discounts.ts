import { z } from '@hono/zod-openapi'
import type { Currency, DiscountValue } from '@nyuzi/core'
import type { CouponReading, PromotionReading, SubscriptionDiscountReading } from '../../flows/discounts/ports.ts'
import { dateIn, dateOut, idIn, idOut, instantOut, line, moneyIn, moneyOut } from './primitives.ts'

const rateBp = z.number().int().min(1).max(10_000).openapi({ description: 'Basis points: 1000 is 10 %', example: 1000 })

const valueIn = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('percentage'), rateBp }),
    z.strictObject({ kind: z.literal('fixed'), amount: moneyIn }),
  ])
  .openapi({ description: 'A part of what is left of the price, or an amount off the price of a whole period' })

const valueOut = z.union([
  z.object({ kind: z.literal('percentage'), rateBp: z.number().int() }),
  z.object({ kind: z.literal('fixed'), amount: moneyOut }),
])

const code = z
  .string()
  .regex(/^[A-Z0-9][A-Z0-9-]{1,29}$/, 'Send 2 to 30 capital letters, digits and dashes.')
  .openapi({ example: 'WELCOME' })
const count = z.number().int().min(1).max(1_000_000)
const exclusive = z.boolean().default(false).openapi({ description: 'Taken alone, where that leaves less to pay' })
const plans = z.array(idIn('plan')).min(1).max(100).readonly()
const periods = z.number().int().min(1).max(1_000)

export const couponIn = z.strictObject({
  code,
  title: line(60),
  value: valueIn,
  exclusive,
  periods: periods.optional().openapi({ description: 'How many periods it lowers; default: all from then on' }),
  redemptionsMax: count.optional().openapi({ description: 'Default: no limit' }),
  redemptionsPerSubscriberMax: count.optional().openapi({ description: 'Default: once a subscription' }),
  validFrom: dateIn.optional().openapi({ description: 'Default: at once' }),
  validUntil: dateIn.optional().openapi({ description: 'The first day on which nobody redeems it; default: none' }),
  plans: plans.optional().openapi({ description: 'Only on these; default: any' }),
  segments: z.array(line(40)).min(1).max(50).readonly().optional().openapi({ description: 'Only for these; default: everyone' }),
  newSubscribersOnly: z.boolean().default(false).openapi({ description: 'Only before the first invoice' }),
})

export const promotionIn = z.strictObject({
  code,
  title: line(60),
  value: valueIn,
  exclusive,
  plans,
  periods: periods.optional().openapi({ description: 'Given, it is for whoever begins within its days, for that many periods' }),
  startsOn: dateIn.optional().openapi({ description: 'Default: today' }),
  endsOn: dateIn.optional().openapi({ description: 'The first day on which it no longer holds; default: none' }),
})

export const promotionEndIn = z.strictObject({ on: dateIn.optional().openapi({ description: 'The first day without it; default: today' }) })
export const redemptionIn = z.strictObject({ code: line(40).openapi({ description: 'As it was typed', example: 'welcome' }) })
export const referralIn = z.strictObject({
  code: line(40).openapi({ description: 'The account number of whoever brought it', example: '10017' }),
})

const common = { code: z.string(), title: z.string(), value: valueOut, exclusive: z.boolean() }

export const couponOut = z
  .object({
    id: idOut('coupon'),
    ...common,
    periods: z.number().int().nullable(),
    redemptionsMax: z.number().int().nullable(),
    redemptionsPerSubscriberMax: z.number().int().nullable(),
    validFrom: dateOut.nullable(),
    validUntil: dateOut.nullable(),
    plans: z.array(idOut('plan')).readonly().nullable(),
    segments: z.array(z.string()).readonly().nullable(),
    newSubscribersOnly: z.boolean(),
    redemptions: z.number().int().openapi({ description: 'How often it was redeemed' }),
    createdAt: instantOut,
  })
  .openapi('Coupon')

export const promotionOut = z
  .object({
    id: idOut('promotion'),
    ...common,
    plans: z.array(idOut('plan')).readonly(),
    periods: z.number().int().nullable(),
    startsOn: dateOut,
    endsOn: dateOut.nullable(),
    createdAt: instantOut,
  })
  .openapi('Promotion')

export const subscriptionDiscountOut = z
  .object({
    id: idOut('discount'),
    source: z.string().openapi({ description: '`coupon` or `referral`' }),
    ...common,
    from: dateOut.openapi({ description: 'Holds for charges whose first day is this one or later' }),
    until: dateOut.nullable(),
    createdAt: instantOut,
  })
  .openapi('SubscriptionDiscount')

export const referralOut = z
  .object({
    id: idOut('referral'),
    referrer: idOut('subscriber'),
    referred: idOut('subscriber'),
    createdAt: instantOut,
    rewardedAt: instantOut.nullable(),
  })
  .openapi('Referral')

type ValueRow = { readonly rateBp: number | null; readonly fixedMinor: bigint | null; readonly currency: Currency | null }

const toApiValue = ({ rateBp: rate, fixedMinor, currency }: ValueRow): DiscountValue =>
  fixedMinor !== null && currency !== null
    ? { kind: 'fixed', amount: { amountMinor: fixedMinor, currency } }
    : { kind: 'percentage', rateBp: rate ?? 0 }

const withValue = <Row extends ValueRow>({ rateBp: rate, fixedMinor, currency, ...row }: Row) => ({
  ...row,
  value: toApiValue({ rateBp: rate, fixedMinor, currency }),
})

export const toApiCoupon = (row: CouponReading) => {
  const { planIds, periodsMax, ...coupon } = withValue(row)
  return { ...coupon, plans: planIds, periods: periodsMax }
}
export const toApiPromotion = (row: PromotionReading) => {
  const { planIds, periodsMax, ...promotion } = withValue(row)
  return { ...promotion, plans: planIds, periods: periodsMax }
}
export const toApiSubscriptionDiscount = (row: SubscriptionDiscountReading) => withValue(row)
