import { dayCadence } from '../catalog/pass.ts'
import { billingAnchorOf, type Subscription, termsOn } from '../subscriptions/subscription.ts'
import type { CivilDate } from '../time/calendar.ts'
import type { BillingAnchor } from '../time/period.ts'
import { endOfPeriods } from './promotion.ts'

/**
 * The days on which a subscription has a discount that is given to it today: from the first that is not charged yet, for
 * as many periods as it says, or for ever. An expired prepaid one counts from today, where its next period may begin.
 */
export function daysToDiscount(
  subscription: Subscription,
  today: CivilDate,
  periodsMax: number | undefined,
): { readonly from: CivilDate; readonly until?: CivilDate } {
  const { billedUntil } = subscription
  const terms = termsOn(subscription, billedUntil)
  const hasExpired = terms.price.billing === 'prepaid' && billedUntil < today
  const from = hasExpired ? today : billedUntil
  if (periodsMax === undefined) return { from }
  const anchor: BillingAnchor = hasExpired
    ? { startsOn: today, anchorDay: Number(today.slice(8)), cadence: dayCadence(terms.price.cadence) }
    : billingAnchorOf(terms)
  return { from, until: endOfPeriods(anchor, from, periodsMax) }
}
