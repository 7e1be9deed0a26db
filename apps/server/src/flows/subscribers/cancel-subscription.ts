import { type CivilDate, nextInvoiceOn, type OrganisationId, type SubscriptionId } from '@nyuzi/core'
import { Conflict, InvalidInput, NotFound } from '../errors.ts'
import type { Deps } from '../ports.ts'
import { wantAccess } from '../steps/want-access.ts'

export type CancelSubscription = {
  /** The first day without service; it may lie ahead. */
  readonly on: CivilDate
  readonly actor: string
}

/** What was charged stays charged; periods that begin before the last day are still charged, up to it. */
export async function cancelSubscription(
  deps: Pick<Deps, 'store' | 'clock' | 'wake'>,
  organisationId: OrganisationId,
  id: SubscriptionId,
  { on, actor }: CancelSubscription,
): Promise<void> {
  const now = deps.clock.now()
  await deps.store.inOrganisation(organisationId, async (tx) => {
    const organisation = await tx.organisation.read()
    const subscription = await tx.subscriptions.lock(id)
    if (!subscription) throw new NotFound('subscription')
    // A payment decides about the same lines: one of the two sees what the other wrote.
    await tx.billing.lockSubscribers([subscription.subscriberId])
    if (subscription.status === 'cancelled')
      throw new Conflict('already_cancelled', `This subscription is cancelled from ${subscription.cancelledOn} on.`)
    if (on < subscription.startsOn) {
      const fix = `Name a day on or after ${subscription.startsOn}.`
      throw new InvalidInput('invalid_input', 'A subscription cannot end before it starts.', {
        errors: [{ field: 'on', rule: 'not_before_start', fix }],
      })
    }
    const cancelled = { ...subscription, status: 'cancelled', cancelledOn: on } as const
    await tx.subscriptions.cancel(id, on, nextInvoiceOn(cancelled, organisation.policy.invoiceLeadDays))
    await tx.audit.write({ actor, action: 'subscription.cancel', subjectNoun: 'subscription', subjectId: id, detail: { on }, at: now })
    await wantAccess(tx, organisation, now, { subscriberIds: [subscription.subscriberId] })
  })
  deps.wake('access', organisationId)
}
