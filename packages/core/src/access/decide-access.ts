import { isOver } from '../subscriptions/lifecycle.ts'
import type { CivilDate } from '../time/calendar.ts'
import type { AccessReason, AccessState } from './access-state.ts'
import { standingOfDebts } from './debt-standing.ts'
import type { AccessDecision, AccessInput } from './entitlement.ts'

/**
 * What a service may use on a day. A cancelled subscription closes the line whatever else holds; then staff's word
 * counts; then the debts, which suspend once their grace is over and nothing spares them (for a prepaid plan too).
 */
export function decideAccess(input: AccessInput): AccessDecision {
  const debts = standingOfDebts(input)
  const now = standingOn(input, debts.on, input.today)
  const recheckOn = turningDays(input, debts.turningDays).find((day) => {
    const then = standingOn(input, debts.on, day)
    return then.state !== now.state || then.reason !== now.reason
  })
  return { ...now, profile: input.profile, ...(recheckOn !== undefined && { recheckOn }) }
}

type Standing = { readonly state: AccessState; readonly reason: AccessReason }

function standingOn(
  { subscription, hold, awaitsApproval }: AccessInput,
  debtsOn: ReturnType<typeof standingOfDebts>['on'],
  day: CivilDate,
): Standing {
  if (isOver(subscription, day)) return { state: 'closed', reason: 'cancelled' }
  if (hold === 'held') return { state: 'suspended', reason: 'held' }
  if (hold === 'opened') return { state: 'active', reason: 'opened' }
  if (day < subscription.startsOn) return { state: 'suspended', reason: 'not_started' }
  const debts = debtsOn(day)
  if (debts !== 'cut_off') return { state: 'active', reason: debts }
  if (subscription.billing === 'prepaid') return { state: 'suspended', reason: 'expired' }
  return awaitsApproval ? { state: 'active', reason: 'awaiting_approval' } : { state: 'suspended', reason: 'overdue' }
}

/** The days after today on which time alone may turn the answer, in order. */
function turningDays({ today, subscription }: AccessInput, ofDebts: readonly CivilDate[]): readonly CivilDate[] {
  const days = [subscription.startsOn, ...(subscription.cancelledOn === undefined ? [] : [subscription.cancelledOn]), ...ofDebts]
  return days.filter((day) => day > today).sort()
}
