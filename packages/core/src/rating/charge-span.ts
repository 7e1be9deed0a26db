import type { Price, PriceExtra } from '../catalog/price.ts'
import { applyDiscounts } from '../discounts/apply-discounts.ts'
import type { Discounting } from '../discounts/discount.ts'
import { type LineDescription, written } from '../invoicing/line-description.ts'
import { type Money, toDecimal, zero } from '../money/money.ts'
import { invariant } from '../outcome.ts'
import { remembered } from '../remembered.ts'
import type { Subscription } from '../subscriptions/subscription.ts'
import { addDays } from '../time/calendar.ts'
import { daysIn, type Period } from '../time/period.ts'
import type { Charge } from './charge.ts'
import { type Span, spanDays } from './next-span.ts'
import { prorate, prorationWorking } from './prorate.ts'

/** What a span of a subscription costs: its price, the parts of its bundle, and what is charged once with its first day. */
export function chargeSpan(subscription: Subscription, span: Span): readonly Charge[] {
  const { id: subscriptionId, discounting } = subscription
  // The first day may be paused: what counts is that nothing was decided yet.
  const isFirst = subscription.billedUntil === subscription.startsOn
  const cost = discounting === undefined ? listCost(span.terms.price, span, isFirst) : costOf(span, isFirst, discounting)
  return cost.map((charge) => ({ subscriptionId, ...charge }))
}

type Cost = Omit<Charge, 'subscriptionId'>

/** Without discounts, a span costs each subscription of its price the same. */
const listCost = remembered(
  ({ terms, period, whole, index, isStub }: Span, isFirst: boolean) =>
    `${terms.number} ${period.start} ${period.end} ${whole.start} ${whole.end} ${index} ${isStub} ${isFirst}`,
  (_price: Price, span: Span, isFirst: boolean) => costOf(span, isFirst),
)

function costOf(span: Span, isFirst: boolean, discounting?: Discounting): readonly Cost[] {
  invariant(daysIn(span.period) > 0, 'a charged period has at least one day')
  const { price } = span.terms
  const phase = phaseAt(price, span.index)
  const base = discountedCharge(discounting, span, {
    component: 'base',
    description: phase === undefined ? { kind: 'plan' } : { kind: 'plan', phase: phase.title },
    category: price.category,
    taxClass: price.taxClass,
    amount: phase?.amount ?? price.amount,
  })
  const recurring = price.extras.filter(({ kind }) => kind === 'recurring')
  const oneTime = isFirst ? price.extras.filter(({ kind }) => kind === 'one_time') : []
  return [
    base,
    ...recurring.map((extra) => chargeOf(span, toPart(extra, { kind: 'extra', title: extra.title }))),
    ...oneTime.map((extra) => once(span, toPart(extra, written(extra.title)))),
  ].filter(({ amount }) => amount.amountMinor !== 0n)
}

type Part = Pick<Charge, 'component' | 'description' | 'category' | 'taxClass' | 'amount'>

const toPart = ({ key, category, taxClass, amount }: PriceExtra, description: LineDescription): Part => ({
  component: key,
  description,
  category,
  taxClass,
  amount,
})

function phaseAt({ phases }: Price, index: number): Price['phases'][number] | undefined {
  let end = 0
  return phases.find(({ periods }) => {
    end += periods
    return index < end
  })
}

function chargeOf(span: Span, { amount: rate, ...part }: Part): Cost {
  const { period, whole } = span
  const [amount, arithmetic] = shareOf(span, rate)
  return { ...named(span, period), ...part, amount, rate, whole, arithmetic }
}

/** Discounts lower the price of the plan, before it is divided by days; the parts of a bundle and what is charged once they leave alone. */
function discountedCharge(discounting: Discounting | undefined, span: Span, { amount: listPrice, ...part }: Part): Cost {
  if (discounting === undefined) return chargeOf(span, { ...part, amount: listPrice })
  const { discounts, ...facts } = discounting
  const context = { ...facts, day: span.period.start, planId: span.terms.price.planId }
  const { amount, applied } = applyDiscounts(listPrice, discounts, context)
  const charge = chargeOf(span, { ...part, amount })
  if (applied.length === 0) return charge
  const taken = [toDecimal(listPrice), ...applied.map((one) => `${one.code} ${toDecimal(one.amount)}`)].join(' − ')
  const isWhole = charge.arithmetic === toDecimal(amount)
  return { ...charge, discounts: applied, arithmetic: isWhole ? taken : `${taken} = ${toDecimal(amount)}; ${charge.arithmetic}` }
}

/** A first period that is cut short costs what the policy of its price says. */
function shareOf({ period, whole, isStub, terms }: Span, rate: Money): readonly [Money, string] {
  const rule = isStub ? terms.price.policy.firstPeriod : 'prorated'
  if (rule === 'free') return [zero(rate.currency), '0.00']
  const part = rule === 'full' ? { start: whole.start, end: period.end } : period
  return [prorate(rate, part, whole), prorationWorking(rate, part, whole)]
}

function once(span: Span, { amount, ...part }: Part): Cost {
  const day = { start: span.period.start, end: addDays(span.period.start, 1) }
  const working = prorationWorking(amount, day, day)
  return { ...named(span, day), ...part, amount, rate: amount, whole: day, arithmetic: working }
}

const named = (span: Span, period: Period) => ({
  pricing: span.terms.price.pricing,
  period,
  dueOn: spanDays(span, 0).dueOn,
  priceId: span.terms.price.id,
  priceVersion: span.terms.price.version,
  terms: span.terms.number,
})
