import { civilDateAt, type Instant, type OrganisationId, passTermsOn, type SubscriptionId } from '@nyuzi/core'
import type { Deps, Transaction } from '../ports.ts'
import { issueCharges } from '../steps/issue-charges.ts'
import { openBillingTask } from '../steps/open-billing-task.ts'
import { takeBatch } from '../steps/take-batch.ts'
import { wantAccess } from '../steps/want-access.ts'

const batchMax = 500

/**
 * What happens at the instant at which a pass is over, or begins after a gap: the next one is bought where it renews by
 * itself and credit covers it, and what the line may do is decided again. Nothing is done twice: whoever comes second finds the
 * books as the first left them.
 */
export const turnPasses = (deps: Deps, organisationId: OrganisationId): Promise<number> =>
  takeBatch<SubscriptionId>(deps, {
    async take(only, claimed) {
      const { taken, moved } = await deps.store.inOrganisation(organisationId, (tx) => turn(deps, tx, only, claimed))
      if (moved > 0) deps.wake('access', organisationId)
      return taken
    },
    async park(id, reason) {
      await deps.store.inOrganisation(organisationId, (tx) => park(tx, id, reason, deps.clock.now()))
    },
  })

async function park(tx: Transaction, id: SubscriptionId, reason: string, at: Instant): Promise<void> {
  await tx.passes.park(id, reason)
  await openBillingTask(tx, id, reason, at)
}

async function turn(
  deps: Deps,
  tx: Transaction,
  only: readonly SubscriptionId[] | undefined,
  claimed: (ids: readonly SubscriptionId[]) => void,
): Promise<{ readonly taken: number; readonly moved: number }> {
  const now = deps.clock.now()
  const turning = await tx.passes.claimTurning(now, batchMax, only)
  const ids = turning.map(({ subscriptionId }) => subscriptionId)
  claimed(ids)
  if (ids.length === 0) return { taken: 0, moved: 0 }
  const organisation = await tx.organisation.read()
  const today = civilDateAt(now, organisation.timeZone)
  const due = (await tx.passes.due(ids)).filter(({ subscription }) => passTermsOn(subscription, today) !== undefined)
  const { refused } = await issueCharges(deps, tx, organisation, due, today, { at: now })
  for (const { id, reason } of refused) await park(tx, id, reason, now)
  await tx.passes.turned(ids, now)
  const subscriberIds = [...new Set(turning.map(({ subscriberId }) => subscriberId))]
  const moves = await wantAccess(tx, organisation, now, { subscriberIds })
  return { taken: ids.length, moved: moves.length }
}
