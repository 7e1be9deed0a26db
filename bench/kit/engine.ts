import { createMovableClock } from '../../apps/server/src/composition/clock.ts'
import { createEngine, type Engine, type EngineOptions } from '../../apps/server/src/composition/engine.ts'
import { createLog } from '../../apps/server/src/telemetry/log.ts'

export type BenchEngine = { readonly engine: Engine; readonly clock: ReturnType<typeof createMovableClock> }

/** The product's engine on a clock that the bench moves. It works only after `engine.start()`; until then the bench calls the flows. */
export function openBenchEngine(
  databaseUrl: string,
  { connectionsMax, plugins }: Pick<EngineOptions, 'connectionsMax' | 'plugins'>,
): BenchEngine {
  const clock = createMovableClock()
  clock.moveTo(new Date('2026-06-03T09:00:00Z'))
  const engine = createEngine({
    databaseUrl,
    connectionsMax,
    masterKey: new Uint8Array(32).fill(7),
    publicUrl: 'http://127.0.0.1',
    plugins,
    clock,
    log: createLog({ level: 'error' }),
    sweepEveryMs: 1_000,
    processMetrics: false,
  })
  return { engine, clock }
}
