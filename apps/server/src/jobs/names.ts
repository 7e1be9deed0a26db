/** Jobs that run by the clock (in UTC), and how often; all derive what is due from the tables, so a missed or doubled run is harmless. */
export const scheduledJobs = {
  'daily-cycle': '*/5 * * * *',
  'seal-ledger': '* * * * *',
  'reconcile-access': '* * * * *',
  'recompute-invoices': '17 1 * * *',
} as const

export type ScheduledJob = keyof typeof scheduledJobs
