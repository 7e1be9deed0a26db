import type { AccessReading, ReadingStore } from '../../flows/readings/ports.ts'
import type { Sql } from '../transaction.ts'
import { after, first, where } from './page.ts'

export function accessReadings(sql: Sql): Pick<ReadingStore, 'access' | 'accessOf'> {
  const states = sql`
    select a.service_id as "serviceId", a.subscriber_id as "subscriberId", s.name as "subscriberName", s.account_number as "accountNumber",
           a.installation_id as "installationId", v.username, a.wanted_state as "wantedState", a.wanted_reason as "wantedReason",
           a.wanted_version as "wantedVersion", a.wanted_at as "wantedAt", a.profile_name as "profileName", a.hold, a.recheck_on as "recheckOn",
           a.observed_state as "observedState", a.observed_version as "observedVersion", a.observed_at as "observedAt", a.status, a.attempts,
           a.next_attempt_at as "nextAttemptAt", a.last_error as "lastError", a.drift_count as "driftCount", a.last_drift as "lastDrift",
           a.last_drift_at as "lastDriftAt"
    from access_states a
    join services v on v.organisation_id = a.organisation_id and v.id = a.service_id
    join subscribers s on s.organisation_id = a.organisation_id and s.id = a.subscriber_id`
  return {
    access: ({ status, installationId, ...page }) => sql<AccessReading[]>`
      ${states} where true
      ${where(sql, status, (word) => sql`a.status = ${word}`)}
      ${where(sql, installationId, (id) => sql`a.installation_id = ${id}`)}
      ${after(sql, page, sql`a.service_id`)}`,
    accessOf: async (id) => first(await sql<AccessReading[]>`${states} where a.service_id = ${id}`),
  }
}
