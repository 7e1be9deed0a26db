import { addDays, type CivilDate } from '../time/calendar.ts'
import { daysIn, periodContaining } from '../time/period.ts'
import { billingAnchorOf, nextTermsNumber, type Subscription, type Terms, termsOn } from './subscription.ts'

/** Where a subscription goes on after days that were not charged. */
export type Resumption = { readonly terms: Terms; readonly billedUntil: CivilDate }

/**
 * Goes on charging from a day on. `skip` keeps the billing day: the rest of the period that holds the day is charged.
 * `extend` moves it: the days that were charged and not served follow first, then a whole period begins.
 */
export function resumeOn(
  subscription: Subscription,
  day: CivilDate,
  policy: 'skip' | 'extend',
  /** The first day without service. */
  offSince: CivilDate,
): Resumption {
  const held = termsOn(subscription, day)
  const index = periodContaining(billingAnchorOf(held), day)?.index ?? 0
  const next = { ...held, number: nextTermsNumber(subscription), from: day }
  if (policy === 'skip') {
    const billedUntil = subscription.billedUntil > day ? subscription.billedUntil : day
    return { terms: next, billedUntil }
  }
  const { billedUntil } = subscription
  const notServed = billedUntil > offSince ? daysIn({ start: offSince, end: billedUntil }) : 0
  const origin = addDays(day, notServed)
  return {
    terms: { ...next, origin, anchorDay: Number(origin.slice(8)), from: origin, periodsBefore: held.periodsBefore + index },
    billedUntil: origin,
  }
}
