import { isOver } from '../subscriptions/lifecycle.ts'
import { addDays, type CivilDate } from '../time/calendar.ts'
import type { AccessReason, AccessState } from './access-state.ts'
import type { AccessDecision, AccessInput } from './entitlement.ts'

/**
 * What a service may use on a day. A cancelled subscription closes the line whatever else holds; then staff's word
 * counts; then a debt older than its grace suspends (the grace of a prepaid plan counts too).
 */
export function decideAccess(input: AccessInput): AccessDecision {
  const now = standingOn(input, input.today)
  const recheckOn = turningDays(input).find((day) => {
    const then = standingOn(input, day)
    return then.state !== now.state || then.reason !== now.reason
  })
  return { ...now, profile: input.profile, ...(recheckOn !== undefined && { recheckOn }) }
}

type Standing = { readonly state: AccessState; readonly reason: AccessReason }

function standingOn(input: AccessInput, day: CivilDate): Standing {
  const { subscription, openInvoices, hold } = input
  if (isOver(subscription, day)) return { state: 'closed', reason: 'cancelled' }
  if (hold === 'held') return { state: 'suspended', reason: 'held' }
  if (hold === 'opened') return { state: 'active', reason: 'opened' }
  if (day < subscription.startsOn) return { state: 'suspended', reason: 'not_started' }
  const oldestDueOn = oldestDebt(openInvoices)
  if (oldestDueOn === undefined || day <= oldestDueOn) return { state: 'active', reason: 'paid' }
  if (day <= addDays(oldestDueOn, subscription.graceDays)) return { state: 'active', reason: 'in_grace' }
  return { state: 'suspended', reason: subscription.billing === 'prepaid' ? 'expired' : 'overdue' }
}

/** The days after today on which time alone may turn the answer, in order. Only the oldest debt can. */
function turningDays({ today, subscription, openInvoices }: AccessInput): readonly CivilDate[] {
  const oldestDueOn = oldestDebt(openInvoices)
  const debts = oldestDueOn === undefined ? [] : [addDays(oldestDueOn, 1), addDays(oldestDueOn, subscription.graceDays + 1)]
  const days = [subscription.startsOn, ...(subscription.cancelledOn === undefined ? [] : [subscription.cancelledOn]), ...debts]
  return days.filter((day) => day > today).sort()
}

function oldestDebt(openInvoices: AccessInput['openInvoices']): CivilDate | undefined {
  let oldest: CivilDate | undefined
  for (const { dueOn, openMinor } of openInvoices) {
    if (openMinor > 0n && (oldest === undefined || dueOn < oldest)) oldest = dueOn
  }
  return oldest
}
