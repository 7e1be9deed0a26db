import type { InstallationId } from '@nyuzi/core'
import { type Child, sharedNowMs, startChild } from './kit/child.ts'
import { type Figure, interleave, isScript, median, perSecond, quantile, ratioOfRounds, runFigures } from './kit/figure.ts'
import type { LoadAnswer, LoadQuestion } from './kit/http-load.ts'
import { type BenchIsp, type BenchLine, openBenchIsp, priceMinor, receiveCallback, serveCallbacks } from './kit/isp.ts'
import type { FleetQuestion, FleetTell } from './kit/router-fleet.ts'

export type RestoreSizes = {
  /** Payers in a row while nothing else happens. */
  readonly idle: number
  readonly rounds: number
  /** Suspensions that lie before the payers, and the most payers that come meanwhile. */
  readonly backlog: number
  readonly payers: number
  readonly routers: number
  readonly backlogEach: number
  readonly payersAmong: number
}

const full: RestoreSizes = { idle: 200, rounds: 5, backlog: 10_000, payers: 100, routers: 20, backlogEach: 250, payersAmong: 38 }
const idleLimitMs = 100
const backlogLimitMs = 250

/** From the moment a provider's report leaves to the write that switches the line on, on the router's own clock. */
export async function measureRestore(databaseUrl: string, sizes: RestoreSizes = full): Promise<readonly Figure[]> {
  return [...(await measureOneRouter(databaseUrl, sizes)), ...(await measureSilentRouter(databaseUrl, sizes))]
}

async function measureOneRouter(databaseUrl: string, { idle, rounds, backlog, payers }: RestoreSizes): Promise<Figure[]> {
  const network = await openNetwork(databaseUrl, 1)
  try {
    const [router] = network.routers
    const paying = await network.seed(idle + rounds * payers, { router, prefix: 'payer', billed: true })
    await network.seed(backlog, { router, prefix: 'line', billed: false })
    await network.begin()
    const idleMs: number[] = []
    for (const payer of paying.slice(0, idle)) idleMs.push(await network.pay(payer))
    const p99s: number[] = []
    const p50s: number[] = []
    for (let round = 0; round < rounds; round++) {
      const behindMs: number[] = []
      await network.want('suspended')
      for (const payer of paying.slice(idle + round * payers, idle + (round + 1) * payers)) {
        const restoredMs = await network.pay(payer)
        // One who came when all was done waited for nobody.
        if ((await network.written()).writes < backlog) behindMs.push(restoredMs)
      }
      p99s.push(quantile(behindMs, 0.99))
      p50s.push(median(behindMs))
      await network.settled()
      await network.want('active')
      await network.settled()
    }
    const idleP99 = quantile(idleMs, 0.99)
    return [
      {
        name: 'restore-idle-p99',
        ratio: idleP99 / idleLimitMs,
        limit: 1,
        kind: 'at most',
        detail: `p50 ${median(idleMs).toFixed(1)} ms, p99 ${idleP99.toFixed(1)} ms of ${idleLimitMs} ms, ${idle} payers in a row`,
      },
      {
        name: 'restore-behind-backlog-p99',
        ratio: median(p99s) / backlogLimitMs,
        limit: 1,
        kind: 'at most',
        detail: `p50 ${median(p50s).toFixed(1)} ms, p99 ${median(p99s).toFixed(1)} ms of ${backlogLimitMs} ms behind ${backlog} suspensions on the same router`,
      },
    ]
  } finally {
    await network.close()
  }
}

async function measureSilentRouter(databaseUrl: string, { rounds, routers, backlogEach, payersAmong }: RestoreSizes): Promise<Figure[]> {
  const network = await openNetwork(databaseUrl, routers)
  const others = routers - 1
  try {
    const payers: BenchLine[][] = []
    for (const [index, router] of network.routers.entries()) {
      if (index > 0)
        payers.push(await network.seed(Math.ceil((2 * rounds * payersAmong) / others), { router, prefix: `payer-${index}-`, billed: true }))
      await network.seed(backlogEach, { router, prefix: `line-${index}-`, billed: false })
    }
    await network.begin()
    let paid = 0
    const run = async (silent: boolean) => {
      await network.silent(0, silent)
      const startedMs = await network.want('suspended')
      const latenciesMs: number[] = []
      for (let left = payersAmong; left > 0; left--, paid++) {
        const payer = payers[paid % others]?.[Math.floor(paid / others)]
        if (payer) latenciesMs.push(await network.pay(payer))
      }
      await network.settled(silent ? network.routers[0] : undefined)
      const { writes, lastMs } = await network.written(silent ? 0 : undefined)
      const pace = perSecond(writes, lastMs - startedMs)
      await network.silent(0, false)
      await network.settled()
      await network.want('active')
      await network.settled()
      return { pace, p99: quantile(latenciesMs, 0.99), p50: median(latenciesMs) }
    }
    const [withSilent = [], withAll = []] = await interleave(rounds, [() => run(true), () => run(false)])
    const pick = (of: typeof withSilent, name: 'pace' | 'p99' | 'p50') => of.map((one) => one[name])
    const ms = (of: typeof withSilent) => `p50 ${median(pick(of, 'p50')).toFixed(1)} ms, p99 ${median(pick(of, 'p99')).toFixed(1)} ms`
    return [
      {
        name: 'restore-beside-silent-latency',
        ratio: ratioOfRounds(pick(withSilent, 'p50'), pick(withAll, 'p50')),
        limit: 1.5,
        kind: 'at most',
        detail: `one silent router of ${routers}: ${ms(withSilent)} on the others; all answering: ${ms(withAll)}`,
      },
      {
        name: 'restore-beside-silent-pace',
        ratio: ratioOfRounds(pick(withSilent, 'pace'), pick(withAll, 'pace')),
        limit: 0.9,
        kind: 'at least',
        detail: `backlog at ${median(pick(withSilent, 'pace')).toFixed(0)} lines/s beside a silent router, ${median(pick(withAll, 'pace')).toFixed(0)} lines/s when all answer`,
      },
    ]
  } finally {
    await network.close()
  }
}

