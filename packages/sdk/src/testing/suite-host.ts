import { inspect } from 'node:util'
import { type PaymentProvider, type Phone, parsePhone } from '@nyuzi/core'
import { expect } from 'vitest'
import type { z } from '../config.ts'
import type { Plugin } from '../define-plugin.ts'
import { createFakeHost, type FakeHost, type FakeHostOptions } from './fake-host.ts'

/** What every suite asks of a plugin's author. */
export type SuiteOptions = {
  readonly plugin: Plugin
  /** Test settings; a function when they are known only once a simulator runs. Secrets of 8 characters and more. */
  readonly settings: Settings | (() => Settings | Promise<Settings>)
  /** ISO 3166; Kenya unless told otherwise. */
  readonly country?: string
  /** Values beside the secret settings that must not be seen either, e.g. the token a stand-in hands out. */
  readonly alsoSecret?: readonly string[]
  /** Runs before each check: clear interceptors, empty the simulator. */
  reset?(): void | Promise<void>
}

export type Settings = Readonly<Record<string, unknown>>

/** For checks of late answers: well below `lateAnswerMs`. The others wait as long as a host does, however busy the machine. */
export const impatient = { timeoutMsMax: 400 }

type HostOverrides = Pick<FakeHostOptions<z.ZodObject>, 'clock' | 'timeoutMsMax'>

export type SuiteHost = FakeHost<z.ZodObject>

/** Runs one check against a new installation and closes it after, whatever happens. */
export async function withHost(
  { plugin, settings, country, reset }: SuiteOptions,
  run: (fake: SuiteHost) => Promise<void> | void,
  overrides: HostOverrides = {},
): Promise<void> {
  await reset?.()
  const given = typeof settings === 'function' ? await settings() : settings
  const place = country === undefined ? {} : { country }
  const fake: SuiteHost = createFakeHost<z.ZodObject>({ plugin, settings: given, ...place, ...overrides })
  try {
    await run(fake)
  } finally {
    await fake.capabilities.access?.stop?.()
    await fake.capabilities.stop?.()
  }
}

export function paymentsOf({ capabilities }: SuiteHost): PaymentProvider {
  if (!capabilities.payments) throw new Error('the plugin offers no payments')
  return capabilities.payments
}

/** What `run` throws or rejects with; undefined when it comes back. */
export async function failureOf(run: () => unknown): Promise<unknown> {
  try {
    await run()
  } catch (error) {
    return error
  }
  return undefined
}

/** {@link failureOf} for verbs that answer at once. */
export function failureOfSync(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}

/** Fails when `text` holds a secret, plain or in an encoding that a header or an address would carry it in. */
export function expectNoSecret(text: string, secrets: readonly string[], where: string): void {
  for (const secret of secrets) {
    expect(secret.length, 'secrets in test settings have 8 characters and more, so that they are not found by chance').toBeGreaterThan(7)
    const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64').replace(/=+$/, '')]
    for (const form of forms) expect(text.includes(form), `the secret "${secret}" is seen in ${where}`).toBe(false)
  }
}

export const showsNoSecrets = (options: SuiteOptions): Promise<void> =>
  withHost(options, (fake) => expectNoSecret(printed(fake.capabilities), fake.secrets, 'the capabilities'))

export const asJson = (value: unknown): string => JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? `${item}` : item)) ?? ''

/** A value as JSON and as `console.log` would show it, hidden fields included. */
export const printed = (value: unknown): string => `${asJson(value)}\n${inspect(value, { depth: 10, showHidden: true })}`

const samplePhones: Readonly<Record<string, string>> = { KE: '0700111222', BD: '01711222333', UG: '0700111222', TZ: '0700111222' }

/** A number of that country which belongs to no one. */
export function samplePhone(country: string): Phone {
  const phone = parsePhone(samplePhones[country] ?? '', country)
  if (!phone) throw new Error(`the suite knows no sample number of ${country}: give it one`)
  return phone
}
