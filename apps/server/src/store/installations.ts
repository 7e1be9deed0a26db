import type { InstallationStore, StoredInstallation } from '../flows/installations/ports.ts'
import type { Sql } from './transaction.ts'

export const installationStore = (sql: Sql): InstallationStore => ({
  async add({ id, pluginId, name, branchId, settings, secrets, callbackToken, status, statusReason }, at) {
    const rows = await sql`
      insert into installations (organisation_id, id, plugin_id, name, branch_id, settings, secrets, callback_token, status, status_reason, created_at, updated_at)
      values (nyuzi_organisation(), ${id}, ${pluginId}, ${name}, ${branchId}, ${sql.json(settings as never)}, ${Buffer.from(secrets)}, ${callbackToken},
              ${status}, ${statusReason}, ${at}, ${at})
      on conflict do nothing returning id`
    return rows.length === 1
  },
  read: (id) => readInstallation(sql, id, sql``),
  lock: (id) => readInstallation(sql, id, sql`for update`),
  async change({ id, name, branchId, settings, secrets, status, statusReason }, at) {
    const taken = await sql`select from installations where name = ${name} and id <> ${id}`
    if (taken.length > 0) return false
    await sql`
      update installations set name = ${name}, branch_id = ${branchId}, settings = ${sql.json(settings as never)}, secrets = ${Buffer.from(secrets)},
             status = ${status}, status_reason = ${statusReason}, version = version + 1, updated_at = ${at}
      where id = ${id}`
    return true
  },
})

async function readInstallation(sql: Sql, id: string, lock: ReturnType<Sql>): Promise<StoredInstallation | undefined> {
  const [row] = await sql<StoredInstallation[]>`
    select id, plugin_id as "pluginId", name, branch_id as "branchId", settings, secrets, callback_token as "callbackToken", status,
           status_reason as "statusReason"
    from installations where id = ${id} ${lock}`
  return row
}
