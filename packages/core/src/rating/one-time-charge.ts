import type { ChargeId, SubscriptionId } from '../ids.ts'
import { written } from '../invoicing/line-description.ts'
import { type Money, toDecimal } from '../money/money.ts'
import type { Pricing, TaxClass } from '../tax/rule.ts'
import { addDays, type CivilDate } from '../time/calendar.ts'
import type { Charge } from './charge.ts'

/** What a person charges once: an installation, a call-out. No price asks for it. */
export type OneTimeCharge = {
  readonly id: ChargeId
  /** What it is for, where it is for one. */
  readonly subscriptionId?: SubscriptionId
  readonly description: string
  readonly category: string
  readonly taxClass: TaxClass
  readonly pricing: Pricing
  readonly amount: Money
}

/** Charged on the day on which its invoice is due. */
export function chargeOnce({ id, amount, description, ...charge }: OneTimeCharge, day: CivilDate): Charge {
  const period = { start: day, end: addDays(day, 1) }
  return {
    ...charge,
    description: written(description),
    component: 'one-time',
    amount,
    rate: amount,
    whole: period,
    period,
    dueOn: day,
    chargeId: id,
    arithmetic: toDecimal(amount),
  }
}
