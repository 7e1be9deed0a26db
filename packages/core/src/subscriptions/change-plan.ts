import { isPass } from '../catalog/pass.ts'
import type { Price } from '../catalog/price.ts'
import { addDays, type CivilDate } from '../time/calendar.ts'
import { type Cadence, periodContaining } from '../time/period.ts'
import type { Course } from './course.ts'
import { billingAnchorOf, type Subscription, type Terms, termsOn } from './subscription.ts'

export const planChangeTimes = ['now_prorated', 'now_restarted', 'at_period_end'] as const
/** `now_prorated` keeps the billing day, `now_restarted` begins a period on the day, `at_period_end` waits for the end of what is charged. */
export type PlanChangeTime = (typeof planChangeTimes)[number]

/**
 * The course of a subscription under another price from a day on. Days that were charged are given back and charged
 * anew, so the same change back on the same day undoes it to the cent. It is the terms of the day before that go on:
 * what was changed and changed again on one day served no day.
 */
export function changePlan(
  subscription: Subscription,
  price: Price,
  when: PlanChangeTime,
  day: CivilDate,
  /** A debt kept the line off since the cursor: those days are not charged. */
  { unserved = false } = {},
): Course {
  // A pass that is valid is given back to nobody: it has no period that goes on, and from the day on it counts no more.
  if (isPass(termsOn(subscription, day).price) && !isPass(price))
    return { terms: [termsUnder(subscription, price, day, when === 'now_restarted')], billedUntil: day }
  if (when === 'at_period_end') {
    const from = endOfCharged(subscription, day)
    return { terms: [termsUnder(subscription, price, from)], billedUntil: subscription.billedUntil }
  }
  const terms = termsUnder(subscription, price, day, when === 'now_restarted')
  const { billedUntil } = subscription
  if (billedUntil >= day) return { terms: [terms], billedUntil: day, released: { from: day } }
  // Days without service are not owed; the cursor says so where the new price would charge them.
  const isPrepaid = price.billing === 'prepaid'
  const wasPrepaid = termsOn(subscription, billedUntil).price.billing === 'prepaid'
  const skips = wasPrepaid ? !isPrepaid || isPass(price) : unserved && (isPrepaid || price.policy.suspension === 'bill')
  return { terms: [terms], billedUntil: skips ? day : billedUntil }
}

/** The course of a subscription whose next terms are taken back before they begin; undefined when none are to come. */
export function withdrawChange(subscription: Subscription, day: CivilDate): Course | undefined {
  const first = subscription.billedUntil > day ? subscription.billedUntil : addDays(day, 1)
  const next = subscription.terms.find((terms) => terms.from >= first && !continues(terms, termsOn(subscription, addDays(terms.from, -1))))
  if (next === undefined) return undefined
  const { until: _, ...held } = termsOn(subscription, addDays(next.from, -1))
  return { terms: [{ ...held, number: subscription.termsAgreed + 1, from: next.from }], billedUntil: subscription.billedUntil }
}

/** The first day after what is charged; of what is charged when it is over, the end of the period; of what ran out, the day itself. */
export function endOfCharged(subscription: Subscription, day: CivilDate): CivilDate {
  const { billedUntil, startsOn } = subscription
  if (billedUntil > day) return billedUntil
  const on = day > startsOn ? day : startsOn
  const held = termsOn(subscription, on)
  if (held.price.billing === 'prepaid') return on
  return periodContaining(billingAnchorOf(held), on)?.period.end ?? on
}

/**
 * Another price in the place of the one that holds: periods go on as they were where both have the same cadence, and begin
 * on the day otherwise. Phases go on counting: an introductory price is for who is new.
 */
export function termsUnder(subscription: Subscription, price: Price, from: CivilDate, restart = false): Terms {
  const isFirstDay = from <= subscription.startsOn
  const { until: _, ...held } = termsOn(subscription, isFirstDay ? from : addDays(from, -1))
  const next = { ...held, number: subscription.termsAgreed + 1, price, from }
  if (!restart && sameCadence(held.price.cadence, price.cadence)) return next
  if (isFirstDay) return restart ? { ...next, anchorDay: Number(from.slice(8)) } : next
  const found = periodContaining(billingAnchorOf(held), from)
  const begun = found === undefined ? 0 : found.index + (found.period.start < from ? 1 : 0)
  return { ...next, origin: from, anchorDay: Number(from.slice(8)), periodsBefore: held.periodsBefore + begun }
}

const continues = (terms: Terms, held: Terms): boolean =>
  terms.price.id === held.price.id && terms.origin === held.origin && terms.anchorDay === held.anchorDay

export const sameCadence = (left: Cadence, right: Cadence): boolean => left.unit === right.unit && left.count === right.count
