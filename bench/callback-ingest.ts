import type { CallbackId } from '@nyuzi/core'
import { startChild } from './kit/child.ts'
import { type Figure, interleave, isScript, median, perSecond, quantile, ratioOfRounds, runFigures } from './kit/figure.ts'
import type { LoadAnswer, LoadQuestion } from './kit/http-load.ts'
import { openBenchIsp, receiveCallback, serveCallbacks } from './kit/isp.ts'
import { openInsertLimit } from './limits/insert-callback.ts'

export type CallbackIngestSizes = { readonly rounds: number; readonly calls: number; readonly connections: number }

const full: CallbackIngestSizes = { rounds: 7, calls: 12_000, connections: 64 }

/** A provider's call, authenticated, parsed, deduplicated and on disk before its answer; the work it leaves is not done here. */
export async function measureCallbackIngest(
  databaseUrl: string,
  { rounds, calls, connections }: CallbackIngestSizes = full,
): Promise<readonly Figure[]> {
  const isp = await openBenchIsp(databaseUrl)
  const limit = await openInsertLimit(databaseUrl)
  const client = startChild<LoadQuestion, LoadAnswer>(new URL('./kit/http-load.ts', import.meta.url))
  const storing = await serveCallbacks((call) => receiveCallback(isp.deps, call))
  const parsing = await serveCallbacks((call) => receiveCallback({ ...isp.deps, inbox: { keep: async () => 'repeat' } }, call))
  const send = async (port: number, series: string, count = calls) => {
    const answer = await client.ask({
      port,
      path: isp.confirmationPath,
      connections,
      count,
      series,
      accounts: ['100001'],
      amount: '1500.00',
    })
    if (answer.refused > 0) throw new Error(`${answer.refused} calls were refused`)
    return { rate: perSecond(count, answer.elapsedMs), p50: median(answer.latenciesMs), p99: quantile(answer.latenciesMs, 0.99) }
  }
  try {
    for (const { port } of [storing, parsing]) await send(port, 'W', Math.min(calls, 4_000))
    await limit.perSecond(Math.min(calls, 4_000))
    const measures = [
      (round: number) => send(storing.port, `S${round}`),
      (round: number) => send(parsing.port, `P${round}`),
      async () => ({ rate: await limit.perSecond(calls), p50: 0, p99: 0 }),
    ]
    const [stored = [], parsed = [], inserted = []] = await interleave(rounds, measures)
    await checkKept(isp, rounds * calls + Math.min(calls, 4_000))
    const rates = (of: typeof stored) => of.map(({ rate }) => rate)
    const p99s = (of: typeof stored) => of.map(({ p99 }) => p99)
    const [ours, theirs] = [median(rates(stored)), median(rates(inserted))]
    return [
      {
        name: 'callback-ingest-rate',
        ratio: ratioOfRounds(rates(stored), rates(inserted)),
        limit: 0.65,
        kind: 'at least',
        detail: `${ours.toFixed(0)} callbacks/s on ${connections} connections, ${theirs.toFixed(0)} single inserts/s by ${limit.by} at 16 clients`,
      },
      {
        name: 'callback-ingest-p99',
        ratio: ratioOfRounds(p99s(stored), p99s(parsed)),
        limit: 3,
        kind: 'at most',
        detail: `p99 ${median(p99s(stored)).toFixed(1)} ms stored, ${median(p99s(parsed)).toFixed(1)} ms parsed only (${median(rates(parsed)).toFixed(0)}/s)`,
      },
    ]
  } finally {
    await client.stop()
    await Promise.all([storing.stop(), parsing.stop(), limit.close()])
    await isp.close()
  }
}

/** An answer that was given and a row that is not there would make the figure worthless. */
async function checkKept(isp: Awaited<ReturnType<typeof openBenchIsp>>, expected: number): Promise<void> {
  const [row] = await isp.owner<
    { kept: number; id: CallbackId }[]
  >`select count(*)::int as kept from callbacks where organisation_id = ${isp.organisationId}`
  if (row?.kept !== expected) throw new Error(`${expected} callbacks were answered, ${row?.kept} are kept`)
}

if (isScript(import.meta.filename)) await runFigures(measureCallbackIngest)
