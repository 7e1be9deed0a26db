import type { AddressInfo } from 'node:net'
import { type ServerType, serve } from '@hono/node-server'
import {
  type BillingMode,
  type CivilDate,
  type Currency,
  civilDate,
  type InstallationId,
  money,
  type PlanId,
  type ServiceId,
  type SubscriberId,
  type SubscriptionId,
} from '@nyuzi/core'
import { createTestDatabase, type TestDatabase } from '@nyuzi/embedded-postgres/testing'
import { mikrotik } from '@nyuzi/plugin-mikrotik'
import { type RouterSimulator, startRouterSimulator } from '@nyuzi/plugin-mikrotik/simulator'
import { mpesa } from '@nyuzi/plugin-mpesa'
import { type DarajaSimulator, type DarajaSimulatorOptions, startDarajaSimulator } from '@nyuzi/plugin-mpesa/simulator'
import { sms } from '@nyuzi/plugin-sms'
import { type SmsGatewaySimulator, startSmsGatewaySimulator } from '@nyuzi/plugin-sms/simulator'
import type { Plugin } from '@nyuzi/sdk'
import { Hono } from 'hono'
import postgres from 'postgres'
import { createMovableClock } from '../src/composition/clock.ts'
import { createEngine, type Engine } from '../src/composition/engine.ts'
import { mintApiKey } from '../src/composition/mint-api-key.ts'
import { createPluginCatalog } from '../src/composition/plugin-catalog.ts'
import type { MovableClock } from '../src/composition/settings.ts'
import { runDailyCycle } from '../src/flows/billing/run-daily-cycle.ts'
import { createPlan } from '../src/flows/catalog/create-plan.ts'
import { createInstallation } from '../src/flows/installations/create-installation.ts'
import { verifyLedger } from '../src/flows/ledger/verify-ledger.ts'
import { type CreateOrganisation, createOrganisation } from '../src/flows/organisations/create-organisation.ts'
import { receiveCallback } from '../src/flows/payments/receive-callback.ts'
import { recordManualPayment } from '../src/flows/payments/record-manual-payment.ts'
import { createService } from '../src/flows/subscribers/create-service.ts'
import { createSubscriber } from '../src/flows/subscribers/create-subscriber.ts'
import { createSubscription } from '../src/flows/subscribers/create-subscription.ts'
import { callbackRoutes } from '../src/http/routes/callbacks.ts'
import { createLog } from '../src/telemetry/log.ts'

const actor = 'test'

export type Line = {
  readonly subscriberId: SubscriberId
  readonly subscriptionId: SubscriptionId
  readonly serviceId: ServiceId
  readonly accountNumber: string
  readonly phone: string
  readonly username: string
}

export type Isp = Awaited<ReturnType<typeof openIsp>>

export type IspOptions = {
  readonly startAt?: string
  readonly servers?: number
  readonly routers?: number
  readonly daraja?: DarajaSimulatorOptions
  readonly plugins?: readonly Plugin[]
  readonly graceDays?: number
  readonly sweepEveryMs?: number
  readonly spoolDirectory?: string
  /** Instead of a clone in the cluster that all tests share; migrated. */
  readonly database?: TestDatabase
  readonly log?: 'silent' | 'warn' | 'error'
}

