import { hash, timingSafeEqual } from 'node:crypto'
import type { InstallationId, OrganisationId } from '@nyuzi/core'
import { type Capabilities, contractNumber, type Host, type Plugin, ProviderMisconfigured, ProviderUnclear, z } from '@nyuzi/sdk'
import { createHostHttp } from '@nyuzi/sdk/host'
import { secretsPlace } from '../flows/installations/check-settings.ts'
import type { Clock, Installed, Log, Meter, Plugins, Vault } from '../flows/ports.ts'
import type { InstallationRow, InstalledStore } from '../store/installed.ts'
import type { SharedSecretStore } from '../store/shared-secrets.ts'

export type PluginHostOptions = {
  readonly plugins: readonly Plugin[]
  readonly installations: InstalledStore
  readonly sharedSecrets: SharedSecretStore
  readonly vault: Vault
  readonly clock: Clock
  readonly log: Log
  readonly meter: Meter
  /** Where providers reach us, e.g. `https://pay.example.net`; no slash at its end. */
  readonly publicUrl: string
  /** No call into a plugin lasts longer. */
  readonly deadlineMs?: number
}

export type PluginHost = Plugins & {
  /** Sets up what is new or changed and lets go of what is gone; called by the sweep, so a change needs no restart. */
  refresh(): Promise<void>
  close(): Promise<void>
}

type Held = { readonly version: number; readonly active: boolean; readonly installed: Installed; readonly capabilities: Capabilities }

export function createPluginHost(options: PluginHostOptions): PluginHost {
  const { installations, clock, log } = options
  const plugins = new Map(options.plugins.map((plugin) => [plugin.id, checkContract(plugin)]))
  const held = new Map<InstallationId, Held>()
  /** Ids that no installation has: remembered for a moment, so that guessing costs no look-up each time. */
  const unknown = new Map<InstallationId, number>()
  /** The provider's accounts, kept while an installation is set up anew: nothing may be booked elsewhere meanwhile. */
  const accounts = new Map<InstallationId, string>()
  /** Versions that could not be set up: not worth a try each second. */
  const broken = new Map<InstallationId, number>()
  let refreshing: Promise<void> | undefined

  async function load(organisationId: OrganisationId): Promise<void> {
    const rows = await installations.ofOrganisation(organisationId)
    for (const row of rows) {
      const current = held.get(row.id)
      if (current && current.version !== row.version) await letGo(row.id)
      if (held.has(row.id) || broken.get(row.id) === row.version) continue
      const capabilities = setUp(row)
      if (row.status !== 'active') continue
      if (capabilities?.access) await installations.retryAccess(organisationId, row.id, clock.now())
      if (capabilities?.fiscal) await installations.openFiscal(organisationId, row, capabilities.fiscal, clock.now())
    }
  }

  function setUp(row: InstallationRow): Capabilities | undefined {
    const plugin = plugins.get(row.pluginId)
    if (!plugin) {
      broken.set(row.id, row.version)
      log.error('an installation needs a plugin that nyuzi.config.ts does not load', { installation: row.id, plugin: row.pluginId })
      return undefined
    }
    try {
      const capabilities = plugin.setup(hostFor(options, plugin, row))
      accounts.set(row.id, `${row.organisationId} ${row.pluginId} ${capabilities.payments?.account ?? row.id}`)
      held.set(row.id, {
        version: row.version,
        active: row.status === 'active',
        capabilities,
        installed: { ...toInstalled(options, row, capabilities), booksAs: () => oldestOfAccount(row.id) },
      })
      return capabilities
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      broken.set(row.id, row.version)
      log.error('an installation could not be set up', { installation: row.id, plugin: row.pluginId, reason })
      if (row.status === 'active' && (error instanceof ProviderMisconfigured || error instanceof z.ZodError))
        void installations.pause(row.organisationId, row.id, reason, clock.now()).catch(() => {})
    }
  }

  function oldestOfAccount(id: InstallationId): InstallationId {
    const account = accounts.get(id)
    let oldest = id
    // Ids are made in the order of time.
    for (const [other, theirs] of accounts) if (theirs === account && other < oldest) oldest = other
    return oldest
  }

  async function letGo(id: InstallationId): Promise<void> {
    const { capabilities } = held.get(id) ?? {}
    held.delete(id)
    await Promise.allSettled([capabilities?.access?.stop?.(), capabilities?.stop?.()])
  }

  async function refreshAll(): Promise<void> {
    for (const organisationId of await installations.organisations()) await load(organisationId)
    unknown.clear()
  }

  async function findHeld(id: InstallationId): Promise<Held | undefined> {
    const here = held.get(id)
    if (here || unknown.has(id)) return here
    const organisationId = await installations.organisationOf(id)
    if (organisationId) await load(organisationId)
    if (!held.has(id)) unknown.set(id, 1)
    if (unknown.size > 10_000) unknown.clear()
    return held.get(id)
  }

  return {
    async find(id) {
      const here = await findHeld(id)
      return here?.active ? here.installed : undefined
    },
    async listening(id) {
      return (await findHeld(id))?.installed
    },
    async offering(organisationId, capability) {
      const of = () =>
        [...held.values()]
          .filter(({ active }) => active)
          .map(({ installed }) => installed)
          .filter((one) => one.organisationId === organisationId && one[capability] !== undefined)
      if (of().length === 0) await load(organisationId)
      return of().sort((left, right) => (left.id < right.id ? -1 : 1))
    },
    async pause(installed, reason) {
      log.warn('installation paused', { installation: installed.id, reason })
      await installations.pause(installed.organisationId, installed.id, reason, clock.now())
      const here = held.get(installed.id)
      if (here) held.set(installed.id, { ...here, active: false })
    },
    refresh() {
      refreshing ??= refreshAll().finally(() => {
        refreshing = undefined
      })
      return refreshing
    },
    async close() {
      await Promise.all([...held.keys()].map(letGo))
    },
  }
}