/** An ISP at work with its routers and its provider in two other processes. */
async function openNetwork(databaseUrl: string, routerCount: number) {
  const isp = await openBenchIsp(databaseUrl)
  const fleet: Child<FleetQuestion, FleetTell> = startChild(new URL('./kit/router-fleet.ts', import.meta.url))
  const provider: Child<LoadQuestion, LoadAnswer> = startChild(new URL('./kit/http-load.ts', import.meta.url))
  const server = await serveCallbacks((call) => receiveCallback(isp.deps, call))
  const waiting = new Map<string, (atMs: number) => void>()
  fleet.onTold(({ written }) => {
    if (written) waiting.get(written.username)?.(written.atMs)
  })
  const { ports = [] } = await fleet.ask({ ask: 'start', routers: routerCount, watchedPrefix: 'payer' })
  const routers: InstallationId[] = []
  // A router that fell silent is found out sooner than by default, so that a round does not last longer than its work.
  for (const [index, port] of ports.entries()) routers.push(await isp.installRouter(`Router ${index}`, port, { commandTimeoutMs: 2_000 }))
  let receipts = 0

  return {
    routers: routers as [InstallationId, ...InstallationId[]],
    seed: isp.seed,
    /** Puts all lines on the routers, suspends the billed ones, and waits until the network is as wanted. */
    async begin(): Promise<void> {
      await isp.engine.start()
      await isp.billAndSuspend()
      await isp.settleStatistics()
      isp.deps.wake('access', isp.organisationId)
      await settled(isp)
      await fleet.ask({ ask: 'count' })
    },
    /** Reports a payment; resolves with the milliseconds to the write that it causes. */
    async pay({ username, account }: BenchLine): Promise<number> {
      const written = new Promise<number>((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`${username} paid and was not restored`)), 60_000)
        waiting.set(username, (atMs) => {
          clearTimeout(late)
          resolve(atMs)
        })
      })
      const series = `Q${String(receipts++).padStart(6, '0')}`
      const question = {
        port: server.port,
        path: isp.confirmationPath,
        connections: 1,
        count: 1,
        accounts: [account],
        amount: `${priceMinor / 100n}.00`,
      }
      const { startedMs, refused } = await provider.ask({ ...question, series })
      if (refused > 0) throw new Error(`the payment of ${username} was refused`)
      const atMs = await written
      waiting.delete(username)
      return atMs - startedMs
    },
    /** Wants all lines but the payers' anew, as a daily cycle that decided so would; resolves with the time it did. */
    async want(state: 'active' | 'suspended'): Promise<number> {
      await fleet.ask({ ask: 'count' })
      await isp.owner`
        update access_states a set wanted_state = ${state}, wanted_reason = ${state === 'active' ? 'paid' : 'overdue'}, wanted_version = a.wanted_version + 1,
               wanted_at = ${isp.clock.now()}, status = 'pending', urgent = false, attempts = 0, next_attempt_at = ${isp.clock.now()}
          from services v where v.organisation_id = a.organisation_id and v.id = a.service_id and a.organisation_id = ${isp.organisationId} and v.username like 'line%'`
      const wantedMs = sharedNowMs()
      isp.deps.wake('access', isp.organisationId)
      return wantedMs
    },
    /** Lines written since they were wanted, but for one router's, and when the last of them was. */
    async written(besides?: number): Promise<{ writes: number; lastMs: number }> {
      const { counts = [] } = await fleet.ask({ ask: 'look' })
      const counted = counts.filter((_, router) => router !== besides)
      return { writes: counted.reduce((sum, { writes }) => sum + writes, 0), lastMs: Math.max(...counted.map(({ lastMs }) => lastMs)) }
    },
    silent: (router: number, on: boolean) => fleet.ask({ ask: 'silent', router, on }),
    settled: (besides?: InstallationId) => settled(isp, besides),
    async close(): Promise<void> {
      await server.stop()
      await isp.close()
      await Promise.all([fleet.stop(), provider.stop()])
    },
  }
}

/** Waits until every line is in place, but for one router's. */
async function settled(isp: BenchIsp, besides: InstallationId | null = null): Promise<void> {
  const endMs = performance.now() + 180_000
  for (;;) {
    const [row] = await isp.owner<{ left: number }[]>`
      select count(*)::int as left from access_states
       where organisation_id = ${isp.organisationId} and status <> 'in_sync' and installation_id is distinct from ${besides}`
    if (row?.left === 0) return
    if (performance.now() > endMs) throw new Error(`${row?.left} lines are still not as wanted`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

if (isScript(import.meta.filename)) await runFigures(measureRestore)
