import type { PriceId, SubscriptionId } from '../ids.ts'
import type { Money } from '../money/money.ts'
import { invariant } from '../outcome.ts'
import { isOver } from '../subscriptions/lifecycle.ts'
import { billingAnchorOf, type Subscription } from '../subscriptions/subscription.ts'
import type { Pricing, TaxClass } from '../tax/rule.ts'
import { addDays, type CivilDate } from '../time/calendar.ts'
import { formatDate } from '../time/format-date.ts'
import { daysIn, fullPeriodOf, type Period, periodNumber } from '../time/period.ts'
import { prorate, prorationWorking } from './prorate.ts'

/** A priced fact that waits for an invoice. */
export type Charge = {
  readonly subscriptionId: SubscriptionId
  readonly description: string
  /** Which revenue account it belongs to: `internet`. */
  readonly category: string
  /** As it was priced: with its taxes or without them. */
  readonly amount: Money
  readonly taxClass: TaxClass
  readonly pricing: Pricing
  readonly period: Period
  readonly priceId: PriceId
  readonly priceVersion: number
  /** How the amount came about, so that anyone can recompute it: `2500.00 × 12 ÷ 30`. */
  readonly arithmetic: string
}

export type ChargesDue = {
  readonly charges: readonly Charge[]
  /** To be stored with the charges, also when all of them were nothing and are not listed. */
  readonly periodsCharged: number
  /** More was due than one run may charge: a person should look why. */
  readonly capped: boolean
}

/** A runaway stops here: no honest subscription owes more than this in one day. */
const chargesMax = 15

/**
 * What to charge today: every period from `periodsCharged` on that begins within `leadDays`. Prepaid is charged one
 * period at a time, and only when the one before is paid. A cancelled subscription is charged up to its last day.
 * A charge of nothing (a free plan) is counted but not listed.
 */
export function chargesDue(
  subscription: Subscription,
  today: CivilDate,
  policy: { readonly leadDays: number },
  hasOpenInvoice: boolean,
): ChargesDue {
  const prepaid = subscription.price.billing === 'prepaid'
  const prepaidMax = hasOpenInvoice ? 0 : 1
  const periodsMax = prepaid ? prepaidMax : chargesMax
  const lastStart = addDays(today, policy.leadDays)
  const charges: Charge[] = []
  let index = subscription.periodsCharged
  let due = isDue(subscription, index, lastStart)
  for (let counted = 0; due && counted < periodsMax; counted += 1) {
    const charge = chargeFor(subscription, index)
    if (charge.amount.amountMinor !== 0n) charges.push(charge)
    index += 1
    due = isDue(subscription, index, lastStart)
  }
  return { charges, periodsCharged: index, capped: due && !prepaid }
}

function isDue(subscription: Subscription, index: number, lastStart: CivilDate): boolean {
  const { start } = periodNumber(billingAnchorOf(subscription), index)
  return start <= lastStart && !isOver(subscription, start)
}

function chargeFor(subscription: Subscription, index: number): Charge {
  const { id, price, status, cancelledOn } = subscription
  const anchor = billingAnchorOf(subscription)
  const period = lastDayAt(periodNumber(anchor, index), status === 'cancelled' ? cancelledOn : undefined)
  const whole = fullPeriodOf(anchor, index)
  invariant(daysIn(period) > 0, 'a charged period has at least one day')
  return {
    subscriptionId: id,
    description: `Internet, ${formatDate(period.start, 'en')} to ${formatDate(addDays(period.end, -1), 'en')}`,
    category: 'internet',
    amount: prorate(price.amount, period, whole),
    taxClass: price.taxClass,
    pricing: price.pricing,
    period,
    priceId: price.id,
    priceVersion: price.version,
    arithmetic: prorationWorking(price.amount, period, whole),
  }
}

const lastDayAt = (period: Period, cancelledOn: CivilDate | undefined): Period =>
  cancelledOn !== undefined && cancelledOn < period.end ? { start: period.start, end: cancelledOn } : period
