import type { SubscriptionId } from '../ids.ts'
import type { Charge } from '../rating/charge.ts'
import type { Terms } from '../subscriptions/subscription.ts'
import type { CivilDate } from '../time/calendar.ts'
import type { Period } from '../time/period.ts'
import type { PriceUsage } from './price-usage.ts'
import { rateMoreUsage } from './rate-usage.ts'

/** What was measured in a period under one price, and how much of it was charged before. */
export type UsageDue = {
  readonly subscriptionId: SubscriptionId
  readonly terms: Terms
  readonly period: Period
  readonly usage: PriceUsage
  readonly ratedUnits: bigint
  readonly units: bigint
}

/** Nothing when all of it is included, and below nothing when more use made the whole cheaper: neither stands on an invoice. */
export function chargeUsage(due: UsageDue, today: CivilDate): Charge {
  const { terms, period, usage, ratedUnits, units } = due
  const { amount, working } = rateMoreUsage(ratedUnits, units - ratedUnits, usage.tariff)
  const { id, version, pricing } = terms.price
  return {
    subscriptionId: due.subscriptionId,
    description: {
      kind: 'usage',
      title: usage.title,
      units: String(units - ratedUnits),
      unit: usage.tariff.unit,
      ...(ratedUnits === 0n ? {} : { late: true }),
    },
    component: usage.key,
    category: usage.category,
    taxClass: usage.taxClass,
    pricing,
    amount,
    rate: amount,
    whole: period,
    period,
    dueOn: today,
    priceId: id,
    priceVersion: version,
    terms: terms.number,
    arithmetic: working.join('; '),
    usage: { unit: usage.tariff.unit, units, ratedUnits },
  }
}
