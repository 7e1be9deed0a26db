import type { BranchId, InstallationId, Instant } from '@nyuzi/core'
import type { FieldError } from '../errors.ts'

export type Settings = Readonly<Record<string, unknown>>
export type SecretSettings = Readonly<Record<string, string>>

export type PluginDescription = {
  readonly id: string
  readonly title: string
  /** JSON Schema of what a person enters. */
  readonly settingsSchema: Readonly<Record<string, unknown>>
  readonly secretFields: readonly string[]
}

/** `settings` are stored as they are; `secrets` are sealed first. Both as entered, so that they can be checked again. */
export type SettingsCheck =
  | { readonly ok: true; readonly settings: Settings; readonly secrets: SecretSettings }
  | { readonly ok: false; readonly issues: readonly FieldError[] }

/** The plugins that this server was told to load, and what their settings must look like. */
export type PluginCatalog = {
  list(): readonly PluginDescription[]
  /** Undefined when no such plugin is loaded. */
  check(pluginId: string, settings: Settings): SettingsCheck | undefined
}

export type StoredInstallation = {
  readonly id: InstallationId
  readonly pluginId: string
  readonly name: string
  readonly branchId: BranchId | null
  readonly settings: Settings
  /** Sealed. */
  readonly secrets: Uint8Array
  readonly callbackToken: string
  readonly status: 'active' | 'paused'
  readonly statusReason: string | null
}

export type InstallationStore = {
  /** False when the name is taken. */
  add(installation: StoredInstallation, at: Instant): Promise<boolean>
  read(id: InstallationId): Promise<StoredInstallation | undefined>
  /** Locked until the commit. */
  lock(id: InstallationId): Promise<StoredInstallation | undefined>
  /** Raises the version, by which every server sees that it must set the installation up anew. False when the name is taken. */
  change(installation: StoredInstallation, at: Instant): Promise<boolean>
}
