import type { BranchId, InstallationId, OrganisationId } from '@nyuzi/core'
import { Conflict, NotFound } from '../errors.ts'
import type { Deps, Vault } from '../ports.ts'
import { checkedSettings, secretsPlace } from './check-settings.ts'
import type { PluginCatalog, SecretSettings, Settings, StoredInstallation } from './ports.ts'

/** What a secret that is kept looks like to a caller; sent back, it means: leave it as it is. */
export const secretShown = '[set]'

export type ChangeInstallation = {
  readonly name?: string
  readonly branchId?: BranchId | null
  /** Fields that are not named keep their value; null removes one. */
  readonly settings?: Settings
  readonly actor: string
}

type ChangeDeps = Pick<Deps, 'store' | 'clock'> & { readonly vault: Vault; readonly pluginCatalog: PluginCatalog }

export async function changeInstallation(
  deps: ChangeDeps,
  organisationId: OrganisationId,
  id: InstallationId,
  input: ChangeInstallation,
): Promise<void> {
  const { name, branchId, settings, actor } = input
  const now = deps.clock.now()
  await deps.store.inOrganisation(organisationId, async (tx) => {
    const stored = await tx.installations.lock(id)
    if (!stored) throw new NotFound('installation')
    if (branchId && !(await tx.branches.has(branchId))) throw new NotFound('branch', 'branch')
    const set = settings === undefined ? {} : merge(deps, organisationId, stored, settings)
    const changed = { ...stored, ...set, name: name ?? stored.name, branchId: branchId === undefined ? stored.branchId : branchId }
    if (!(await tx.installations.change(changed, now))) throw new Conflict('name_taken', `Another installation is called ${name}.`)
    const fields = [
      ...(name === undefined ? [] : ['name']),
      ...(branchId === undefined ? [] : ['branch']),
      ...Object.keys(settings ?? {}).map((field) => `settings.${field}`),
    ]
    await tx.audit.write({ actor, action: 'installation.change', subjectNoun: 'installation', subjectId: id, detail: { fields }, at: now })
  })
}

function merge(
  { vault, pluginCatalog }: ChangeDeps,
  organisationId: OrganisationId,
  stored: StoredInstallation,
  changes: Settings,
): Pick<StoredInstallation, 'settings' | 'secrets'> {
  const place = secretsPlace(organisationId, stored.id)
  const before: SecretSettings = JSON.parse(vault.open(stored.secrets, place))
  const merged: Record<string, unknown> = { ...stored.settings, ...before }
  for (const [field, value] of Object.entries(changes)) {
    if (value === null) delete merged[field]
    else if (value !== secretShown || !Object.hasOwn(before, field)) merged[field] = value
  }
  const { settings, secrets } = checkedSettings(pluginCatalog, stored.pluginId, merged)
  return { settings, secrets: vault.seal(JSON.stringify(secrets), place) }
}
