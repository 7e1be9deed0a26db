import type { ExemptionReading, ReadingStore } from '../../flows/readings/ports.ts'
import type { Sql } from '../transaction.ts'
import { after, first, where } from './page.ts'

export function exemptionReadings(sql: Sql): Pick<ReadingStore, 'exemptions' | 'exemption'> {
  const exemptions = sql`
    select e.id, e.subscriber_id as "subscriberId", e.certificate, e.taxes, e.from_on as "from", least(e.until_on, e.ended_on) as until,
           e.recorded_by as "recordedBy", e.recorded_at as "recordedAt", e.ended_by as "endedBy", e.ended_at as "endedAt"
      from tax_exemptions e`
  return {
    exemptions: ({ subscriberId, ...page }) => sql<ExemptionReading[]>`
      ${exemptions} where true ${where(sql, subscriberId, (id) => sql`e.subscriber_id = ${id}`)} ${after(sql, page, sql`e.id`)}`,
    exemption: async (id) => first(await sql<ExemptionReading[]>`${exemptions} where e.id = ${id}`),
  }
}
