import { PgBoss } from 'pg-boss'
import { reconcileAccess } from '../flows/access/reconcile-access.ts'
import { runDailyCycle } from '../flows/billing/run-daily-cycle.ts'
import { sealLedger } from '../flows/ledger/seal-ledger.ts'
import type { Deps, JobRuns } from '../flows/ports.ts'
import { type ScheduledJob, scheduledJobs } from './names.ts'

export type Schedules = { start(): Promise<void>; stop(): Promise<void> }

/** A scheduled job that did not end for this long is an alarm. */
export const jobOverdueMs = 15 * 60_000

const flows: Readonly<Record<ScheduledJob, (deps: Deps, organisationId: Parameters<typeof runDailyCycle>[1]) => Promise<unknown>>> = {
  'daily-cycle': runDailyCycle,
  'seal-ledger': sealLedger,
  'reconcile-access': reconcileAccess,
}

/**
 * pg-boss runs each schedule once over all servers. It is only a clock: deleting its schema loses nothing. It connects
 * by itself with a small pool of its own, as the database's owner, since it keeps its own schema.
 */
export function createSchedules(deps: Deps, databaseUrl: string, jobRuns: JobRuns): Schedules {
  const boss = new PgBoss({ connectionString: databaseUrl, schema: 'jobs', max: 2, application_name: 'nyuzi-jobs' })
  boss.on('error', (error) => deps.log.error('the job queue failed', { error }))
  return {
    async start() {
      await boss.start()
      for (const name of Object.keys(scheduledJobs) as ScheduledJob[]) {
        await boss.createQueue(name, { policy: 'stately', retryLimit: 2, retryDelay: 30, expireInSeconds: 3_600 })
        await boss.schedule(name, scheduledJobs[name], {})
        await boss.work(name, () => runJob(deps, jobRuns, name))
      }
    },
    stop: () => boss.stop({ graceful: true, timeout: 10_000 }),
  }
}

/** Runs a job for every organisation; one that fails stops no other. */
async function runJob(deps: Deps, jobRuns: JobRuns, name: ScheduledJob): Promise<void> {
  const startedAt = new Date()
  await jobRuns.started(name, startedAt)
  let failed = 0
  for (const organisationId of await deps.store.organisations()) {
    try {
      await flows[name](deps, organisationId)
    } catch (error) {
      failed++
      deps.log.error('a scheduled job failed', { job: name, organisationId, error })
    }
  }
  await jobRuns.finished(name, new Date(), failed === 0 ? 'done' : `${failed} organisations failed`)
}
