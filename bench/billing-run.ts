import type { OrganisationId } from '@nyuzi/core'
import postgres from 'postgres'
import { runDailyCycle } from '../apps/server/src/flows/billing/run-daily-cycle.ts'
import { checkRun, firstDay, seedBillingIsp, writtenBy } from './kit/billing-isp.ts'
import { openBenchEngine } from './kit/engine.ts'
import { type Figure, interleave, isScript, median, perSecond, ratioOfRounds, runFigures, sizesFrom } from './kit/figure.ts'
import { openBillingStatement } from './limits/bill-by-statement.ts'
import { openRowByRow } from './limits/bill-row-by-row.ts'

export type BillingRunSizes = {
  readonly rounds: number
  /** Of a subscriber each; an invoice of two lines each. */
  readonly subscriptions: number
  /** Subscriptions that the row-by-row version bills; it takes as long for each. */
  readonly rowByRow: number
}

/** By default a tenth of an ISP's day; `BENCH_SUBSCRIPTIONS=100000` measures all of it. */
const [subscriptions = 10_000] = sizesFrom('BENCH_SUBSCRIPTIONS')
const full: BillingRunSizes = { rounds: 5, subscriptions, rowByRow: Math.min(2_000, subscriptions) }
const memoryMaxMib = 64

/** The product's own run of a day, beside the same rows written by one who knows them, and beside one row after the other. */
export async function measureBillingRun(databaseUrl: string, sizes: BillingRunSizes = full): Promise<readonly Figure[]> {
  const { rounds, subscriptions, rowByRow } = sizes
  const owner = postgres(databaseUrl, { max: 1, onnotice: () => {} })
  const [onOne, onTwo] = [1, 2].map((connectionsMax) => openBenchEngine(databaseUrl, { connectionsMax, plugins: [] }).engine)
  if (!onOne || !onTwo) throw new Error('an engine is missing')
  const billByStatement = await openBillingStatement(owner)
  const rows = openRowByRow(databaseUrl)

  const seed = () => seedBillingIsp(owner, onOne.deps, { subscribers: subscriptions, duePerDay: subscriptions, days: 1, history: false })
  const written = new Set<string>()
  const repeats: number[] = []
  const growthsMib: number[] = []

  /** Every measure has an ISP of its own, seeded before the clock starts. */
  const rateOf = async (count: number, bill: (organisationId: OrganisationId) => Promise<unknown>): Promise<number> => {
    const organisationId = await seed()
    await owner`vacuum analyze`
    await owner`checkpoint`
    const startedMs = performance.now()
    await bill(organisationId)
    const tookMs = performance.now() - startedMs
    if (count === subscriptions) written.add(JSON.stringify(await writtenBy(owner, organisationId)))
    return perSecond(count, tookMs)
  }
  const byStatement = () => rateOf(subscriptions, (organisationId) => billByStatement(organisationId, firstDay))
  const onTwoConnections = () => rateOf(subscriptions, (organisationId) => runDailyCycle(onTwo.deps, organisationId))
  const onOneConnection = async () => {
    let finished: OrganisationId | undefined
    const memory = watchMemory()
    const rate = await rateOf(subscriptions, async (organisationId) => {
      finished = organisationId
      await runDailyCycle(onOne.deps, organisationId)
    })
    growthsMib.push(memory.stop())
    const startedMs = performance.now()
    if (finished) await runDailyCycle(onOne.deps, finished)
    repeats.push((performance.now() - startedMs) / ((1_000 * subscriptions) / rate))
    return rate
  }
  try {
    await onOneConnection()
    await byStatement()
    repeats.length = 0
    growthsMib.length = 0
    const [one = [], two = [], statement = [], single = []] = await interleave(rounds, [
      onOneConnection,
      onTwoConnections,
      byStatement,
      () => rateOf(rowByRow, (organisationId) => rows.bill(organisationId, firstDay, rowByRow)),
    ])
    if (written.size !== 1) throw new Error(`the sides wrote different rows: ${[...written].join(' ')}`)
    const last = await seed()
    await runDailyCycle(onTwo.deps, last)
    await checkRun(owner, onOne.deps, last, subscriptions)
    const of = `${subscriptions} subscriptions`
    return [
      {
        name: 'billing-run-one-connection',
        ratio: ratioOfRounds(one, statement),
        limit: 0.8,
        kind: 'at least',
        detail: `${of}: ${rate(one)}, by one statement ${rate(statement)}`,
      },
      {
        name: 'billing-run-two-connections',
        ratio: ratioOfRounds(two, statement),
        limit: 1.4,
        kind: 'at least',
        detail: `${of}: ${rate(two)}, by one statement ${rate(statement)}`,
      },
      {
        name: 'billing-run-row-by-row',
        ratio: ratioOfRounds(two, single),
        limit: 15,
        kind: 'at least',
        detail: `${of}: ${rate(two)} on two connections; row by row ${rate(single)} on 16, measured over ${rowByRow}`,
      },
      {
        name: 'billing-run-memory',
        ratio: median(growthsMib) / memoryMaxMib,
        limit: 1,
        kind: 'at most',
        detail: `resident memory grew by ${median(growthsMib).toFixed(0)} MiB in a run over ${of}`,
      },
      {
        name: 'billing-run-repeat',
        ratio: median(repeats),
        limit: 0.01,
        kind: 'at most',
        detail: `a second run over the finished day, as a share of the first (${of})`,
      },
    ]
  } finally {
    await Promise.all([onOne.stop(), onTwo.stop(), rows.close()])
    await owner.end()
  }
}

/** How far resident memory rises above where it stood. */
function watchMemory(): { stop(): number } {
  const startedAt = process.memoryUsage.rss()
  let peak = startedAt
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }, 50)
  return {
    stop() {
      clearInterval(timer)
      return (peak - startedAt) / 2 ** 20
    },
  }
}

const rate = (rates: readonly number[]): string => `${median(rates).toFixed(0)}/s`

if (isScript(import.meta.filename)) await runFigures(measureBillingRun)
