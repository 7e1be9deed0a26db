import { isOver } from '../subscriptions/lifecycle.ts'
import { pauseOn } from '../subscriptions/subscription.ts'
import type { CivilDate } from '../time/calendar.ts'
import type { AccessReason, AccessState } from './access-state.ts'
import { standingOfDebts } from './debt-standing.ts'
import type { AccessDecision, AccessInput } from './entitlement.ts'
import { standingOfPurchase } from './purchase-standing.ts'

/**
 * What a service may use on a day. A cancelled subscription closes the line whatever else holds; then staff's word
 * counts; then a pause; then what was bought (prepaid), or the debts, which suspend once their grace is over and nothing
 * spares them (postpaid).
 */
export function decideAccess(input: AccessInput): AccessDecision {
  const { subscription, today, profile } = input
  const books = subscription.billing === 'prepaid' ? standingOfPurchase(input) : standingOfDebts(input)
  const now = standingOn(input, books.on, today)
  const recheckOn = turningDays(input, books.turningDays).find((day) => {
    const then = standingOn(input, books.on, day)
    return day === subscription.nextTermsOn || then.state !== now.state || then.reason !== now.reason || then.overdue !== now.overdue
  })
  return { ...now, profile, ...(recheckOn !== undefined && { recheckOn }) }
}

/**
 * Whether its debts alone cut a postpaid line off: neither a pause nor staff's word counts. Days of it are charged as the
 * price's policy of suspension says.
 */
export const isCutOff = (input: AccessInput): boolean =>
  input.subscription.billing === 'postpaid' && byBooks(input, standingOfDebts(input).on, input.today).reason === 'overdue'

type Standing = { readonly state: AccessState; readonly reason: AccessReason; readonly overdue?: true }
type Books = ReturnType<typeof standingOfDebts> | ReturnType<typeof standingOfPurchase>

function standingOn(input: AccessInput, on: Books['on'], day: CivilDate): Standing {
  const { subscription, hold } = input
  if (isOver(subscription, day)) return { state: 'closed', reason: 'cancelled' }
  if (hold === 'opened') return { state: 'active', reason: 'opened' }
  const ownWish = wishedOff(subscription, day)
  const books: Standing = ownWish === undefined ? byBooks(input, on, day) : { state: 'suspended', reason: ownWish }
  const standing: Standing = hold === 'held' ? { state: 'suspended', reason: 'held' } : books
  return books.reason === 'overdue' ? { ...standing, overdue: true } : standing
}

function wishedOff(subscription: AccessInput['subscription'], day: CivilDate): 'not_started' | 'paused' | undefined {
  if (day < subscription.startsOn) return 'not_started'
  return pauseOn(subscription, day) === undefined ? undefined : 'paused'
}

function byBooks({ subscription, awaitsApproval }: AccessInput, on: Books['on'], day: CivilDate): Standing {
  const books = on(day)
  if (books !== 'cut_off') return { state: 'active', reason: books }
  if (subscription.billing === 'prepaid') return { state: 'suspended', reason: 'expired' }
  return awaitsApproval ? { state: 'active', reason: 'awaiting_approval' } : { state: 'suspended', reason: 'overdue' }
}

/** The days after today on which time alone may turn the answer, in order. */
function turningDays({ today, subscription }: AccessInput, ofBooks: readonly CivilDate[]): readonly CivilDate[] {
  const { startsOn, cancelledOn, nextTermsOn, pauses } = subscription
  const known = [startsOn, cancelledOn, nextTermsOn, ...pauses.flatMap(({ from, until }) => [from, until])]
  return [...known.filter((day) => day !== undefined), ...ofBooks].filter((day) => day > today).sort()
}
