import type { Price, PriceExtra } from '../catalog/price.ts'
import { applyDiscounts } from '../discounts/apply-discounts.ts'
import type { SubscriptionId } from '../ids.ts'
import { type LineDescription, written } from '../invoicing/line-description.ts'
import { type Money, toDecimal, zero } from '../money/money.ts'
import { invariant } from '../outcome.ts'
import type { Subscription } from '../subscriptions/subscription.ts'
import { addDays } from '../time/calendar.ts'
import { daysIn, type Period } from '../time/period.ts'
import type { Charge } from './charge.ts'
import { type Span, spanDays } from './next-span.ts'
import { prorate, prorationWorking } from './prorate.ts'

/** What a span of a subscription costs: its price, the parts of its bundle, and what is charged once with its first day. */
export function chargeSpan(subscription: Subscription, span: Span): readonly Charge[] {
  invariant(daysIn(span.period) > 0, 'a charged period has at least one day')
  const { price } = span.terms
  const phase = phaseAt(price, span.index)
  const base = discountedCharge(subscription, span, {
    component: 'base',
    description: phase === undefined ? { kind: 'plan' } : { kind: 'plan', phase: phase.title },
    category: price.category,
    taxClass: price.taxClass,
    amount: phase?.amount ?? price.amount,
  })
  const recurring = price.extras.filter(({ kind }) => kind === 'recurring')
  // The first day may be paused: what counts is that nothing was decided yet.
  const oneTime = subscription.billedUntil === subscription.startsOn ? price.extras.filter(({ kind }) => kind === 'one_time') : []
  return [
    base,
    ...recurring.map((extra) => chargeOf(subscription.id, span, toPart(extra, { kind: 'extra', title: extra.title }))),
    ...oneTime.map((extra) => once(subscription.id, span, toPart(extra, written(extra.title)))),
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

function chargeOf(subscriptionId: SubscriptionId, span: Span, { amount: rate, ...part }: Part): Charge {
  const { period, whole } = span
  const [amount, arithmetic] = shareOf(span, rate)
  return { ...named(subscriptionId, span, period), ...part, amount, rate, whole, arithmetic }
}

/** Discounts lower the price of the plan, before it is divided by days; the parts of a bundle and what is charged once they leave alone. */
function discountedCharge({ id, discounting }: Subscription, span: Span, { amount: listPrice, ...part }: Part): Charge {
  if (discounting === undefined) return chargeOf(id, span, { ...part, amount: listPrice })
  const { discounts, ...facts } = discounting
  const context = { ...facts, day: span.period.start, planId: span.terms.price.planId }
  const { amount, applied } = applyDiscounts(listPrice, discounts, context)
  const charge = chargeOf(id, span, { ...part, amount })
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

function once(subscriptionId: SubscriptionId, span: Span, { amount, ...part }: Part): Charge {
  const day = { start: span.period.start, end: addDays(span.period.start, 1) }
  const working = prorationWorking(amount, day, day)
  return { ...named(subscriptionId, span, day), ...part, amount, rate: amount, whole: day, arithmetic: working }
}

const named = (subscriptionId: SubscriptionId, span: Span, period: Period) => ({
  subscriptionId,
  pricing: span.terms.price.pricing,
  period,
  dueOn: spanDays(span, 0).dueOn,
  priceId: span.terms.price.id,
  priceVersion: span.terms.price.version,
  terms: span.terms.number,
})
