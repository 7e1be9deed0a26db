import type { InstallationId, ServiceId, SubscriberId } from '@nyuzi/core'
import type { ServiceStore } from '../flows/subscribers/ports.ts'
import type { Sql } from './transaction.ts'

export const serviceStore = (sql: Sql): ServiceStore => ({
  async add({ id, subscriberId, subscriptionId, installationId, kind, username, password, createdAt }) {
    const rows = await sql`
      insert into services (organisation_id, id, subscriber_id, subscription_id, installation_id, kind, username, password, created_at)
      values (nyuzi_organisation(), ${id}, ${subscriberId}, ${subscriptionId}, ${installationId}, ${kind}, ${username}, ${Buffer.from(password)}, ${createdAt})
      on conflict do nothing returning id`
    return rows.length === 1
  },
  async read(id) {
    const [row] = await sql<{ id: ServiceId; subscriberId: SubscriberId; installationId: InstallationId }[]>`
      select id, subscriber_id as "subscriberId", installation_id as "installationId" from services where id = ${id}`
    return row
  },
  async setHold(id, hold) {
    await sql`update access_states set hold = ${hold} where service_id = ${id}`
  },
})
