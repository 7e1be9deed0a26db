import { isCovered } from '../catalog/pass.ts'
import { addDays, type CivilDate } from '../time/calendar.ts'
import type { AccessReason } from './access-state.ts'
import { defaultCutOffPolicy, nextCutOffDay } from './cut-off-policy.ts'
import type { AccessInput } from './entitlement.ts'

type PurchaseStanding = Extract<AccessReason, 'paid' | 'in_grace' | 'extended' | 'cut_off_waits'>

/**
 * What was bought says of a prepaid line on any day, as long as nothing else happens: it lasts, its grace runs, or it is
 * over, unless an extension or a protected day keeps it on. One that was never bought has no grace, and nothing to protect.
 * A pass ends at its instant, and nothing keeps it on.
 */
export function standingOfPurchase({ subscription, extendedUntil, cutOff = defaultCutOffPolicy }: AccessInput): {
  readonly on: (day: CivilDate) => PurchaseStanding | 'cut_off'
  /** The days on which the answer may turn, in no order. */
  readonly turningDays: readonly CivilDate[]
} {
  const { startsOn, billedUntil, graceDays, passes } = subscription
  if (passes !== undefined) {
    const standing = isCovered(passes.bought, passes.at) ? 'paid' : 'cut_off'
    return { on: () => standing, turningDays: [] }
  }
  const isBought = billedUntil > startsOn
  const overOn = isBought ? addDays(billedUntil, graceDays) : startsOn
  const unsparedOn = extendedUntil !== undefined && extendedUntil > overOn ? extendedUntil : overOn
  const wasOn = isBought || unsparedOn > overOn
  const cutOffOn = wasOn ? nextCutOffDay(unsparedOn, cutOff) : unsparedOn
  return {
    on(day) {
      if (day < billedUntil) return 'paid'
      if (day < overOn) return 'in_grace'
      if (day < unsparedOn) return 'extended'
      return day < cutOffOn ? 'cut_off_waits' : 'cut_off'
    },
    turningDays: [billedUntil, overOn, unsparedOn, cutOffOn],
  }
}
