import type { KeyRing } from '../flows/api-keys/ports.ts'
import type { PluginCatalog } from '../flows/installations/ports.ts'
import type { Deps, MintApiKey, Vault } from '../flows/ports.ts'

/** Everything the API reaches beyond its own walls. */
export type ApiParts = Deps & {
  readonly keyRing: KeyRing
  readonly mintApiKey: MintApiKey
  readonly vault: Vault
  readonly pluginCatalog: PluginCatalog
}
