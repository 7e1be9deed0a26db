import type { ApiKeyId, Instant, OrganisationId } from '@nyuzi/core'

/**
 * What a key may do. `read` sees, `write` changes subscribers and plans, `money` records and asks for money, `admin`
 * changes installations, keys and the organisation. None contains another: a key lists what it has.
 */
export const permissions = ['read', 'write', 'money', 'admin'] as const
export type Permission = (typeof permissions)[number]

export type NewApiKey = {
  readonly id: ApiKeyId
  readonly name: string
  /** The first characters, by which people recognise a key in a list. */
  readonly prefix: string
  readonly keySha256: Uint8Array
  readonly permissions: readonly Permission[]
  readonly createdAt: Instant
}

export type ApiKeyStore = {
  add(key: NewApiKey): Promise<void>
  read(id: ApiKeyId): Promise<{ readonly permissions: readonly Permission[]; readonly revokedAt: Instant | null } | undefined>
  revoke(id: ApiKeyId, at: Instant): Promise<void>
  /** Keys in force that have the permission, locked, so that two cannot be revoked past each other. */
  lockHolders(permission: Permission): Promise<readonly ApiKeyId[]>
}

/** The only question asked before an organisation is known. */
export type KeyRing = {
  find(
    keySha256: Uint8Array,
  ): Promise<
    { readonly organisationId: OrganisationId; readonly apiKeyId: ApiKeyId; readonly permissions: readonly Permission[] } | undefined
  >
}
