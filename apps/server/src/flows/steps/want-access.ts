import {
  type AccessProfile,
  type CivilDate,
  civilDateAt,
  decideAccess,
  type Instant,
  isCutOff,
  type PaymentId,
  type ServiceId,
  type SubscriberId,
} from '@nyuzi/core'
import type { ServiceStanding, WantedChange } from '../access/ports.ts'
import type { Organisation, Transaction } from '../ports.ts'
import { accessInput } from './access-input.ts'
import { resumeUnserved } from './resume-awaiting.ts'

export type AccessCause = { readonly paymentIds: ReadonlyMap<SubscriberId, { paymentId: PaymentId; receivedAt: Instant }> }

export type WantAccessQuery = ({ readonly subscriberIds: readonly SubscriberId[] } | { readonly serviceIds: readonly ServiceId[] }) & {
  readonly cause?: AccessCause
  /** A day ahead, of a rehearsal; what lies before the organisation's civil day at `now` is that day. */
  readonly today?: CivilDate
  /** These lines may be cut off for debt: a person said so. */
  readonly cutOffApproved?: boolean
}

/**
 * The step that every flow ends with which moved a debt: what may each line do now? Writes the wanted states that
 * differ from the recorded ones, inside the caller's transaction. Returns the moves, so that the caller can wake the
 * lanes after its commit and tell subscribers what it did.
 */
export async function wantAccess(
  tx: Transaction,
  organisation: Organisation,
  now: Instant,
  query: WantAccessQuery,
): Promise<readonly WantedChange[]> {
  if ('serviceIds' in query && query.serviceIds.length === 0) return []
  const today = accessDay(organisation, now, query.today)
  const standings = await tx.access.standings({ ...query, today, now })
  const changes = standings.flatMap((standing) => changeOf(standing, today, organisation, query))
  if (changes.length === 0) return []
  // Before it is written that they are on: since when they were off tells what they are charged.
  await resumeUnserved(tx, organisation, now, today, restoredOf(standings, changes, organisation, today))
  await tx.access.want(changes, now)
  return changes.filter((change) => change.moved)
}

/** A run of a day that is past settles that day; what a line may do now is no matter of it. */
export function accessDay({ timeZone }: Organisation, now: Instant, day?: CivilDate): CivilDate {
  const real = civilDateAt(now, timeZone)
  return day !== undefined && day > real ? day : real
}

/** Lines that are on again, and lines that staff holds off and their debts do not any more. */
function restoredOf(
  standings: readonly ServiceStanding[],
  changes: readonly WantedChange[],
  organisation: Organisation,
  today: CivilDate,
): readonly ServiceId[] {
  const changed = new Map(changes.map((change) => [change.serviceId, change]))
  return standings.flatMap((standing) => {
    const { serviceId, wanted } = standing
    const change = changed.get(serviceId)
    if (change === undefined || wanted?.state !== 'suspended') return []
    const isOn = change.moved && change.state === 'active'
    const isHeldOnly =
      change.reason === 'held' && wanted.overdueSince !== undefined && !isCutOff(accessInput(standing, organisation, today))
    return isOn || isHeldOnly ? [serviceId] : []
  })
}

function changeOf(
  standing: ServiceStanding,
  today: CivilDate,
  organisation: Organisation,
  { cause, cutOffApproved }: WantAccessQuery,
): WantedChange[] {
  const { wanted } = standing
  const decision = decideAccess(accessInput(standing, organisation, today, cutOffApproved))
  const overdueSince = decision.overdue ? (wanted?.overdueSince ?? today) : undefined
  const moved = !wanted || wanted.state !== decision.state || !sameProfile(wanted.profile, decision.profile)
  const sameDays = wanted?.recheckOn === decision.recheckOn && wanted?.overdueSince === overdueSince
  if (!moved && sameDays && wanted.reason === decision.reason) return []
  const paid = cause?.paymentIds.get(standing.subscriberId)
  return [
    {
      serviceId: standing.serviceId,
      subscriberId: standing.subscriberId,
      payerId: standing.payerId,
      installationId: standing.installationId,
      state: decision.state,
      reason: decision.reason,
      profile: decision.profile,
      ...(overdueSince === undefined ? {} : { overdueSince }),
      ...(decision.recheckOn === undefined ? {} : { recheckOn: decision.recheckOn }),
      moved,
      version: (wanted?.version ?? 0) + (moved ? 1 : 0),
      // Someone who paid, or was let in by staff, never waits behind those who are to be cut off.
      urgent: decision.state === 'active',
      ...(moved && paid ? { causePaymentId: paid.paymentId, causeAt: paid.receivedAt } : {}),
    },
  ]
}

const sameProfile = (left: AccessProfile, right: AccessProfile): boolean =>
  left.name === right.name && left.downloadBps === right.downloadBps && left.uploadBps === right.uploadBps
