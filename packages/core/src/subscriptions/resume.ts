import type { SuspensionPolicy } from '../catalog/billing-policy.ts'
import { addDays, type CivilDate } from '../time/calendar.ts'
import { daysIn, periodContaining } from '../time/period.ts'
import type { Course } from './course.ts'
import { billingAnchorOf, type Subscription, type Terms, termsOn } from './subscription.ts'

/**
 * Goes on charging from a day on, after days that a debt kept the line off. `skip` keeps the billing day: the rest of the
 * period that holds the day is charged. `extend` moves it: the days that were charged and not served follow first, then a
 * whole period begins.
 */
export function resumeOn(
  subscription: Subscription,
  day: CivilDate,
  policy: 'skip' | 'extend',
  /** The first day without service. */
  offSince: CivilDate,
): Course {
  if (policy === 'extend') return extendFrom(subscription, day, offSince)
  const billedUntil = subscription.billedUntil > day ? subscription.billedUntil : day
  return { terms: [{ ...termsOn(subscription, day), number: subscription.termsAgreed + 1, from: day }], billedUntil }
}

/** The course after a pause that ends on a day: its days stay charged, are given back, or follow. */
export function resumePaused(
  subscription: Subscription,
  pause: { readonly from: CivilDate; readonly policy: SuspensionPolicy },
  day: CivilDate,
): Course {
  const { billedUntil } = subscription
  if (day <= pause.from || pause.policy === 'bill') return { terms: [], billedUntil }
  if (pause.policy === 'extend') return extendFrom(subscription, day, pause.from)
  return { terms: [], billedUntil, released: { from: pause.from, until: day } }
}

/** Terms that were to begin among the days that follow begin after them. */
function extendFrom(subscription: Subscription, day: CivilDate, offSince: CivilDate): Course {
  const { billedUntil, termsAgreed } = subscription
  const notServed = billedUntil > offSince ? daysIn({ start: offSince, end: billedUntil }) : 0
  const origin = addDays(day, notServed)
  const held = termsOn(subscription, day)
  const next = termsOn(subscription, origin)
  const kept: readonly Terms[] =
    next.number === held.number || origin === day ? [] : [{ ...held, number: termsAgreed + 1, from: day, until: origin }]
  // The number of the first period that was not charged: phases go on from there.
  const index = periodContaining(billingAnchorOf(next), next.from > billedUntil ? next.from : billedUntil)?.index ?? 0
  const moved: Terms = {
    ...next,
    number: termsAgreed + 1 + kept.length,
    origin,
    anchorDay: Number(origin.slice(8)),
    from: origin,
    periodsBefore: next.periodsBefore + index,
  }
  return { terms: [...kept, moved], billedUntil: origin }
}
