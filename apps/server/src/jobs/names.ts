/** Jobs that run by the clock, and how often; all derive what is due from the tables, so a missed or doubled run is harmless. */
export const scheduledJobs = {
  'daily-cycle': '*/5 * * * *',
  'seal-ledger': '* * * * *',
  'reconcile-access': '* * * * *',
} as const

export type ScheduledJob = keyof typeof scheduledJobs
