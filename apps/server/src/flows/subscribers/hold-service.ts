import type { OrganisationId, ServiceId } from '@nyuzi/core'
import { NotFound } from '../errors.ts'
import type { Deps } from '../ports.ts'
import { wantAccess } from '../steps/want-access.ts'
import type { Hold } from './ports.ts'

export type HoldService = {
  /** `opened` keeps the line on and `held` keeps it off, over what the books say; null gives the word back to the books. */
  readonly hold: Hold | null
  readonly reason: string
  readonly actor: string
}

export async function holdService(
  deps: Pick<Deps, 'store' | 'clock' | 'wake'>,
  organisationId: OrganisationId,
  id: ServiceId,
  { hold, reason, actor }: HoldService,
): Promise<void> {
  const now = deps.clock.now()
  await deps.store.inOrganisation(organisationId, async (tx) => {
    const organisation = await tx.organisation.read()
    const service = await tx.services.read(id)
    if (!service) throw new NotFound('service')
    // A payment decides about the same line: one of the two sees what the other wrote.
    await tx.billing.lockSubscribers([service.subscriberId])
    await tx.services.setHold(id, hold)
    await tx.audit.write({ actor, action: 'service.hold', subjectNoun: 'service', subjectId: id, detail: { hold, reason }, at: now })
    await wantAccess(tx, organisation, now, { serviceIds: [id] })
  })
  deps.wake('access', organisationId)
}
