import type { InstallationId, OrganisationId } from '@nyuzi/core'
import { NotFound } from '../errors.ts'
import type { Deps } from '../ports.ts'

export type SetInstallationStatus = { readonly status: 'active' | 'paused'; readonly reason?: string; readonly actor: string }

/** A paused installation is not called. What its provider reports is taken and posted all the same: that money has moved. */
export async function setInstallationStatus(
  deps: Pick<Deps, 'store' | 'clock' | 'wake'>,
  organisationId: OrganisationId,
  id: InstallationId,
  input: SetInstallationStatus,
): Promise<void> {
  const { status, reason, actor } = input
  const now = deps.clock.now()
  await deps.store.inOrganisation(organisationId, async (tx) => {
    const stored = await tx.installations.lock(id)
    if (!stored) throw new NotFound('installation')
    await tx.installations.change({ ...stored, status, statusReason: reason ?? null }, now)
    const action = status === 'paused' ? 'installation.pause' : 'installation.resume'
    await tx.audit.write({
      actor,
      action,
      subjectNoun: 'installation',
      subjectId: id,
      detail: reason === undefined ? {} : { reason },
      at: now,
    })
  })
  if (status === 'active')
    for (const kind of ['prompts', 'look_ups', 'access', 'messages', 'fiscal'] as const) deps.wake(kind, organisationId)
}
