import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type ServerType, serve } from '@hono/node-server'
import { getConnInfo } from '@hono/node-server/conninfo'
import { readId } from '@nyuzi/core'
import type { Context } from 'hono'
import { receiveCallback } from '../flows/payments/receive-callback.ts'
import type { Log } from '../flows/ports.ts'
import { createApp } from '../http/app.ts'
import { mountCockpit } from '../http/cockpit/mount-cockpit.ts'
import { callbackRoutes } from '../http/routes/callbacks.ts'
import { createSchedules, jobOverdueMs } from '../jobs/schedules.ts'
import { keyRing } from '../store/api-keys.ts'
import { readFiscalBacklog } from '../store/fiscal.ts'
import { jobRunStore } from '../store/job-runs.ts'
import { createMovableClock, systemClock } from './clock.ts'
import { createEngine, type Engine } from './engine.ts'
import { randomIds } from './ids.ts'
import { mintApiKey } from './mint-api-key.ts'
import { openDatabase } from './open-database.ts'
import { createPluginCatalog } from './plugin-catalog.ts'
import { type NyuziConfig, type OpenDemo, type Settings, UnsafeSettings } from './settings.ts'

export type RunningServer = {
  readonly url: string
  readonly engine: Engine
  readonly demo: OpenDemo | undefined
  stop(): Promise<void>
}

/** Opens the house: database, engine, HTTP, schedules, and in demo mode the made-up ISP. Stops in the opposite order. */
export async function startServer(
  config: NyuziConfig,
  settings: Settings,
  log: Log,
  /** Told at once how to stop what is open by then: a first start can take a while, and may be broken off. */
  stoppable: (stop: () => Promise<void>) => void = () => {},
): Promise<RunningServer> {
  const closers: (() => Promise<void>)[] = []
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close()
  }
  let brokenOff = false
  stoppable(() => {
    brokenOff = true
    return stop()
  })
  try {
    // The port is taken first: a second start must not come to the database of the first, and stop it on its way out.
    const front: Front = { answer: () => new Response(null, { status: 503, headers: { 'retry-after': '1' } }) }
    const { server, port } = await listen(front, settings)
    closers.push(() => closeServer(server))
    const opening = openDatabase(settings)
    // Known before it is open: a start that is broken off now would leave the demo's PostgreSQL running.
    closers.unshift(() =>
      opening.then(
        ({ close }) => close(),
        () => {},
      ),
    )
    const database = await opening
    const url = `http://${settings.host === '0.0.0.0' ? '127.0.0.1' : settings.host}:${port}`

    const movable = config.demo ? createMovableClock() : undefined
    const clock = movable ?? systemClock
    const engine = createEngine({
      databaseUrl: database.url,
      connectionsMax: settings.connectionsMax,
      masterKey: settings.masterKey,
      publicUrl: settings.publicUrl ?? url,
      plugins: config.plugins,
      clock,
      log,
      sweepEveryMs: 1_000,
      processMetrics: true,
      spoolDirectory: join(settings.dataDirectory, 'spool'),
    })
    // Stops after the front: a call that is still under way has to be kept.
    closers.splice(-1, 0, () => engine.stop())
    const jobRuns = jobRunStore(engine.database)
    const schedules = createSchedules(engine.deps, database.url, jobRuns)
    const operatorKey = settings.operatorKey ?? (config.demo ? randomIds.token() : undefined)
    const peerAddress = (context: Context) => peerOf(context, settings.trustedHops)
    const ring = keyRing(engine.database)
    let demo: OpenDemo | undefined
    const app = createApp({
      parts: { ...engine.deps, keyRing: ring, mintApiKey, pluginCatalog: createPluginCatalog(config.plugins) },
      operations: {
        readiness: () => readiness(engine, jobRuns),
        async metrics() {
          const { registry, fiscalBacklog } = engine.telemetry
          // The other figures are wanted most while the database is away.
          await readFiscalBacklog(engine.database, clock.now()).then(fiscalBacklog, () => undefined)
          return { contentType: registry.contentType, body: await registry.metrics() }
        },
        ...(settings.metricsToken === undefined ? {} : { metricsToken: settings.metricsToken }),
      },
      ...(operatorKey === undefined ? {} : { operatorKey }),
      peerAddress,
      extraRoutes(routes) {
        routes.route('/', callbackRoutes({ receive: (call) => receiveCallback(engine.deps, call), peerAddress }))
        const cockpit = mountCockpit(routes, {
          deps: engine.deps,
          keyRing: ring,
          mode: settings.mode,
          isHttps: settings.publicUrl?.startsWith('https://') ?? false,
          demo() {
            const organisationId = demo && readId('organisation', demo.organisationId)
            return organisationId && { organisationId, actions: demo?.actions ?? [] }
          },
        })
        closers.push(async () => cockpit.close())
      },
    })
    await engine.start()
    front.answer = app.fetch
    await schedules.start()
    closers.push(() => schedules.stop())
    if (config.demo && movable && operatorKey !== undefined) {
      const opened = await config.demo.open({
        apiUrl: url,
        operatorKey,
        clock: movable,
        dataDirectory: settings.dataDirectory,
        settled: () => engine.workRoom.idle(),
        log,
      })
      demo = opened
      closers.push(() => opened.close())
    }
    return { url, engine, demo, stop }
  } catch (error) {
    // A start that is broken off fails at whatever it was doing. That is no news; who broke it off ends the process.
    if (brokenOff) return await new Promise<never>(() => {})
    await stop()
    throw error
  }
}

