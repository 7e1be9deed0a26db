import { hostname } from 'node:os'
import type { Plugin } from '@nyuzi/sdk'
import type { Inbox } from '../flows/payments/ports.ts'
import type { Clock, Deps, Ids, Log, Store, Vault } from '../flows/ports.ts'
import { createWorkRoom, type WorkRoom } from '../jobs/work-room.ts'
import { installedStore } from '../store/installed.ts'
import { notifications } from '../store/notifications.ts'
import { openStore } from '../store/open-store.ts'
import { sharedSecretStore } from '../store/shared-secrets.ts'
import { connect, type Database, isDatabaseAway } from '../store/transaction.ts'
import { createTelemetry, type Telemetry } from '../telemetry/meter.ts'
import { type Container, createContainer, provide, token } from './container.ts'
import { randomIds } from './ids.ts'
import { openInbox } from './inbox.ts'
import { createNotifier, type Notifier } from './notifier.ts'
import { createPluginHost, type PluginHost } from './plugin-host.ts'
import { lazyPrinter } from './printer.ts'
import { openSpool, type Spool } from './spool.ts'
import { createVault } from './vault.ts'

export type EngineOptions = {
  readonly databaseUrl: string
  readonly connectionsMax: number
  readonly masterKey: Uint8Array
  readonly publicUrl: string
  readonly plugins: readonly Plugin[]
  readonly clock: Clock
  readonly log: Log
  readonly sweepEveryMs: number
  readonly processMetrics: boolean
  /** Where calls of providers wait while the database is away; without one they are refused. */
  readonly spoolDirectory?: string
}

/** Everything the flows need, wired: what a server, a command and a test share. */
export type Engine = {
  readonly deps: Deps & { readonly inbox: Inbox; readonly vault: Vault }
  readonly database: Database
  readonly pluginHost: PluginHost
  readonly workRoom: WorkRoom
  readonly telemetry: Telemetry
  readonly spool: Spool | undefined
  /** Begins to work: sets installations up, sweeps, takes rows. */
  start(): Promise<void>
  stop(): Promise<void>
}

const tokens = {
  options: token<EngineOptions>('engine-options'),
  database: token<Database>('database'),
  telemetry: token<Telemetry>('telemetry'),
  vault: token<Vault>('vault'),
  ids: token<Ids>('ids'),
  holder: token<string>('holder'),
  notifier: token<Notifier>('notifier'),
  workRoom: token<WorkRoom>('work-room'),
  pluginHost: token<PluginHost>('plugin-host'),
  store: token<Store>('store'),
  inbox: token<Inbox>('inbox'),
  spool: token<Spool | undefined>('spool'),
  deps: token<Engine['deps']>('deps'),
}

export function createEngine(options: EngineOptions): Engine {
  const container = furnish(createContainer(), options)
  const deps = container.resolve(tokens.deps)
  const database = container.resolve(tokens.database)
  const pluginHost = container.resolve(tokens.pluginHost)
  const workRoom = container.resolve(tokens.workRoom)
  const notifier = container.resolve(tokens.notifier)
  const spool = container.resolve(tokens.spool)
  let refresh: NodeJS.Timeout | undefined
  return {
    deps,
    database,
    pluginHost,
    workRoom,
    telemetry: container.resolve(tokens.telemetry),
    spool,
    async start() {
      await pluginHost.refresh()
      await notifier.start(workRoom.heed)
      workRoom.open(deps)
      await spool?.start()
      refresh = setInterval(() => {
        pluginHost.refresh().catch((error: unknown) => deps.log.error('installations could not be read', { error }))
      }, 1_000)
    },
    async stop() {
      clearInterval(refresh)
      await workRoom.close()
      await spool?.stop()
      await notifier.stop()
      await pluginHost.close()
      await database.end({ timeout: 5 })
    },
  }
}

function furnish(container: Container, options: EngineOptions): Container {
  const { databaseUrl, connectionsMax, masterKey, publicUrl, plugins, clock, log, sweepEveryMs, processMetrics, spoolDirectory } = options
  provide(container, tokens.database, () => connect({ url: databaseUrl, connectionsMax, applicationName: 'nyuzi' }))
  provide(container, tokens.telemetry, () => createTelemetry({ processMetrics }))
  provide(container, tokens.vault, () => createVault(masterKey))
  provide(container, tokens.ids, () => randomIds)
  provide(container, tokens.holder, (c) => `${hostname()}:${process.pid}:${c.resolve(tokens.ids).token()}`)
  provide(container, tokens.notifier, (c) => createNotifier(notifications(c.resolve(tokens.database)), c.resolve(tokens.holder), log))
  provide(container, tokens.workRoom, (c) => createWorkRoom({ sweepEveryMs, onWake: c.resolve(tokens.notifier).tell }))
  provide(container, tokens.pluginHost, (c) => {
    const database = c.resolve(tokens.database)
    return createPluginHost({
      plugins,
      installations: installedStore(database),
      sharedSecrets: sharedSecretStore(database),
      vault: c.resolve(tokens.vault),
      clock,
      log,
      meter: c.resolve(tokens.telemetry).meter,
      publicUrl,
    })
  })
  provide(container, tokens.store, (c) => openStore(c.resolve(tokens.database)))
  provide(container, tokens.inbox, (c) => openInbox(c.resolve(tokens.store)))
  provide(container, tokens.spool, (c) =>
    spoolDirectory === undefined
      ? undefined
      : openSpool({
          directory: spoolDirectory,
          inbox: c.resolve(tokens.inbox),
          vault: c.resolve(tokens.vault),
          log,
          isAway: isDatabaseAway,
          onDrained: (organisationId) => c.resolve(tokens.workRoom).wake('callbacks', organisationId),
        }),
  )
  provide(container, tokens.deps, (c) => {
    const store = c.resolve(tokens.store)
    const vault = c.resolve(tokens.vault)
    const { wake, wakeLane } = c.resolve(tokens.workRoom)
    return {
      store,
      plugins: c.resolve(tokens.pluginHost),
      clock,
      ids: c.resolve(tokens.ids),
      printer: lazyPrinter,
      wake,
      wakeLane,
      holder: c.resolve(tokens.holder),
      openPassword: (organisationId, { serviceId, password }) =>
        vault.open(password, { organisationId, table: 'services', row: serviceId, column: 'password' }),
      log,
      meter: c.resolve(tokens.telemetry).meter,
      inbox: c.resolve(tokens.spool) ?? c.resolve(tokens.inbox),
      vault,
    }
  })
  return container
}
