import { type Money, money, subtract, toDecimal } from '../money/money.ts'
import { divideRounded } from '../money/rounding.ts'
import { invariant } from '../outcome.ts'
import {
  type AppliedDiscount,
  type Discount,
  type DiscountContext,
  type DiscountStep,
  type DiscountValue,
  discountSources,
} from './discount.ts'
import { tenureMonths } from './tenure.ts'

export type Discounted = {
  /** What is left of the list price: never below nothing. */
  readonly amount: Money
  /** In the order in which they were taken off; their amounts and what is left are the list price. */
  readonly applied: readonly AppliedDiscount[]
}

/**
 * Takes the discounts that hold off the price of a whole period, before it is divided by days. The order is that of
 * their sources, within one source by first day, then by id; each percentage is of what is left before it and rounded
 * once. An exclusive discount is taken alone, or not at all: whatever leaves less, and the others where it is the same.
 */
export function applyDiscounts(listPrice: Money, discounts: readonly Discount[], context: DiscountContext): Discounted {
  const inForce = discounts.filter((discount) => holdsFor(discount, context)).sort(byOrder)
  const together = inForce.filter(({ exclusive }) => exclusive !== true)
  const alone = inForce.filter(({ exclusive }) => exclusive === true).map((discount) => [discount])
  return [together, ...alone]
    .map((choice) => takeOff(listPrice, choice, context))
    .reduce((least, other) => (other.amount.amountMinor < least.amount.amountMinor ? other : least))
}

const holdsFor = ({ from, until, planIds }: Discount, { day, planId }: DiscountContext): boolean =>
  (from === undefined || from <= day) && (until === undefined || day < until) && (planIds === undefined || planIds.includes(planId))

function byOrder(left: Discount, right: Discount): number {
  const bySource = discountSources.indexOf(left.source) - discountSources.indexOf(right.source)
  return bySource || compare(left.from ?? '', right.from ?? '') || compare(left.id, right.id)
}

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)

function takeOff(listPrice: Money, discounts: readonly Discount[], context: DiscountContext): Discounted {
  let left = listPrice
  const applied: AppliedDiscount[] = []
  for (const discount of discounts) {
    const value = valueFor(discount, context)
    const taken = value && amountOff(left, value)
    if (!taken || taken.amount.amountMinor === 0n) continue
    const { id, source, code, title } = discount
    applied.push({ id, source, code, title, value, base: left, ...taken })
    left = subtract(left, taken.amount)
  }
  return { amount: left, applied }
}

function valueFor(discount: Discount, { day, subscriberSince, activeSubscriptions }: DiscountContext): DiscountValue | undefined {
  if ('value' in discount) return discount.value
  const reached = discount.source === 'volume' ? activeSubscriptions : tenureMonths(subscriberSince, day)
  const step = highestStep(discount.steps, reached)
  return step && { kind: 'percentage', rateBp: step.rateBp }
}

const highestStep = (steps: readonly DiscountStep[], reached: number): DiscountStep | undefined =>
  steps
    .filter(({ from }) => from <= reached)
    .reduce<DiscountStep | undefined>((high, step) => (high && high.from > step.from ? high : step), undefined)

function amountOff(left: Money, value: DiscountValue): Pick<AppliedDiscount, 'amount' | 'working'> | undefined {
  const text = toDecimal(left)
  if (value.kind === 'percentage') {
    invariant(value.rateBp >= 0 && value.rateBp <= 10_000, `a discount is 0 to 100 %, not ${value.rateBp} basis points`)
    const amountMinor = divideRounded(left.amountMinor * BigInt(value.rateBp), 10_000n)
    return { amount: money(amountMinor, left.currency), working: `${text} × ${value.rateBp / 100} ÷ 100` }
  }
  const { amount } = value
  // A plan may change to one in another currency after the coupon was redeemed: then there is nothing it could be taken off.
  if (amount.currency !== left.currency) return undefined
  invariant(amount.amountMinor >= 0n, 'a discount is never below nothing')
  if (amount.amountMinor <= left.amountMinor) return { amount, working: toDecimal(amount) }
  return { amount: left, working: `${text}, all that is left, of ${toDecimal(amount)}` }
}
