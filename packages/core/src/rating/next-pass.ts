import { isPass, isPassUnit, type Validity, validityFrom } from '../catalog/pass.ts'
import type { ClockTime, LineDescription } from '../invoicing/line-description.ts'
import { invariant } from '../outcome.ts'
import { pauseOn, type Subscription, type Terms, termsOn } from '../subscriptions/subscription.ts'
import { addDays, type CivilDate, civilDateAt, clockTimeAt } from '../time/calendar.ts'
import type { Instant } from '../time/instant.ts'
import type { Cadence } from '../time/period.ts'
import type { Charge } from './charge.ts'
import { chargeSpan } from './charge-span.ts'

/** Why somebody asks: time went by, a plan was sold or changed, a payment came, or a person wants one more. */
export type PassOccasion = 'run' | 'sale' | 'payment' | 'request'

/** The pass that a subscription buys next. */
export type NextPass = {
  /** None where it costs nothing. */
  readonly charges: readonly Charge[]
  readonly validity: Validity
  readonly terms: Terms
  /** Whether it is bought on this occasion, if credit covers it. */
  readonly isOffered: boolean
  /** Is the line served by an earlier pass still? Then this one begins as that one ends, and nobody is asked to pay for it. */
  readonly isAhead: boolean
  /** Days before it are decided: nothing is charged for them. */
  readonly billedUntil: CivilDate
}

/** The terms by which passes are bought on a day; undefined where they sell days. What was agreed for days that nobody bought holds no more. */
export function passTermsOn(subscription: Subscription, day: CivilDate): Terms | undefined {
  const cursor = termsOn(subscription, subscription.billedUntil)
  if (isPass(cursor.price)) return cursor.from > day ? undefined : termsOn(subscription, day)
  const now = termsOn(subscription, day)
  return cursor.price.billing === 'prepaid' && isPass(now.price) ? now : undefined
}

/**
 * The next pass as it would be bought at an instant. It begins then, or as the last one that was bought ends; it is time that
 * elapses, so a change of clocks makes it neither longer nor shorter. Undefined before the start, in a pause, and once a
 * cancellation is noted.
 */
export function nextPass(
  subscription: Subscription,
  { at, zone, occasion }: { readonly at: Instant; readonly zone: string; readonly occasion: PassOccasion },
): NextPass | undefined {
  const { startsOn, status, passUntil, billedUntil } = subscription
  const today = civilDateAt(at, zone)
  const terms = passTermsOn(subscription, today)
  if (terms === undefined || status === 'cancelled' || today < startsOn || pauseOn(subscription, today) !== undefined) return undefined
  const isAhead = passUntil !== undefined && passUntil > at
  const validity = validityFrom(terms.price.cadence, isAhead ? passUntil : at)
  const day = civilDateAt(validity.from, zone)
  const period = { start: day, end: addDays(day, 1) }
  const span = { terms, period, whole: period, index: 0, isStub: false, afterPause: false }
  const description = describePass(terms.price.cadence, validity, zone)
  return {
    charges: chargeSpan(subscription, span).map((charge) => ({ ...charge, description, validity })),
    validity,
    terms,
    isOffered: isOffered(terms, isAhead, occasion),
    isAhead,
    billedUntil: terms.from > billedUntil ? terms.from : billedUntil,
  }
}

function isOffered({ price }: Terms, isAhead: boolean, occasion: PassOccasion): boolean {
  if (occasion === 'request') return true
  const isAutomatic = price.policy.passRenewal === 'automatic'
  // A payment for a pass that renews by itself waits for its end: until then it may serve another purpose.
  return isAhead ? !isAutomatic && occasion === 'payment' : isAutomatic || occasion !== 'run'
}

function describePass({ unit, count }: Cadence, { from, until }: Validity, zone: string): LineDescription {
  invariant(isPassUnit(unit), 'a pass is of minutes or hours')
  return { kind: 'pass', unit, count, from: clockTime(from, zone), until: clockTime(until, zone) }
}

const clockTime = (instant: Instant, zone: string): ClockTime => ({ on: civilDateAt(instant, zone), at: clockTimeAt(instant, zone) })
