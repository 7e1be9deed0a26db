import type { OrganisationId } from '@nyuzi/core'
import { PgBoss } from 'pg-boss'
import { reconcileAccess } from '../flows/access/reconcile-access.ts'
import { recomputeCredits } from '../flows/billing/recompute-credits.ts'
import { recomputeIssued } from '../flows/billing/recompute-issued.ts'
import { runDailyCycle } from '../flows/billing/run-daily-cycle.ts'
import { sealLedger } from '../flows/ledger/seal-ledger.ts'
import type { Deps, JobRuns } from '../flows/ports.ts'
import { type ScheduledJob, scheduledJobs } from './names.ts'

export type Schedules = { start(): Promise<void>; stop(): Promise<void> }

const minuteMs = 60_000

/** A scheduled job that did not end for this long is an alarm. */
export const jobOverdueMs: Readonly<Record<ScheduledJob, number>> = {
  'daily-cycle': 15 * minuteMs,
  'seal-ledger': 15 * minuteMs,
  'reconcile-access': 15 * minuteMs,
  'recompute-invoices': 26 * 60 * minuteMs,
}

/** A text tells what a person must look at. */
type Job = (deps: Deps, organisationId: OrganisationId) => Promise<string | undefined>

const quietly =
  (work: (deps: Deps, organisationId: OrganisationId) => Promise<unknown>): Job =>
  async (deps, organisationId) => {
    await work(deps, organisationId)
    return undefined
  }

const jobs: Readonly<Record<ScheduledJob, Job>> = {
  'daily-cycle': quietly(runDailyCycle),
  'seal-ledger': quietly(sealLedger),
  'reconcile-access': quietly(reconcileAccess),
  async 'recompute-invoices'(deps, organisationId) {
    const parts = [
      { name: 'invoices', ...(await recomputeIssued(deps, organisationId)) },
      { name: 'credit notes', ...(await recomputeCredits(deps, organisationId)) },
    ].filter(({ differing }) => differing > 0)
    if (parts.length === 0) return undefined
    return `${parts.map(({ name, read, differing }) => `${differing} of ${read} ${name}`).join(' and ')} differ from their second calculation`
  },
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
export async function runJob(deps: Deps, jobRuns: JobRuns, name: ScheduledJob): Promise<void> {
  const startedAt = new Date()
  await jobRuns.started(name, startedAt)
  let failed = 0
  const told: string[] = []
  for (const organisationId of await deps.store.organisations()) {
    try {
      const tells = await jobs[name](deps, organisationId)
      if (tells !== undefined) told.push(tells)
    } catch (error) {
      failed++
      deps.log.error('a scheduled job failed', { job: name, organisationId, error })
    }
  }
  if (failed > 0) told.push(`${failed} organisations failed`)
  const outcome = told.length === 0 ? 'done' : told.join('; ')
  await jobRuns.finished(name, new Date(), outcome)
}
