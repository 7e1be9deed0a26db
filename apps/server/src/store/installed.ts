import type { FiscalDevice, InstallationId, Instant, OrganisationId } from '@nyuzi/core'
import { openFiscalDevice } from './fiscal.ts'
import { fromRows } from './mapping.ts'
import { organisationIds } from './organisations.ts'
import { taskStore } from './tasks.ts'
import { type Database, inOrganisation } from './transaction.ts'

/** An installation as the plugin host needs it. */
export type InstallationRow = {
  readonly id: InstallationId
  readonly organisationId: OrganisationId
  readonly pluginId: string
  readonly name: string
  readonly settings: Readonly<Record<string, unknown>>
  readonly secrets: Uint8Array
  readonly callbackToken: string
  readonly status: string
  readonly version: number
  readonly country: string
}

export type InstalledStore = {
  organisationOf(id: InstallationId): Promise<OrganisationId | undefined>
  ofOrganisation(organisationId: OrganisationId): Promise<readonly InstallationRow[]>
  organisations(): Promise<readonly OrganisationId[]>
  pause(organisationId: OrganisationId, id: InstallationId, reason: string, at: Instant): Promise<void>
  /** What waits for a person to mend settings or a box waits no longer. */
  retryAccess(organisationId: OrganisationId, id: InstallationId, at: Instant): Promise<void>
  /** Says which count a device takes its numbers from, and since when documents are its matter. */
  openFiscal(
    organisationId: OrganisationId,
    installation: Pick<InstallationRow, 'id' | 'version'>,
    device: Pick<FiscalDevice, 'counter' | 'from'>,
    at: Instant,
  ): Promise<void>
  readCursor(organisationId: OrganisationId, id: InstallationId): Promise<string | undefined>
  writeCursor(organisationId: OrganisationId, id: InstallationId, value: string): Promise<void>
}

export const installedStore = (database: Database): InstalledStore => ({
  async organisationOf(id) {
    const [row] = await database`select nyuzi_organisation_of_installation(${id}) as id`
    return (row?.id as OrganisationId | null) ?? undefined
  },
  ofOrganisation: (organisationId) =>
    inOrganisation(database, organisationId, async (sql) =>
      fromRows<InstallationRow>(
        await sql`
          select i.id, i.organisation_id as "organisationId", i.plugin_id as "pluginId", i.name, i.settings, i.secrets, i.callback_token as "callbackToken",
                 i.status, i.version, o.country
            from installations i join organisations o on o.id = i.organisation_id order by i.created_at, i.id`,
      ),
    ),
  organisations: () => organisationIds(database),
  pause: (organisationId, id, reason, at) =>
    inOrganisation(database, organisationId, async (sql) => {
      const paused = await sql`
        update installations set status = 'paused', status_reason = ${reason}, version = version + 1, updated_at = ${at} where id = ${id} and status = 'active' returning name`
      if (!paused[0]) return
      const title = `${paused[0].name} was paused: ${reason}`
      await taskStore(sql).open({ kind: 'installation_paused', subjectNoun: 'installation', subjectId: id, title, at })
    }),
  retryAccess: (organisationId, id, at) =>
    inOrganisation(database, organisationId, async (sql) => {
      await sql`update access_lanes set next_attempt_at = ${at}, failures = 0 where installation_id = ${id} and next_attempt_at > ${at}`
      await sql`update access_states set next_attempt_at = ${at} where installation_id = ${id} and status = 'conflict' and next_attempt_at > ${at}`
    }),
  openFiscal: (organisationId, { id, version }, { counter, from }, at) =>
    inOrganisation(database, organisationId, (sql) => openFiscalDevice(sql, { id, version, counter, from, at })),
  readCursor: (organisationId, id) =>
    inOrganisation(database, organisationId, async (sql) => (await sql`select value from cursors where installation_id = ${id}`)[0]?.value),
  writeCursor: (organisationId, id, value) =>
    inOrganisation(database, organisationId, async (sql) => {
      await sql`
        insert into cursors (organisation_id, installation_id, value) values (nyuzi_organisation(), ${id}, ${value})
        on conflict (organisation_id, installation_id) do update set value = excluded.value`
    }),
})
