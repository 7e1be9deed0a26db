import { type Plugin, secretFields, z } from '@nyuzi/sdk'
import type { FieldError } from '../flows/errors.ts'
import type { PluginCatalog, SecretSettings, Settings } from '../flows/installations/ports.ts'

/** What the loaded plugins say of their settings, for the API that makes installations. */
export function createPluginCatalog(plugins: readonly Plugin[]): PluginCatalog {
  const byId = new Map(plugins.map((plugin) => [plugin.id, plugin]))
  return {
    list: () =>
      plugins.map(({ id, title, config }) => ({
        id,
        title,
        settingsSchema: z.toJSONSchema(config, { io: 'input', unrepresentable: 'any' }) as Record<string, unknown>,
        secretFields: secretFields(config),
      })),
    check(pluginId, entered) {
      const plugin = byId.get(pluginId)
      if (!plugin) return undefined
      const parsed = plugin.config.strict().safeParse(entered)
      if (!parsed.success) return { ok: false, issues: parsed.error.issues.map(toFieldError) }
      const secretNames = new Set(secretFields(plugin.config))
      const settings: Record<string, unknown> = {}
      const secrets: Record<string, string> = {}
      for (const [name, value] of Object.entries(entered)) {
        if (secretNames.has(name)) secrets[name] = String(value)
        else settings[name] = value
      }
      return { ok: true, settings: settings as Settings, secrets: secrets as SecretSettings }
    },
  }
}

const toFieldError = ({ path, message, code }: z.core.$ZodIssue): FieldError => ({
  field: ['settings', ...path.map(String)].join('.'),
  rule: message,
  fix: code === 'unrecognized_keys' ? 'Leave it out.' : 'See the settings schema of the plugin.',
})
