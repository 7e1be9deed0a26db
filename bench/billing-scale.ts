import type { OrganisationId } from '@nyuzi/core'
import postgres from 'postgres'
import { runDailyCycle } from '../apps/server/src/flows/billing/run-daily-cycle.ts'
import { checkRun, firstDay, seedBillingIsp } from './kit/billing-isp.ts'
import { openBenchEngine } from './kit/engine.ts'
import { type Figure, interleave, isScript, median, ratioOfRounds, runFigures, sizesFrom } from './kit/figure.ts'

export type BillingScaleSizes = {
  /** Subscribers who all fall due on one day. */
  readonly costs: readonly number[]
  /** Subscribers of whom `due` a day fall due, for so many days: few of them, and many. */
  readonly few: number
  readonly many: number
  readonly due: number
  readonly days: number
}

/** By default up to 30,000 and 100,000; `BENCH_SCALE=1000,10000,100000,1000000` measures all of it, its last size also by days. */
const asked = sizesFrom('BENCH_SCALE')
const costs = asked.length > 0 ? asked : [1_000, 10_000, 30_000]
const full: BillingScaleSizes = { costs, few: 1_000, many: Math.max(100_000, ...costs), due: 10, days: 15 }
/** A small size is measured until so many subscribers were billed, so that no size is known by a single run of a second. */
const measuredMin = 10_000

/** Whether a subscriber costs the same in a large ISP as in a small one, and a day what falls due on it. */
export async function measureBillingScale(databaseUrl: string, sizes: BillingScaleSizes = full): Promise<readonly Figure[]> {
  const owner = postgres(databaseUrl, { max: 1, onnotice: () => {} })
  const { engine, clock } = openBenchEngine(databaseUrl, { connectionsMax: 1, plugins: [] })
  const seed = async (seedSizes: Parameters<typeof seedBillingIsp>[2]) => {
    const organisationId = await seedBillingIsp(owner, engine.deps, seedSizes)
    await owner`vacuum analyze`
    await owner`checkpoint`
    return organisationId
  }
  const bill = async (organisationId: OrganisationId): Promise<number> => {
    const startedMs = performance.now()
    await runDailyCycle(engine.deps, organisationId)
    return performance.now() - startedMs
  }
  const allDue = (subscribers: number) => seed({ subscribers, duePerDay: subscribers, days: 1, history: false })

  const billAll = async (subscribers: number): Promise<number> => {
    const organisationId = await allDue(subscribers)
    const usEach = (1_000 * (await bill(organisationId))) / subscribers
    await checkRun(owner, engine.deps, organisationId, subscribers)
    return usEach
  }
  const measureCosts = async (): Promise<Figure> => {
    await billAll(Math.min(...sizes.costs))
    const usEach: number[] = []
    for (const subscribers of sizes.costs) {
      const rounds = Math.min(5, Math.max(1, Math.ceil(measuredMin / subscribers)))
      const measured: number[] = []
      for (let round = 0; round < rounds; round++) measured.push(await billAll(subscribers))
      usEach.push(median(measured))
    }
    const list = sizes.costs.map((subscribers, index) => `${subscribers}: ${usEach[index]?.toFixed(0)}`).join(', ')
    return {
      name: 'billing-scale-cost',
      ratio: Math.max(...usEach) / Math.min(...usEach),
      limit: 1.25,
      kind: 'at most',
      detail: `µs a subscriber, all due on one day, by subscribers; ${list}`,
    }
  }

  const measureDue = async (): Promise<Figure> => {
    const { due, days } = sizes
    const seeded = { duePerDay: due, days, history: true }
    const small = await seed({ subscribers: sizes.few, ...seeded })
    const large = await seed({ subscribers: sizes.many, ...seeded })
    // The first day warms both; it has what came before it to do as well.
    const dayOf = (organisationId: OrganisationId) => async (round: number) => {
      clock.moveTo(new Date(Date.parse(`${firstDay}T09:00:00Z`) + (round + 1) * 86_400_000))
      return await bill(organisationId)
    }
    for (const organisationId of [small, large]) await dayOf(organisationId)(-1)
    const [inLarge = [], inSmall = []] = await interleave(days - 1, [dayOf(large), dayOf(small)])
    for (const organisationId of [small, large]) await checkDays(organisationId)
    return {
      name: 'billing-scale-due',
      ratio: ratioOfRounds(inLarge, inSmall),
      limit: 2,
      kind: 'at most',
      detail: `a day on which ${due} of ${sizes.many} fall due ${median(inLarge).toFixed(0)} ms, ${due} of ${sizes.few} ${median(inSmall).toFixed(0)} ms`,
    }
  }

  /** On each day so many were invoiced and as many cut off. */
  const checkDays = async (organisationId: OrganisationId): Promise<void> => {
    const [row] = await owner<{ billed: number; suspended: number }[]>`
      select (select count(distinct subscriber_id)::int from invoices where organisation_id = ${organisationId} and issued_on >= ${firstDay}) as billed,
             (select count(*)::int from access_states where organisation_id = ${organisationId} and wanted_state = 'suspended') as suspended`
    const expected = sizes.due * sizes.days
    if (row?.billed !== expected || row.suspended !== expected)
      throw new Error(`${expected} fell due; of them are there ${JSON.stringify(row)}`)
  }

  try {
    return [await measureCosts(), await measureDue()]
  } finally {
    await engine.stop()
    await owner.end()
  }
}

if (isScript(import.meta.filename)) await runFigures(measureBillingScale)
