import type { Exemption, SubscriberId, SubscriptionId } from '@nyuzi/core'
import type { ExemptionStore } from '../flows/exemptions/ports.ts'
import { fromRow, fromRows } from './mapping.ts'
import type { Sql } from './transaction.ts'

export const exemptionStore = (sql: Sql): ExemptionStore => ({
  async add({ id, subscriberId, certificate, taxes, from, until, recordedBy, recordedAt }) {
    await sql`
      insert into tax_exemptions (organisation_id, id, subscriber_id, certificate, taxes, from_on, until_on, recorded_by, recorded_at)
      values (nyuzi_organisation(), ${id}, ${subscriberId}, ${certificate}, ${[...taxes]}, ${from}, ${until ?? null}, ${recordedBy}, ${recordedAt})`
  },

  async lock(id) {
    const [row] = await sql`
      select subscriber_id as "subscriberId", certificate, taxes, from_on as "from", until_on as until, ended_on as "endedOn"
        from tax_exemptions where id = ${id} for update`
    return row && fromRow(row)
  },

  async end(id, { on, by, at }) {
    await sql`update tax_exemptions set ended_on = ${on}, ended_by = ${by}, ended_at = ${at} where id = ${id}`
  },

  async heldBy(ids) {
    const rows = fromRows<Exemption & { subscriberId: SubscriberId }>(
      await sql`
        select subscriber_id as "subscriberId", certificate, taxes, from_on as "from", least(until_on, ended_on) as until
          from tax_exemptions where subscriber_id = any(${[...ids]}::uuid[]) order by from_on, id`,
    )
    return Map.groupBy(rows, ({ subscriberId }) => subscriberId)
  },

  async paidBy(id) {
    const rows = await sql<{ id: SubscriptionId }[]>`select id from subscriptions where payer_id = ${id} and status = 'active' order by id`
    return rows.map((row) => row.id)
  },
})
