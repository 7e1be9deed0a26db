import { type CivilDate, defaultCutOffPolicy, nextCutOffDay, type OrganisationId } from '@nyuzi/core'
import type { Deps } from '../ports.ts'
import { tellSuspended } from './tell-suspended.ts'
import { wantAccess } from './want-access.ts'

const chunkMax = 500

/**
 * Cuts off the lines of approved batches that still owe, a chunk a transaction, and leaves the others alone. Each line is
 * decided on by what holds when its turn comes. Run by the approval and, for what a stopped server or a protected day left, by
 * the daily cycle.
 */
export async function cutOffApproved(deps: Deps, organisationId: OrganisationId, today: CivilDate): Promise<number> {
  let cutOff = 0
  for (;;) {
    const done = await deps.store.inOrganisation(organisationId, async (tx) => {
      const approved = await tx.cutOffs.approvedMembers(chunkMax)
      if (!approved) return undefined
      const now = deps.clock.now()
      const organisation = await tx.organisation.read()
      if (nextCutOffDay(today, organisation.policy.cutOff ?? defaultCutOffPolicy) !== today) return undefined
      await tx.billing.lockSubscribers([...new Set(approved.members.map(({ subscriberId }) => subscriberId))])
      const serviceIds = approved.members.map(({ serviceId }) => serviceId)
      const moves = await wantAccess(tx, organisation, now, { serviceIds, today, cutOffApproved: true })
      const told = await tellSuspended(tx, deps.ids, today, now, moves)
      await tx.cutOffs.settle(approved.batchId)
      return told
    })
    if (done === undefined) break
    cutOff += done
  }
  if (cutOff > 0) {
    deps.wake('access', organisationId)
    deps.wake('messages', organisationId)
  }
  return cutOff
}