/** Answers before there is an app to answer: a provider's proxy takes 503 for "try again", and 404 for "never". */
type Front = { answer: (request: Request, env: object) => Response | Promise<Response> }

async function listen(front: Front, { host, port }: Settings): Promise<{ server: ServerType; port: number }> {
  return await new Promise((resolve, reject) => {
    const server = serve({ fetch: (request, env) => front.answer(request, env), hostname: host, port }, (info: AddressInfo) =>
      resolve({ server, port: info.port }),
    )
    server.on('error', (error: NodeJS.ErrnoException) => reject(refusalOf(error, host, port) ?? error))
  })
}

function refusalOf({ code }: NodeJS.ErrnoException, host: string, port: number): UnsafeSettings | undefined {
  if (code === 'EADDRINUSE')
    return new UnsafeSettings(
      `port ${port} of ${host} is taken, perhaps by a Nyuzi that runs already. Stop that, or set PORT to another one (and NYUZI_DATA to another folder, for a second demo).`,
    )
  if (code === 'EACCES') return new UnsafeSettings(`port ${port} needs rights that this user lacks. Set PORT to one above 1023.`)
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new UnsafeSettings(`HOST is ${host}, which is no address of this machine. Set it to one, or unset it.`)
}

async function closeServer(server: ServerType): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
    // Feeds that are watched would hold the server open for ever.
    if ('closeAllConnections' in server) setTimeout(() => server.closeAllConnections(), 3_000).unref()
  })
}

/** The caller's address: of the socket, or as told by the last of the proxies we were said to trust. */
function peerOf(context: Context, trustedHops: number): string | undefined {
  const socket = getConnInfo(context).remote.address
  if (trustedHops === 0) return socket
  const told = (context.req.header('x-forwarded-for') ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
  return told.at(-trustedHops) ?? socket
}

/** A server that was off for a day serves at once, and what runs by night catches up the next night: that is the doctor's matter. */
const frequentJobs = new Map<string, number>(Object.entries(jobOverdueMs).filter(([, overdueMs]) => overdueMs < 3_600_000))

async function readiness(
  engine: Engine,
  jobRuns: ReturnType<typeof jobRunStore>,
): Promise<{ ready: boolean; checks: Record<string, string> }> {
  const checks: Record<string, string> = {}
  try {
    const runs = await jobRuns.list()
    checks['database'] = 'ok'
    const late = runs.filter(({ name, startedAt, finishedAt }) => {
      const ageMs = Date.now() - (finishedAt ?? startedAt).getTime()
      return ageMs > (frequentJobs.get(name) ?? Number.POSITIVE_INFINITY)
    })
    checks['schedules'] = late.length === 0 ? 'ok' : `${late.map(({ name }) => name).join(', ')} did not run in time`
  } catch {
    checks['database'] = 'it does not answer'
  }
  const spooled = engine.spool?.waiting() ?? 0
  checks['spool'] = spooled === 0 ? 'ok' : `${spooled} segments of calls wait on disk for the database`
  const swept = engine.workRoom.sweptAt()
  checks['workers'] = swept && Date.now() - swept.getTime() < 30_000 ? 'ok' : 'they have not swept for 30 seconds'
  return { ready: Object.values(checks).every((check) => check === 'ok'), checks }
}
