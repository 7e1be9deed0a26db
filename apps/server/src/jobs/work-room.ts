import type { InstallationId, OrganisationId } from '@nyuzi/core'
import { applyAccess, leaseRenewalMs, renewLane, runLane } from '../flows/access/apply-access.ts'
import { moveToPrices } from '../flows/catalog/move-to-prices.ts'
import { signDocuments } from '../flows/fiscal/sign-documents.ts'
import { sendMessages } from '../flows/messages/send-messages.ts'
import { turnPasses } from '../flows/passes/turn-passes.ts'
import { dispatchPrompts } from '../flows/payments/dispatch-prompts.ts'
import { lookUpPayments } from '../flows/payments/look-up-payments.ts'
import { postPayments } from '../flows/payments/post-payments.ts'
import { processCallbacks } from '../flows/payments/process-callbacks.ts'
import type { Deps, Wake, WorkKind } from '../flows/ports.ts'

type Flow = (deps: Deps, organisationId: OrganisationId) => Promise<number>

/** Which flow takes which rows. A flow returns how many it took; it is called again until it takes none. */
const flows: Readonly<Record<Exclude<WorkKind, 'access'>, Flow>> = {
  callbacks: processCallbacks,
  notices: postPayments,
  prompts: dispatchPrompts,
  look_ups: lookUpPayments,
  passes: turnPasses,
  messages: sendMessages,
  fiscal: signDocuments,
  price_moves: moveToPrices,
}

export type WorkRoom = {
  readonly wake: Wake
  /** A wake-up that came from another process: not passed on. */
  readonly heed: Wake
  readonly wakeLane: (organisationId: OrganisationId, installationId: InstallationId) => void
  /** Starts to work with these dependencies, and sweeps for what no one woke. */
  open(deps: Deps): void
  /** Resolves when nothing runs any more; work that waits for a later time does not count. */
  idle(): Promise<void>
  /** Takes no new work and waits for what runs. */
  close(): Promise<void>
  /** When the last sweep ended; for readiness. */
  sweptAt(): Date | undefined
}

export type WorkRoomOptions = {
  readonly sweepEveryMs: number
  /** Told of each wake-up from this process, after it was heeded here. */
  readonly onWake?: (kind: WorkKind, organisationId: OrganisationId) => void
}

/**
 * Runs the flows of this process. A wake-up is a hint: the rows are the work, a second wake-up while a flow runs makes
 * it look once more, and the sweep finds rows that were left by a server that died or that come due by time.
 */
export function createWorkRoom({ sweepEveryMs, onWake }: WorkRoomOptions): WorkRoom {
  const running = new Map<string, { again: boolean; done: Promise<void> }>()
  let deps: Deps | undefined
  let timer: NodeJS.Timeout | undefined
  let swept: Date | undefined

  /** One run a key at a time; a call meanwhile makes it run once more. */
  function once(key: string, work: (deps: Deps) => Promise<number>): void {
    const current = running.get(key)
    if (current) {
      current.again = true
      return
    }
    if (!deps) return
    const { log } = deps
    const run = { again: true, done: Promise.resolve() }
    running.set(key, run)
    run.done = (async () => {
      try {
        while (run.again && deps) {
          run.again = false
          while (deps && (await work(deps)) > 0);
        }
      } catch (error) {
        // The rows are still there; the next sweep tries again.
        log.error('work failed', { key, error })
      } finally {
        running.delete(key)
      }
    })()
  }

  const wakeLane: WorkRoom['wakeLane'] = (organisationId, installationId) =>
    once(`lane ${installationId}`, async (deps) => {
      const renewal = setInterval(() => {
        renewLane(deps, organisationId, installationId).catch((error: unknown) =>
          deps.log.warn('a lease could not be renewed', { installationId, error }),
        )
      }, leaseRenewalMs)
      try {
        await runLane(deps, organisationId, installationId)
      } finally {
        clearInterval(renewal)
      }
      return 0
    })

  function wakeHere(kind: WorkKind, organisationId: OrganisationId): void {
    if (kind === 'access') {
      once(`access ${organisationId}`, async (deps) => {
        await applyAccess(deps, organisationId)
        return 0
      })
    } else once(`${kind} ${organisationId}`, (deps) => flows[kind](deps, organisationId))
  }

  async function sweep(): Promise<void> {
    if (!deps) return
    try {
      for (const { kind, organisationId } of await deps.store.dueWork(deps.clock.now())) wakeHere(kind, organisationId)
      swept = new Date()
    } catch (error) {
      deps?.log.error('sweep failed', { error })
    }
    if (deps) timer = setTimeout(sweep, sweepEveryMs)
  }

  async function idle(): Promise<void> {
    while (running.size > 0) await Promise.all([...running.values()].map(({ done }) => done))
  }

  return {
    wake(kind, organisationId) {
      wakeHere(kind, organisationId)
      onWake?.(kind, organisationId)
    },
    heed: wakeHere,
    wakeLane,
    open(given) {
      deps = given
      void sweep()
    },
    idle,
    async close() {
      deps = undefined
      clearTimeout(timer)
      await idle()
    },
    sweptAt: () => swept,
  }
}
