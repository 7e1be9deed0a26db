import { inspect } from 'node:util'
import { secretFields, type z } from '../config.ts'
import type { Capabilities, Manifest } from '../define-plugin.ts'
import type { Cursor, Host, HostClock, HostLog, SharedSecrets } from '../host.ts'
import { createHostHttp } from '../host-http.ts'
import { createFakeClock, type FakeClock } from './fake-clock.ts'

export type FakeHostOptions<Schema extends z.ZodObject> = {
  readonly plugin: Manifest<Schema>
  /** As the admin pages would send them: text and numbers, secrets in the clear. */
  readonly settings: Readonly<Record<string, unknown>>
  /** Shared with a simulator or a second host; a new one at {@link createFakeClock}'s start when absent. */
  readonly clock?: FakeClock
  /** Kenya unless told otherwise. */
  readonly country?: string
  /** Lower-case UUID; give two hosts different ones to install a plugin twice. */
  readonly installationId?: string
  /** No HTTP call waits longer than this, so that a test of a late answer is short. */
  readonly timeoutMsMax?: number
}

export type FakeHost<Schema extends z.ZodObject> = {
  readonly host: Host<z.output<Schema>>
  /** What the plugin's `setup` returned for this host. */
  readonly capabilities: Capabilities
  readonly clock: FakeClock
  /** Every line written through `host.log`, by the plugin or by the host's HTTP, with its facts printed in full. */
  readonly log: { readonly lines: string[] }
  /** The settings that must never be seen again, in the clear. */
  readonly secrets: readonly string[]
  callbackUrl(channel: string): string
}

const installationIdDefault = '019a8c00-0000-7000-8000-00000000c0de'
const callbackToken = '5f0c9d2e7b1a48630f9d2c5e7b1a4863'

/**
 * A small real host around one installation: settings go through the plugin's schema, HTTP is the host's own over
 * `fetch` (so nock sees it), shared secrets and the cursor live in memory, the clock stands still.
 * @example
 * const { capabilities, log } = createFakeHost({ plugin: sms, settings: { username: 'isp', apiKey: 'key-0123456789' } })
 * await capabilities.messages?.send(message)
 * expect(log.lines.join()).not.toContain('key-0123456789')
 */
export function createFakeHost<Schema extends z.ZodObject>(options: FakeHostOptions<Schema>): FakeHost<Schema> {
  const { plugin, settings, clock = createFakeClock(), country = 'KE', installationId = installationIdDefault } = options
  const lines: string[] = []
  const log = createFakeLog(lines)
  const callbackUrl = (channel: string) => `https://isp.example/callbacks/${installationId.replaceAll('-', '')}/${channel}/${callbackToken}`
  const host: Host<z.output<Schema>> = Object.freeze({
    config: Object.freeze(parseSettings(plugin, settings)),
    installation: Object.freeze({ id: installationId, name: `${plugin.title}, under test`, country }),
    http: createHostHttp({ log, clock, ...(options.timeoutMsMax === undefined ? {} : { timeoutMsMax: options.timeoutMsMax }) }),
    log,
    clock,
    shared: createMemorySecrets(clock),
    cursor: createMemoryCursor(),
    callbackUrl,
  })
  const secrets = secretFields(plugin.config).flatMap((name) => (typeof settings[name] === 'string' ? [settings[name]] : []))
  return { host, capabilities: plugin.setup(host), clock, log: { lines }, secrets, callbackUrl }
}

function parseSettings<Schema extends z.ZodObject>(plugin: Manifest<Schema>, settings: unknown): z.output<Schema> {
  const parsed = plugin.config.strict().safeParse(settings)
  if (parsed.success) return parsed.data as z.output<Schema>
  const faults = parsed.error.issues.map(({ path, message }) => `  ${path.join('.') || '(settings)'}: ${message}`)
  throw new TypeError(`the settings do not fit plugin "${plugin.id}":\n${faults.join('\n')}`)
}

/** Prints facts as a careless log would, errors with their causes too, so that a secret that can be seen is seen. */
function createFakeLog(lines: string[]): HostLog {
  const write = (level: string) => (message: string, facts?: Record<string, unknown>) => {
    const printed = facts === undefined ? '' : ` ${inspect(facts, { depth: 10, breakLength: Number.POSITIVE_INFINITY })}`
    lines.push(`${level} ${message}${printed}`)
  }
  return Object.freeze({ info: write('info'), warn: write('warn'), error: write('error') })
}

type Kept = { value: string; expiresAt: Date }

function createMemorySecrets(clock: HostClock): SharedSecrets {
  const kept = new Map<string, Kept>()
  const minting = new Map<string, Promise<Kept>>()
  return Object.freeze({
    async get(name, mint) {
      const found = kept.get(name)
      if (found && found.expiresAt > clock.now()) return found.value
      const running = minting.get(name) ?? mint().finally(() => minting.delete(name))
      minting.set(name, running)
      const minted = await running
      kept.set(name, minted)
      return minted.value
    },
    async drop(name, value) {
      if (kept.get(name)?.value === value) kept.delete(name)
    },
  } satisfies SharedSecrets)
}

function createMemoryCursor(): Cursor {
  let bookmark: string | undefined
  return Object.freeze({
    read: async () => bookmark,
    write: async (value: string) => {
      bookmark = value
    },
  })
}
