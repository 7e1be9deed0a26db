import type { ApiKeyId, Instant, OrganisationId } from '@nyuzi/core'
import type { ApiKeyStore, KeyRing, Permission } from '../flows/api-keys/ports.ts'
import type { Database, Sql } from './transaction.ts'

export const apiKeyStore = (sql: Sql): ApiKeyStore => ({
  async add({ id, name, prefix, keySha256, permissions, createdAt }) {
    await sql`
      insert into api_keys (organisation_id, id, name, prefix, key_sha256, permissions, created_at)
      values (nyuzi_organisation(), ${id}, ${name}, ${prefix}, ${Buffer.from(keySha256)}, ${[...permissions]}::text[], ${createdAt})`
  },
  async read(id) {
    const [row] = await sql<{ permissions: Permission[]; revokedAt: Instant | null }[]>`
      select permissions, revoked_at as "revokedAt" from api_keys where id = ${id}`
    return row
  },
  async revoke(id, at) {
    await sql`update api_keys set revoked_at = ${at} where id = ${id} and revoked_at is null`
  },
  async lockHolders(permission) {
    const rows = await sql<{ id: ApiKeyId }[]>`
      select id from api_keys where revoked_at is null and ${permission} = any (permissions) order by id for update`
    return rows.map(({ id }) => id)
  },
})

/** Asks through the door that the database leaves open: it answers with ids and permissions only, and only for a key in force. */
export const keyRing = (database: Database): KeyRing => ({
  async find(keySha256) {
    const [row] = await database<{ organisationId: OrganisationId; apiKeyId: ApiKeyId; permissions: Permission[] }[]>`
      select organisation_id as "organisationId", api_key_id as "apiKeyId", permissions
      from nyuzi_organisation_of_key(${Buffer.from(keySha256)})`
    return row
  },
})
