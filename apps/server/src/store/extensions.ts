import type { ExtensionId, GrantedExtension } from '@nyuzi/core'
import type { ExtensionStore } from '../flows/receivables/ports.ts'
import { fromRows } from './mapping.ts'
import { inScope, type Scope } from './scope.ts'
import { rowsOf, type Sql } from './transaction.ts'

export const extensionStore = (sql: Sql, scope?: Scope): ExtensionStore => {
  const awaitsCredit = (payer: ReturnType<Sql>) =>
    sql`exists (select from subscriptions s where s.payer_id = ${payer} and s.awaits = 'credit')`
  return {
    async add({ id, subscriberId, until, reason, requestedBy, requestedOn, requestedAt }) {
      const rows = await sql`
      insert into extensions (organisation_id, id, subscriber_id, until, reason, status, requested_by, requested_on, requested_at)
      values (nyuzi_organisation(), ${id}, ${subscriberId}, ${until}, ${reason}, 'requested', ${requestedBy}, ${requestedOn}, ${requestedAt})
      on conflict do nothing returning id`
      return rows.length === 1
    },

    async awaitsCredit(subscriberId) {
      const [row] = await sql`select ${awaitsCredit(sql`${subscriberId}`)} as awaits`
      return row?.awaits === true
    },

    async granted(subscriberId) {
      return fromRows<GrantedExtension>(
        await sql`select requested_on as "requestedOn", status from extensions where subscriber_id = ${subscriberId} and holds_until is not null`,
      )
    },

    async read(id) {
      const [row] = await sql`select subscriber_id as "subscriberId", status, until from extensions where id = ${id}`
      return row as Awaited<ReturnType<ExtensionStore['read']>>
    },

    async approve(id, { until, by, note, at }) {
      await sql`
      update extensions set status = 'approved', until = ${until}, holds_until = ${until}, answered_by = ${by}, answered_at = ${at}, note = ${note ?? null}
       where id = ${id}`
    },

    async refuse(id, { by, note, at }) {
      await sql`update extensions set status = 'refused', answered_by = ${by}, answered_at = ${at}, note = ${note ?? null} where id = ${id}`
    },

    async withdraw(id, { on, at }) {
      // Null stays null: what was never approved held nothing.
      await sql`update extensions set status = 'withdrawn', holds_until = case when holds_until is not null then least(holds_until, ${on}::date) end, ended_at = ${at} where id = ${id}`
    },

    async approved(after, limit) {
      return fromRows(
        await sql`
        select e.id, e.until, coalesce((select sum(i.total_minor - i.allocated_minor)::bigint from invoices i
                 where i.subscriber_id = e.subscriber_id and i.status = 'open' and i.issued_on <= e.requested_on), 0) as "openMinor",
               ${awaitsCredit(sql`e.subscriber_id`)} as "awaitsCredit"
          from extensions e where e.status = 'approved' ${after === undefined ? sql`` : sql`and e.id > ${after}`} ${inScope(sql, scope, sql`e.subscriber_id`)} order by e.id limit ${limit}`,
      )
    },

    async settle(settled, at) {
      if (settled.length === 0) return
      await sql`
      update extensions e set status = r.status, ended_at = ${at}
        from ${rowsOf<{ id: ExtensionId; status: string }>(sql, settled, { id: 'uuid', status: 'text' })}
       where e.id = r.id and e.status = 'approved'`
    },
  }
}
