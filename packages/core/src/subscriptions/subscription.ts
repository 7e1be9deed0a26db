import { dayCadence } from '../catalog/pass.ts'
import type { Price } from '../catalog/price.ts'
import type { Discounting } from '../discounts/discount.ts'
import type { SubscriberId, SubscriptionId } from '../ids.ts'
import { invariant } from '../outcome.ts'
import type { CivilDate } from '../time/calendar.ts'
import type { Instant } from '../time/instant.ts'
import type { BillingAnchor } from '../time/period.ts'

export type SubscriptionStatus = 'active' | 'cancelled'

/** What a subscriber agreed to buy. */
export type Subscription = {
  readonly id: SubscriptionId
  readonly subscriberId: SubscriberId
  /** The first day of service. */
  readonly startsOn: CivilDate
  readonly status: SubscriptionStatus
  /** The first day without service; set when the status is `cancelled`, and it may lie ahead. */
  readonly cancelledOn?: CivilDate
  /** Instead of the price's. */
  readonly graceDays?: number
  /** In order and without a gap, from those that hold on `billedUntil` on. */
  readonly terms: readonly Terms[]
  /** How many terms were agreed so far, with those that were taken back before they began. */
  readonly termsAgreed: number
  /** In order, from the one that holds on `billedUntil` on; none overlaps another. */
  readonly pauses: readonly Pause[]
  /** What lowers its price; absent, nothing does. */
  readonly discounting?: Discounting
  /** The first day that was not decided yet: charged, given away or skipped. */
  readonly billedUntil: CivilDate
  /** When the last pass that it bought is over; absent where it never bought any. */
  readonly passUntil?: Instant
}

/** Under which price and periods a subscription stands for a while. Never changed, but for the day on which they end. */
export type Terms = {
  /** From 1, in the order in which they were agreed. */
  readonly number: number
  readonly price: Price
  /** The day from which the periods are counted. */
  readonly origin: CivilDate
  /** 1–31, kept for ever. */
  readonly anchorDay: number
  readonly from: CivilDate
  /** The first day that is no longer under them; absent while nothing follows. */
  readonly until?: CivilDate
  /** How many periods of this plan came before the origin: phases go on counting. */
  readonly periodsBefore: number
}

/** Days that are not charged, since the line is off by request. */
export type Pause = {
  readonly from: CivilDate
  /** The first day with service again; absent while nobody knows. */
  readonly until?: CivilDate
}

export const billingAnchorOf = ({ origin, anchorDay, price }: Terms): BillingAnchor => ({
  startsOn: origin,
  anchorDay,
  cadence: dayCadence(price.cadence),
})

/** Under which terms the days from one on stand instead: what was agreed for them before holds on none of them. */
export function withTerms(subscription: Subscription, added: readonly Terms[]): Subscription {
  const [first] = added
  if (first === undefined) return subscription
  const until = added.at(-1)?.until
  const before = subscription.terms.filter(({ from }) => from < first.from).map((terms) => endingBy(terms, first.from))
  const after = until === undefined ? [] : subscription.terms.filter(({ from }) => from >= until)
  return { ...subscription, terms: [...before, ...added, ...after], termsAgreed: subscription.termsAgreed + added.length }
}

const endingBy = (terms: Terms, day: CivilDate): Terms =>
  terms.until === undefined || terms.until > day ? { ...terms, until: day } : terms

/** The terms that hold on a day; before the first the first, since a price is agreed before it begins. Those without a day never do. */
export function termsOn({ terms }: Pick<Subscription, 'terms'>, day: CivilDate): Terms {
  const [first] = terms
  invariant(first !== undefined, 'a subscription has terms')
  return terms.reduce((held, one) => (one.from <= day && one.from !== one.until ? one : held), first)
}

export const pauseOn = ({ pauses }: Pick<Subscription, 'pauses'>, day: CivilDate): Pause | undefined =>
  pauses.find(({ from, until }) => from <= day && (until === undefined || day < until))

/** With the days up to that one decided, none of them charged. Nothing was charged ever when the cursor stands on the first day: then service begins there, with what is charged once. */
export const goingOnFrom = (subscription: Subscription, day: CivilDate): Subscription => ({
  ...subscription,
  startsOn: subscription.billedUntil === subscription.startsOn ? day : subscription.startsOn,
  billedUntil: day,
})
