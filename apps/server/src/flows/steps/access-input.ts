import type { AccessInput, CivilDate } from '@nyuzi/core'
import type { ServiceStanding } from '../access/ports.ts'
import type { Organisation } from '../ports.ts'

/** What decides on a line on a day, with the rules of the organisation. */
export function accessInput(
  { input, currency: ofDebts, wanted }: ServiceStanding,
  { currency, policy: { cutOff, cutOffMode } }: Organisation,
  today: CivilDate,
  cutOffApproved = false,
): AccessInput {
  // What is off for its debt was approved, or was cut off before anyone had to.
  const awaitsApproval = cutOffMode === 'approved' && !cutOffApproved && wanted?.overdueSince === undefined
  // The smallest debt that counts is an amount of the organisation's currency, and says nothing of another one.
  const rules = cutOff && ofDebts !== currency ? { ...cutOff, minimumDebtMinor: 0n } : cutOff
  return { ...input, today, awaitsApproval, ...(rules && { cutOff: rules }) }
}
