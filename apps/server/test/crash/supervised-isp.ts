import { readFileSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addDays, civilDateAt, type InstallationId, type ServiceId, type SubscriberId } from '@nyuzi/core'
import { startPostgres } from '@nyuzi/embedded-postgres'
import { mikrotik } from '@nyuzi/plugin-mikrotik'
import { startRouterSimulator } from '@nyuzi/plugin-mikrotik/simulator'
import { mpesa } from '@nyuzi/plugin-mpesa'
import { startDarajaSimulator } from '@nyuzi/plugin-mpesa/simulator'
import { sms } from '@nyuzi/plugin-sms'
import { startSmsGatewaySimulator } from '@nyuzi/plugin-sms/simulator'
import postgres from 'postgres'
import { createMovableClock } from '../../src/composition/clock.ts'
import { createEngine } from '../../src/composition/engine.ts'
import { mintApiKey } from '../../src/composition/mint-api-key.ts'
import { createPluginCatalog } from '../../src/composition/plugin-catalog.ts'
import { runDailyCycle } from '../../src/flows/billing/run-daily-cycle.ts'
import { createPlan } from '../../src/flows/catalog/create-plan.ts'
import { createInstallation } from '../../src/flows/installations/create-installation.ts'
import { verifyLedger } from '../../src/flows/ledger/verify-ledger.ts'
import { createOrganisation } from '../../src/flows/organisations/create-organisation.ts'
import { createService } from '../../src/flows/subscribers/create-service.ts'
import { createSubscriber } from '../../src/flows/subscribers/create-subscriber.ts'
import { createSubscription } from '../../src/flows/subscribers/create-subscription.ts'
import { migrateDatabase } from '../../src/store/migrate.ts'
import { priceOf, routerSettings, savannaFibre } from '../isp.ts'
import { freePort, type ServerProcess, startServerProcess } from './server-process.ts'

const actor = 'supervisor'
const plugins = [mpesa, mikrotik, sms]
const silent = { info() {}, warn() {}, error() {} }

export type SupervisedLine = {
  readonly subscriberId: SubscriberId
  readonly serviceId: ServiceId
  readonly accountNumber: string
  readonly phone: string
  readonly username: string
  readonly router: number
}
export type SupervisedIsp = Awaited<ReturnType<typeof openSupervisedIsp>>

/**
 * An ISP whose server runs in processes of its own that may be killed at any moment. PostgreSQL is durable; the providers
 * and routers live in this process, and their books are synced to disk before anyone is told of an entry.
 */
