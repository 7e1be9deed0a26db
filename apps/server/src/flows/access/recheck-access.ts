import type { CivilDate, OrganisationId } from '@nyuzi/core'
import type { Deps } from '../ports.ts'
import { tellSuspended } from '../steps/tell-suspended.ts'
import { wantAccess } from '../steps/want-access.ts'

const batchMax = 500

/** Decides anew for lines whose state may change because a day has come: grace that ended, a start, an end. */
export async function recheckAccess(
  deps: Deps,
  organisationId: OrganisationId,
  today: CivilDate,
): Promise<{ suspended: number; moved: number }> {
  let moved = 0
  let suspended = 0
  for (;;) {
    const batch = await deps.store.inOrganisation(organisationId, async (tx) => {
      const now = deps.clock.now()
      const organisation = await tx.organisation.read()
      const due = await tx.access.subscribersToRecheck(today, batchMax)
      await tx.billing.lockSubscribers(due)
      const changes = await wantAccess(tx, organisation, now, { subscriberIds: due, today })
      const suspended = await tellSuspended(tx, deps.ids, today, now, changes)
      return { due: due.length, moved: changes.length, suspended }
    })
    moved += batch.moved
    suspended += batch.suspended
    if (batch.due < batchMax) break
  }
  if (moved > 0) deps.wake('access', organisationId)
  if (suspended > 0) deps.wake('messages', organisationId)
  return { suspended, moved }
}
