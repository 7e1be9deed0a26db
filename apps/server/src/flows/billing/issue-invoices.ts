import type { CivilDate, Instant, OrganisationId, SubscriberId } from '@nyuzi/core'
import type { Deps, Transaction } from '../ports.ts'
import { chargeUsageDue } from '../steps/charge-usage.ts'
import { issueCharges } from '../steps/issue-charges.ts'
import { openBillingTask } from '../steps/open-billing-task.ts'
import { type BatchWork, takeBatch } from '../steps/take-batch.ts'
import { tellSuspended } from '../steps/tell-suspended.ts'
import { accessDay, wantAccess } from '../steps/want-access.ts'

const chunkMax = 1_000
/** Runs side by side: while one computes, the database writes for the other. */
const lanes = 2

export type IssuedInvoices = { readonly issued: number; readonly parked: number; readonly moved: number; readonly suspended: number }

/**
 * Issues every invoice that is owed up to a civil day, day by day: a server that was stopped for three days does
 * what it would have done on each of them, with the same dates and in the same order of numbers. A second run finds
 * nothing owed. A subscription that cannot be billed is parked with a task and stops nobody.
 */
export async function issueInvoices(deps: Deps, organisationId: OrganisationId, until: CivilDate): Promise<IssuedInvoices> {
  const total = { issued: 0, parked: 0, moved: 0, suspended: 0 }
  const chunk = (wait: boolean): BatchWork<SubscriberId> => ({
    async take(only, claimed) {
      const done = await deps.store.inOrganisation(organisationId, (tx) => issueChunk(deps, tx, { until, only, wait }, claimed))
      total.issued += done.issued
      total.parked += done.parked
      total.moved += done.moved
      total.suspended += done.suspended
      return done.taken
    },
    async park(id, reason) {
      total.parked += await deps.store.inOrganisation(organisationId, (tx) => parkDue(tx, id, until, reason, deps.clock.now()))
    },
  })
  const lane = async () => {
    while ((await takeBatch(deps, chunk(false))) > 0);
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  // Subscribers whom a payment held meanwhile were passed over: now they are waited for.
  while ((await takeBatch(deps, chunk(true))) > 0);
  if (total.moved > 0) deps.wake('access', organisationId)
  if (total.suspended > 0) deps.wake('messages', organisationId)
  return total
}

async function parkDue(tx: Transaction, id: SubscriberId, until: CivilDate, reason: string, at: Instant): Promise<number> {
  const parked = await tx.billing.parkDue(id, until, reason)
  for (const subscriptionId of parked) await openBillingTask(tx, subscriptionId, reason, at)
  return parked.length
}

type Claim = { readonly until: CivilDate; readonly only: readonly SubscriberId[] | undefined; readonly wait: boolean }

async function issueChunk(
  deps: Deps,
  tx: Transaction,
  { until, only, wait }: Claim,
  claimed: (ids: readonly SubscriberId[]) => void,
): Promise<IssuedInvoices & { readonly taken: number }> {
  const none = { taken: 0, issued: 0, parked: 0, moved: 0, suspended: 0 }
  const day = await tx.billing.nextInvoiceDay(until)
  if (!day) return none
  const subscriberIds = await tx.billing.claimSubscribers(day, chunkMax, only, wait)
  claimed(subscriberIds)
  if (subscriberIds.length === 0) return none
  const organisation = await tx.organisation.read()
  const now = deps.clock.now()
  const used = await chargeUsageDue(tx, subscriberIds, day)
  const { invoices, refused, newDebts } = await issueCharges(deps, tx, organisation, await tx.billing.due(subscriberIds, day), day, {
    used,
    payerIds: subscriberIds,
    at: now,
  })
  for (const { id, reason } of refused) {
    await tx.billing.park(id, reason)
    await openBillingTask(tx, id, reason, now)
  }
  const today = accessDay(organisation, now, until)
  const fallingDue = newDebts.filter(({ dueOn }) => dueOn >= today)
  const serviceIds = await tx.access.owe(fallingDue, subscriberIds, today)
  const moves = await wantAccess(tx, organisation, now, { serviceIds, today: until })
  const suspended = await tellSuspended(tx, deps.ids, until, now, moves)
  return { taken: subscriberIds.length, issued: invoices.length, parked: refused.length, moved: moves.length, suspended }
}