export async function openSupervisedIsp({ servers = 1, lines: lineCount = 30 } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'nyuzi-crash-'))
  // PostgreSQL may run as someone else than we.
  await chmod(folder, 0o755)
  const dataDirectory = join(folder, 'cluster', 'pg')
  let cluster = await startPostgres({ durable: true, dataDirectory })
  await migrateDatabase(cluster.url)
  const raw = postgres(cluster.url, { max: 2, onnotice: () => {} })
  const journal = join(folder, 'daraja.jsonl')
  const daraja = await startDarajaSimulator({
    journalPath: journal,
    autoAnswer: { outcome: 'approve', afterMs: 40 },
    confirmation: 'after',
  })
  const gateway = await startSmsGatewaySimulator({ style: 'africastalking', journalPath: join(folder, 'sms.jsonl') })
  const boxes = await Promise.all([0, 1].map((index) => startRouterSimulator({ journalPath: join(folder, `router-${index}.jsonl`) })))
  const masterKey = new Uint8Array(32).fill(9)
  const ports = await Promise.all(Array.from({ length: servers }, freePort))
  const urls = ports.map((port) => `http://127.0.0.1:${port}`)
  const publicUrl = urls[0] ?? ''

  // Ten days ago, so that by today every line has an invoice that is overdue.
  const clock = createMovableClock()
  const startedOn = new Date()
  clock.moveTo(new Date(startedOn.getTime() - 10 * 86_400_000))
  const engine = createEngine({
    databaseUrl: cluster.url,
    connectionsMax: 4,
    masterKey,
    publicUrl,
    plugins,
    clock,
    log: silent,
    sweepEveryMs: 60_000,
    processMetrics: false,
  })
  const deps = { ...engine.deps, mintApiKey, pluginCatalog: createPluginCatalog(plugins) }
  const { organisationId, branchId } = await createOrganisation(deps, savannaFibre)
  const install = (pluginId: string, name: string, settings: Record<string, unknown>): Promise<InstallationId> =>
    createInstallation(deps, organisationId, { pluginId, name, settings, actor })
  const paybill = await install('mpesa', 'Paybill 400123', daraja.settings('400123'))
  await install('sms', 'SMS', { gateway: 'africastalking', apiKey: 'at-key', username: 'savanna', baseUrl: gateway.url })
  const routers = await Promise.all(boxes.map((box, index) => install('mikrotik', `Router ${index + 1}`, routerSettings(box))))
  await (await deps.plugins.find(paybill))?.payments?.registerCallbacks?.()
  const planId = await createPlan(deps, organisationId, { code: 'HOME10', name: 'Home 10', actor, price: priceOf('1500', 'postpaid', 0) })

  const startsOn = addDays(civilDateAt(clock.now(), 'Africa/Nairobi'), 1)
  const lines: SupervisedLine[] = []
  for (let index = 0; index < lineCount; index++) {
    const phone = `+2547${String(10_000_000 + index)}`
    const username = `line${index}`
    const router = index % routers.length
    const subscriberId = await createSubscriber(deps, organisationId, { branchId, name: `Amina ${index}`, phone, actor })
    const subscriptionId = await createSubscription(deps, organisationId, { subscriberId, sold: { planId }, startsOn, actor })
    const installationId = routers[router] as InstallationId
    const serviceId = await createService(deps, organisationId, {
      subscriptionId,
      installationId,
      kind: 'pppoe',
      username,
      password: `password-${index}`,
      actor,
    })
    const [row] = await raw`select account_number from subscribers where id = ${subscriberId}`
    lines.push({ subscriberId, serviceId, accountNumber: row?.['account_number'], phone, username, router })
  }
  await runDailyCycle(deps, organisationId)
  clock.moveTo(new Date())
  await runDailyCycle(deps, organisationId)

  const running = new Set<ServerProcess>()
  return {
    daraja,
    gateway,
    boxes,
    raw,
    deps,
    organisationId,
    paybill,
    lines,
    urls,
    verify: () => verifyLedger(deps, organisationId),
    /** Receipts that the operator's journal holds, read from the disk. */
    journal: () =>
      readFileSync(journal, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line).receipt as string),
    startServer(index = 0): ServerProcess {
      const port = ports[index] as number
      const server = startServerProcess({ databaseUrl: cluster.url, masterKey, publicUrl, port, dataDirectory: join(folder, 'data') })
      running.add(server)
      return server
    },
    stopDatabase: () => cluster.stop('immediate'),
    async startDatabase() {
      cluster = await startPostgres({ durable: true, dataDirectory, port: Number(new URL(cluster.url).port) })
    },
    until,
    async close() {
      await Promise.all([...running].map((server) => server.kill()))
      await engine.stop()
      await Promise.all([daraja.stop(), gateway.close(), ...boxes.map((box) => box.stop())])
      await raw.end()
      await cluster.stop('immediate')
      await rm(folder, { recursive: true, maxRetries: 5, retryDelay: 100 })
    },
  }
}

async function until<T>(what: string, read: () => T | Promise<T>, forMs = 30_000): Promise<T> {
  const endMs = Date.now() + forMs
  for (;;) {
    const value = await read()
    if (value) return value
    if (Date.now() > endMs) throw new Error(`waited ${forMs} ms in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
