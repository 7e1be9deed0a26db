import type { AccessController, FiscalDevice, Messenger, PaymentProvider } from '@nyuzi/core'
import type { z } from 'zod'
import type { Host } from './host.ts'

/** The contract this SDK speaks. The host refuses a plugin with another number. */
export const contractNumber = 1

/**
 * What an installation of a plugin can do. **What is absent is unsupported.**
 * @example
 * setup: (host) => ({ payments: createPayments(host), messages: createMessages(host) })
 */
export type Capabilities = {
  readonly payments?: PaymentProvider
  readonly access?: AccessController
  readonly messages?: Messenger
  /** Has invoices, debit notes and credit notes signed by a tax authority. */
  readonly fiscal?: FiscalDevice
  /** Called once when the installation is removed, paused or the server stops. */
  stop?(): Promise<void>
}

export type Manifest<Schema extends z.ZodObject> = {
  /** Kebab-case; the folder's name. */
  readonly id: string
  readonly title: string
  readonly contract: typeof contractNumber
  /** The settings of one installation; mark secrets with `secret()`. Every field has a `.describe()` for the admin pages. */
  readonly config: Schema
  setup(host: Host<z.output<Schema>>): Capabilities
}

/** A plugin whatever its settings: what a host holds in a list. */
export type Plugin = Omit<Manifest<z.ZodObject>, 'setup'> & {
  // biome-ignore lint/suspicious/noExplicitAny: the host parses settings by `config` just before it calls `setup`.
  setup(host: Host<any>): Capabilities
}

/**
 * Declares a plugin. Returns it typed; does nothing else, so a plugin module has no side effects.
 * @example
 * export const sms = definePlugin({ id: 'sms', title: 'SMS', contract: 1, config, setup: ({ config, http }) => ({ messages }) })
 */
export function definePlugin<Schema extends z.ZodObject>(manifest: Manifest<Schema>): Manifest<Schema> & Plugin {
  if (!/^[a-z][a-z0-9-]*$/.test(manifest.id)) throw new TypeError(`plugin id "${manifest.id}" must be kebab-case`)
  return Object.freeze(manifest) as Manifest<Schema> & Plugin
}
