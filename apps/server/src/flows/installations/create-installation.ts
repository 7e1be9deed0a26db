import { asId, type BranchId, type InstallationId, type OrganisationId } from '@nyuzi/core'
import { Conflict, NotFound } from '../errors.ts'
import type { Deps, Vault } from '../ports.ts'
import { checkedSettings, secretsPlace } from './check-settings.ts'
import type { PluginCatalog, Settings } from './ports.ts'

export type CreateInstallation = {
  readonly pluginId: string
  readonly name: string
  readonly branchId?: BranchId
  readonly settings: Settings
  readonly actor: string
}

export async function createInstallation(
  deps: Pick<Deps, 'store' | 'clock' | 'ids'> & { readonly vault: Vault; readonly pluginCatalog: PluginCatalog },
  organisationId: OrganisationId,
  input: CreateInstallation,
): Promise<InstallationId> {
  const { pluginId, name, branchId, actor } = input
  const { settings, secrets } = checkedSettings(deps.pluginCatalog, pluginId, input.settings)
  const id = asId('installation', deps.ids.next())
  const now = deps.clock.now()
  await deps.store.inOrganisation(organisationId, async (tx) => {
    if (branchId !== undefined && !(await tx.branches.has(branchId))) throw new NotFound('branch', 'branch')
    const sealed = deps.vault.seal(JSON.stringify(secrets), secretsPlace(organisationId, id))
    const added = await tx.installations.add(
      {
        id,
        pluginId,
        name,
        branchId: branchId ?? null,
        settings,
        secrets: sealed,
        callbackToken: deps.ids.token(),
        status: 'active',
        statusReason: null,
      },
      now,
    )
    if (!added) throw new Conflict('name_taken', `Another installation is called ${name}.`)
    await tx.audit.write({
      actor,
      action: 'installation.create',
      subjectNoun: 'installation',
      subjectId: id,
      detail: { pluginId, name },
      at: now,
    })
  })
  return id
}
