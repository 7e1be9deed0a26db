import type { OrganisationId, SubscriberId } from '@nyuzi/core'
import { Conflict, NotFound } from '../errors.ts'
import type { Deps } from '../ports.ts'
import { phoneOf } from './create-subscriber.ts'
import type { SubscriberChanges } from './ports.ts'

export type ChangeSubscriber = Omit<SubscriberChanges, 'phone'> & {
  /** As typed; null forgets it. */
  readonly phone?: string | null
  readonly actor: string
}

export async function changeSubscriber(
  deps: Pick<Deps, 'store' | 'clock'>,
  organisationId: OrganisationId,
  id: SubscriberId,
  input: ChangeSubscriber,
): Promise<void> {
  const { actor, phone, ...changes } = input
  await deps.store.inOrganisation(organisationId, async (tx) => {
    const { country } = await tx.organisation.read()
    const read = phone === undefined || phone === null ? phone : phoneOf(phone, country)
    if (!(await tx.subscribers.lock(id))) throw new NotFound('subscriber')
    if (changes.branchId !== undefined && !(await tx.branches.has(changes.branchId))) throw new NotFound('branch', 'branch')
    if (changes.status === 'closed' && (await tx.subscribers.hasActiveSubscription(id))) {
      throw new Conflict('subscriber_has_subscriptions', 'Cancel the subscriptions first.')
    }
    await tx.subscribers.change(id, { ...changes, ...(read === undefined ? {} : { phone: read }) })
    // Which fields, not what stood in them: an audit is kept longer than a person's number may be.
    const fields = [...Object.keys(changes), ...(phone === undefined ? [] : ['phone'])]
    await tx.audit.write({
      actor,
      action: 'subscriber.change',
      subjectNoun: 'subscriber',
      subjectId: id,
      detail: { fields },
      at: deps.clock.now(),
    })
  })
}
