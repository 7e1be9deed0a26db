import type { InstallationId, OrganisationId } from '@nyuzi/core'
import { InvalidInput } from '../errors.ts'
import type { SealedPlace, Vault } from '../ports.ts'
import type { PluginCatalog, SecretSettings, Settings } from './ports.ts'

/** What the plugin's own schema says of the settings; names of fields travel in the refusal, never what stood in them. */
export function checkedSettings(
  catalog: PluginCatalog,
  pluginId: string,
  settings: Settings,
): { settings: Settings; secrets: SecretSettings } {
  const check = catalog.check(pluginId, settings)
  if (!check) {
    const fix = `Take one of ${
      catalog
        .list()
        .map(({ id }) => id)
        .join(', ') || 'none: no plugin is loaded'
    }.`
    throw new InvalidInput('unknown_plugin', `No plugin ${pluginId} is loaded.`, {
      errors: [{ field: 'plugin', rule: 'known_plugin', fix }],
    })
  }
  if (check.ok) return check
  throw new InvalidInput('invalid_settings', 'The plugin refuses these settings.', { errors: check.issues })
}

export const secretsPlace = (organisationId: OrganisationId, row: InstallationId): SealedPlace => ({
  organisationId,
  table: 'installations',
  row,
  column: 'secrets',
})

/** Which secrets are set; what they are stays sealed. */
export const secretNames = (
  vault: Vault,
  organisationId: OrganisationId,
  { id, secrets }: { id: InstallationId; secrets: Uint8Array },
): readonly string[] => Object.keys(JSON.parse(vault.open(secrets, secretsPlace(organisationId, id))))