function checkContract(plugin: Plugin): Plugin {
  if (plugin.contract !== contractNumber)
    throw new Error(
      `plugin "${plugin.id}" speaks contract ${plugin.contract}; this server speaks ${contractNumber}. Install a version of the plugin that fits.`,
    )
  return plugin
}

function hostFor(
  { vault, clock, log, meter, sharedSecrets, installations, publicUrl }: PluginHostOptions,
  plugin: Plugin,
  row: InstallationRow,
): Host<unknown> {
  const { id, organisationId, name, country } = row
  const secrets = JSON.parse(vault.open(row.secrets, secretsPlace(organisationId, id)))
  const config = Object.freeze(plugin.config.strict().parse({ ...row.settings, ...secrets }))
  const place = (secret: string) => ({ organisationId, table: 'shared_secrets', row: `${plugin.id} ${secret}`, column: 'value' })
  const pluginLog: Log = {
    info: (message, facts) => log.info(message, { ...facts, plugin: plugin.id, installation: id }),
    warn: (message, facts) => log.warn(message, { ...facts, plugin: plugin.id, installation: id }),
    error: (message, facts) => log.error(message, { ...facts, plugin: plugin.id, installation: id }),
  }
  // Read once a use and kept here: the database is asked again only when the token has expired or was refused.
  const known = new Map<string, { value: string; expiresAt: Date }>()
  return Object.freeze({
    config,
    installation: Object.freeze({ id, name, country }),
    http: createHostHttp({
      log: pluginLog,
      onCall: ({ failure }) => {
        if (failure) meter.count('provider_errors', { plugin: plugin.id, code: failure })
      },
    }),
    log: pluginLog,
    clock,
    shared: {
      async get(secret, mint) {
        const now = clock.now()
        const here = known.get(secret)
        if (here && here.expiresAt > now) return here.value
        const at = { organisationId, pluginId: plugin.id, name: secret }
        const sealed =
          (await sharedSecrets.read(at, now)) ??
          (await sharedSecrets.mint(at, now, async () => {
            const minted = await mint()
            return { value: vault.seal(minted.value, place(secret)), expiresAt: minted.expiresAt }
          }))
        const value = vault.open(sealed.value, place(secret))
        known.set(secret, { value, expiresAt: sealed.expiresAt })
        return value
      },
      async drop(secret, value) {
        if (known.get(secret)?.value === value) known.delete(secret)
        await sharedSecrets.drop(
          { organisationId, pluginId: plugin.id, name: secret },
          (sealed) => vault.open(sealed, place(secret)) === value,
        )
      },
    },
    cursor: {
      read: () => installations.readCursor(organisationId, id),
      write: (value) => installations.writeCursor(organisationId, id, value),
    },
    callbackUrl: (channel) => callbackUrl(publicUrl, id, channel, row.callbackToken),
  })
}

/** Lower-case hex only: a provider's checks of addresses stumble over other letters. */
const callbackUrl = (publicUrl: string, id: InstallationId, channel: string, token: string): string =>
  `${publicUrl}/callbacks/${id.replaceAll('-', '')}/${channel}/${token}`

function toInstalled(
  { publicUrl, deadlineMs = 60_000 }: PluginHostOptions,
  row: InstallationRow,
  capabilities: Capabilities,
): Omit<Installed, 'booksAs'> {
  const { payments, access, messages, fiscal } = capabilities
  const token = hash('sha256', row.callbackToken, 'buffer')
  return {
    id: row.id,
    organisationId: row.organisationId,
    name: row.name,
    pluginId: row.pluginId,
    ...(payments ? { payments: withDeadlines(payments, deadlineMs) } : {}),
    ...(access ? { access: withDeadlines(access, deadlineMs) } : {}),
    ...(messages ? { messages: withDeadlines(messages, deadlineMs) } : {}),
    ...(fiscal ? { fiscal: withDeadlines(fiscal, deadlineMs) } : {}),
    ownsToken: (candidate) => timingSafeEqual(hash('sha256', candidate, 'buffer'), token),
    callbackUrl: (channel, channelToken) => callbackUrl(publicUrl, row.id, channel, channelToken),
  }
}

/** A plugin that never answers becomes `unclear`: the flow goes on, and what was wanted is looked up later. */
function withDeadlines<T extends object>(capability: T, deadlineMs: number): T {
  // Each callback passes here several times, so what stands before a verb or a group of verbs is made once.
  const guarded = new Map<unknown, unknown>()
  const guard = (target: T, name: string | symbol, value: unknown): unknown => {
    if (typeof value !== 'function') return withDeadlines(value as object, deadlineMs)
    return (...parameters: unknown[]) => {
      const answer: unknown = value.apply(target, parameters)
      return answer instanceof Promise ? before(deadlineMs, String(name), answer) : answer
    }
  }
  return new Proxy(capability, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (value === null || Array.isArray(value) || (typeof value !== 'object' && typeof value !== 'function')) return value
      if (!guarded.has(value)) guarded.set(value, guard(target, name, value))
      return guarded.get(value)
    },
  })
}

async function before<T>(deadlineMs: number, verb: string, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new ProviderUnclear(`${verb} did not end within ${deadlineMs} ms`)), deadlineMs)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