/** One ISP with everything it needs, on real sockets and a real PostgreSQL: the ground every flow test stands on. */
export async function openIsp(options: IspOptions = {}) {
  const { servers = 1, routers = 1, graceDays = 3 } = options
  const database: TestDatabase = options.database ?? (await createTestDatabase())
  const clock = createMovableClock()
  clock.moveTo(new Date(options.startAt ?? '2026-06-01T06:00:00Z'))
  const daraja: DarajaSimulator = await startDarajaSimulator({ clock, ...options.daraja })
  const gateway: SmsGatewaySimulator = await startSmsGatewaySimulator({ style: 'africastalking', now: clock.now })
  const boxes: RouterSimulator[] = await Promise.all(Array.from({ length: routers }, () => startRouterSimulator()))
  const plugins = [mpesa, mikrotik, sms, ...(options.plugins ?? [])]
  const running = await Promise.all(Array.from({ length: servers }, () => startServer(database.url, clock, plugins, options)))
  const [first] = running
  if (!first) throw new Error('an ISP needs a server')
  const { deps } = first.engine
  const furnished = { ...deps, mintApiKey, pluginCatalog: createPluginCatalog(plugins) }

  const { organisationId, branchId } = await createOrganisation(furnished, savannaFibre)
  const install = (pluginId: string, name: string, settings: Record<string, unknown>): Promise<InstallationId> =>
    createInstallation(furnished, organisationId, { pluginId, name, settings, actor })
  const paybill = await install('mpesa', 'Paybill 400123', daraja.settings('400123'))
  const gatewayInstallation = await install('sms', 'SMS', {
    gateway: 'africastalking',
    apiKey: 'at-key',
    username: 'savanna',
    baseUrl: gateway.url,
  })
  const routerInstallations = await Promise.all(boxes.map((box, index) => install('mikrotik', `Router ${index + 1}`, routerSettings(box))))
  await Promise.all(running.map(({ engine }) => engine.pluginHost.refresh()))
  const installed = await deps.plugins.find(paybill)
  await installed?.payments?.registerCallbacks?.()

  const planId: PlanId = await createPlan(deps, organisationId, {
    code: 'HOME10',
    name: 'Home 10',
    actor,
    price: priceOf('1500', 'postpaid', graceDays),
  })
  let made = 0

  async function subscribe(
    input: {
      planId?: PlanId
      startsOn?: CivilDate
      anchorDay?: number
      router?: number
      /** Instead of one of the simulated routers. */
      installationId?: InstallationId
      phone?: string
      name?: string
      accountNumber?: string
      currency?: Currency
    } = {},
  ): Promise<Line> {
    made++
    const phone = input.phone ?? `+2547${String(10_000_000 + made)}`
    const username = `line${made}`
    const router = input.router ?? 0
    const subscriberId = await createSubscriber(deps, organisationId, {
      branchId,
      name: input.name ?? `Amina ${made}`,
      phone,
      actor,
      ...(input.accountNumber === undefined ? {} : { accountNumber: input.accountNumber }),
      ...(input.currency === undefined ? {} : { currency: input.currency }),
    })
    const subscriptionId = await createSubscription(deps, organisationId, {
      subscriberId,
      sold: { planId: input.planId ?? planId },
      actor,
      ...(input.startsOn === undefined ? {} : { startsOn: input.startsOn }),
      ...(input.anchorDay === undefined ? {} : { anchorDay: input.anchorDay }),
    })
    const serviceId = await createService(deps, organisationId, {
      subscriptionId,
      installationId: input.installationId ?? (routerInstallations[router] as InstallationId),
      kind: 'pppoe',
      username,
      password: `password-${made}`,
      actor,
    })
    const [row] = await raw<{ account_number: string }[]>`select account_number from subscribers where id = ${subscriberId}`
    return { subscriberId, subscriptionId, serviceId, accountNumber: row?.account_number ?? '', phone, username }
  }

  const raw = postgres(database.url, {
    max: 2,
    onnotice: () => {},
    types: { date: { to: 1082, from: [1082], serialize: String, parse: String } },
  })
  return {
    database,
    databaseUrl: database.url,
    /** The owner's connection: sees and may do everything, triggers aside. */
    raw,
    clock,
    daraja,
    gateway,
    boxes,
    router: boxes[0] as RouterSimulator,
    servers: running,
    engine: first.engine,
    deps: furnished,
    organisationId,
    branchId,
    planId,
    installations: { paybill, sms: gatewayInstallation, routers: routerInstallations },
    install,
    subscribe,
    /** Moves the clock to the noon of a civil day in Nairobi. */
    day: (date: string) => clock.moveTo(new Date(`${date}T09:00:00Z`)),
    /** Cash at the till of the branch, in cents, unless another currency is named. */
    pay: ({ subscriberId }: Pick<Line, 'subscriberId'>, amountMinor: bigint, paidAt = clock.now(), currency: Currency = 'KES') =>
      recordManualPayment(deps, organisationId, {
        branchId,
        subscriberId,
        amount: money(amountMinor, currency),
        reference: `SLIP-${deps.ids.next()}`,
        paidAt,
        actor,
      }),
    cycle: () => runDailyCycle(deps, organisationId),
    verify: () => verifyLedger(deps, organisationId),
    /** Waits until a condition holds; says what it waited for when it never does. */
    until,
    async settled() {
      for (const { engine } of running) await engine.workRoom.idle()
    },
    async close() {
      await Promise.all(running.map((server) => server.stop()))
      await Promise.all([daraja.stop(), gateway.close(), ...boxes.map((box) => box.stop())])
      await raw.end()
      await database.drop()
    },
  }
}

/** The organisation of every test that needs one only. */
export const savannaFibre: CreateOrganisation = {
  slug: 'savanna',
  name: 'Savanna Fibre',
  country: 'KE',
  currency: 'KES',
  timeZone: 'Africa/Nairobi',
  language: 'en',
  accountPrefix: '',
  policy: { invoiceLeadDays: 7, payTo: 'Paybill 400123' },
  branch: { code: 'NRB', name: 'Nairobi' },
}

export const priceOf = (amount: string, billing: BillingMode, graceDays: number) => ({
  amount: money(BigInt(amount) * 100n, 'KES'),
  billing,
  cadence: { unit: 'month', count: 1 } as const,
  graceDays,
  profile: { name: 'home-10', downloadBps: 10_000_000n, uploadBps: 5_000_000n },
  effectiveFrom: civilDate('2020-01-01'),
})

export const routerSettings = (box: RouterSimulator) => ({
  host: box.host,
  port: box.port,
  tls: 'plain',
  username: 'nyuzi',
  password: 'router-password',
})

type RunningServer = { engine: Engine; url: string; stop(): Promise<void> }

async function startServer(
  databaseUrl: string,
  clock: MovableClock,
  plugins: readonly Plugin[],
  options: IspOptions = {},
): Promise<RunningServer> {
  const app = new Hono()
  let server: ServerType | undefined
  const port = await new Promise<number>((resolve) => {
    server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, (info: AddressInfo) => resolve(info.port))
  })
  const url = `http://127.0.0.1:${port}`
  const engine = createEngine({
    databaseUrl,
    connectionsMax: 8,
    masterKey: new Uint8Array(32).fill(7),
    publicUrl: url,
    plugins,
    clock,
    log: createLog({ level: options.log ?? 'error' }),
    sweepEveryMs: options.sweepEveryMs ?? 200,
    processMetrics: false,
    ...(options.spoolDirectory === undefined ? {} : { spoolDirectory: options.spoolDirectory }),
  })
  app.route('/', callbackRoutes({ receive: (call) => receiveCallback(engine.deps, call), peerAddress: () => '127.0.0.1' }))
  await engine.start()
  return {
    engine,
    url,
    async stop() {
      await new Promise((resolve) => server?.close(resolve))
      await engine.stop()
    },
  }
}

async function until<T>(what: string, read: () => T | Promise<T>, forMs = 10_000): Promise<NonNullable<T>> {
  const endMs = Date.now() + forMs
  for (;;) {
    const value = await read()
    if (value) return value as NonNullable<T>
    if (Date.now() > endMs) throw new Error(`waited ${forMs} ms in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 15))
  }
}
