import { type ChargeId, civilDateAt, type OrganisationId } from '@nyuzi/core'
import { Conflict, NotFound } from '../errors.ts'
import type { Deps } from '../ports.ts'

/** Takes back a charge that is on no invoice yet. One that is invoiced is credited instead. */
export async function withdrawCharge(
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
  organisationId: OrganisationId,
  id: ChargeId,
  { reason, actor }: { readonly reason: string; readonly actor: string },
): Promise<void> {
  const now = clock.now()
  await store.inOrganisation(organisationId, async (tx) => {
    const subscriberId = await tx.charges.subscriberOf(id)
    if (subscriberId === undefined) throw new NotFound('charge')
    // A run that charges this subscriber holds the same lock.
    await tx.billing.lockSubscribers([subscriberId])
    const { timeZone } = await tx.organisation.read()
    if (!(await tx.charges.withdraw(id, { on: civilDateAt(now, timeZone), reason })))
      throw new Conflict('charge_not_waiting', 'The charge is withdrawn already, or on an invoice: then credit its line.')
    await tx.audit.write({
      actor,
      action: 'charge.withdraw',
      subjectNoun: 'charge',
      subjectId: id,
      detail: { subscriberId, reason },
      at: now,
    })
  })
}
