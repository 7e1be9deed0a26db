import type { JobRuns } from '../flows/ports.ts'
import { fromRows } from './mapping.ts'
import type { Database } from './transaction.ts'

export const jobRunStore = (database: Database): JobRuns => ({
  async started(name, at) {
    await database`
      insert into job_runs (name, started_at) values (${name}, ${at})
      on conflict (name) do update set started_at = excluded.started_at`
  },
  async finished(name, at, outcome) {
    await database`update job_runs set finished_at = ${at}, outcome = ${outcome} where name = ${name}`
  },
  async list() {
    return fromRows(
      await database`select name, started_at as "startedAt", finished_at as "finishedAt", outcome from job_runs order by name`,
    )
  },
})
