import type { ApiKeyId, OrganisationId } from '@nyuzi/core'
import { Conflict, NotFound } from '../errors.ts'
import type { Deps } from '../ports.ts'

/** Takes effect with the next request. Revoking a revoked key changes nothing. */
export async function revokeApiKey(
  deps: Pick<Deps, 'store' | 'clock'>,
  organisationId: OrganisationId,
  id: ApiKeyId,
  actor: string,
): Promise<void> {
  const now = deps.clock.now()
  await deps.store.inOrganisation(organisationId, async (tx) => {
    const admins = await tx.apiKeys.lockHolders('admin')
    const key = await tx.apiKeys.read(id)
    if (!key) throw new NotFound('API key')
    if (key.revokedAt !== null) return
    // Without one, nobody could ever make another key.
    if (admins.length === 1 && admins[0] === id)
      throw new Conflict('last_admin_key', 'This is the last key that may make keys. Create another first.')
    await tx.apiKeys.revoke(id, now)
    await tx.audit.write({ actor, action: 'api_key.revoke', subjectNoun: 'api_key', subjectId: id, at: now })
  })
}
