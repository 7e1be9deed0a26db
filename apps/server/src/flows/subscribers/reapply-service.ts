import type { OrganisationId, ServiceId } from '@nyuzi/core'
import { NotFound } from '../errors.ts'
import type { Deps } from '../ports.ts'

/** Compares the line with the network again now, although nothing new is wanted. */
export async function reapplyService(
  deps: Pick<Deps, 'store' | 'clock' | 'wake'>,
  organisationId: OrganisationId,
  id: ServiceId,
  actor: string,
): Promise<void> {
  const now = deps.clock.now()
  await deps.store.inOrganisation(organisationId, async (tx) => {
    if (!(await tx.services.read(id))) throw new NotFound('service')
    await tx.access.recheckNetwork([id], now)
    await tx.audit.write({ actor, action: 'service.reapply', subjectNoun: 'service', subjectId: id, at: now })
  })
  deps.wake('access', organisationId)
}
