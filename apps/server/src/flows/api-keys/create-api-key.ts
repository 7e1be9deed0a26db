import { type ApiKeyId, asId, type OrganisationId } from '@nyuzi/core'
import { Forbidden } from '../errors.ts'
import type { Deps, MintApiKey } from '../ports.ts'
import type { Permission } from './ports.ts'

export type CreateApiKey = {
  readonly name: string
  readonly permissions: readonly Permission[]
  /** What the maker of the key may do himself. */
  readonly ownPermissions: readonly Permission[]
  readonly actor: string
}

/** Nobody grants above himself. The text of the key leaves once, here. */
export async function createApiKey(
  deps: Pick<Deps, 'store' | 'clock' | 'ids'> & { readonly mintApiKey: MintApiKey },
  organisationId: OrganisationId,
  { name, permissions, ownPermissions, actor }: CreateApiKey,
): Promise<{ readonly apiKeyId: ApiKeyId; readonly apiKey: string }> {
  const above = permissions.filter((permission) => !ownPermissions.includes(permission))
  if (above.length > 0) throw new Forbidden('grants_above_own', `Your key may not grant what it does not have: ${above.join(', ')}.`)
  const id = asId('apiKey', deps.ids.next())
  const key = deps.mintApiKey()
  const now = deps.clock.now()
  await deps.store.inOrganisation(organisationId, async (tx) => {
    await tx.apiKeys.add({ id, name, prefix: key.prefix, keySha256: key.sha256, permissions: [...new Set(permissions)], createdAt: now })
    await tx.audit.write({ actor, action: 'api_key.create', subjectNoun: 'api_key', subjectId: id, detail: { name, permissions }, at: now })
  })
  return { apiKeyId: id, apiKey: key.text }
}
