import type { Instant, OrganisationId } from '@nyuzi/core'
import { type Database, inOrganisation } from './transaction.ts'

export type SealedSecret = { readonly value: Uint8Array; readonly expiresAt: Instant }
export type SecretPlace = { readonly organisationId: OrganisationId; readonly pluginId: string; readonly name: string }

export type SharedSecretStore = {
  read(place: SecretPlace, now: Instant): Promise<SealedSecret | undefined>
  /** Runs `mint` under a lock over all servers, unless one of them wrote a secret that is still good meanwhile. */
  mint(place: SecretPlace, now: Instant, mint: () => Promise<SealedSecret>): Promise<SealedSecret>
  drop(place: SecretPlace, isOld: (value: Uint8Array) => boolean): Promise<void>
}

/**
 * Tokens that all servers share. The mint is the one provider call that runs while a transaction is open: the lock
 * has to outlive it, the transaction holds no money rows, and no flow waits for it but those that need the token.
 */
export const sharedSecretStore = (database: Database): SharedSecretStore => ({
  read: ({ organisationId, pluginId, name }, now) =>
    inOrganisation(database, organisationId, async (sql) => {
      const [row] = await sql<SealedSecret[]>`
        select value, expires_at as "expiresAt" from shared_secrets where plugin_id = ${pluginId} and name = ${name} and expires_at > ${now}`
      return row
    }),

  mint: ({ organisationId, pluginId, name }, now, mint) =>
    inOrganisation(database, organisationId, async (sql) => {
      await sql`select pg_advisory_xact_lock(hashtextextended(${`nyuzi secret ${pluginId} ${name}`}, 0))`
      const [other] = await sql<SealedSecret[]>`
        select value, expires_at as "expiresAt" from shared_secrets where plugin_id = ${pluginId} and name = ${name} and expires_at > ${now}`
      if (other) return other
      const minted = await mint()
      await sql`
        insert into shared_secrets (organisation_id, plugin_id, name, value, expires_at)
        values (nyuzi_organisation(), ${pluginId}, ${name}, ${Buffer.from(minted.value)}, ${minted.expiresAt})
        on conflict (organisation_id, plugin_id, name) do update set value = excluded.value, expires_at = excluded.expires_at`
      return minted
    }),

  drop: ({ organisationId, pluginId, name }, isOld) =>
    inOrganisation(database, organisationId, async (sql) => {
      const [row] = await sql`select value from shared_secrets where plugin_id = ${pluginId} and name = ${name} for update`
      if (row && isOld(row.value)) await sql`delete from shared_secrets where plugin_id = ${pluginId} and name = ${name}`
    }),
})
