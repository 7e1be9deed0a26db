import { createHash } from 'node:crypto'
import type { CallbackStore, IncomingCallback, KeptCallback, StoredCallback } from '../flows/payments/ports.ts'
import { fromRows } from './mapping.ts'
import { rowsOf, type Sql } from './transaction.ts'

const columns = {
  id: 'uuid',
  installationId: 'uuid',
  channel: 'text',
  dedupeKey: 'text',
  body: 'bytea',
  headers: 'jsonb',
  query: 'jsonb',
  peerAddress: 'text',
  intentToken: 'text',
  receivedAt: 'timestamptz',
  copies: 'integer',
} as const

export const callbackStore = (sql: Sql): CallbackStore => ({
  async keep(callbacks) {
    const unique = new Map<string, IncomingCallback>()
    const copies = new Map<string, number>()
    for (const callback of callbacks) {
      const first = unique.get(keyOf(callback)) ?? callback
      unique.set(keyOf(callback), first)
      if (sameBytes(first, callback)) copies.set(keyOf(callback), (copies.get(keyOf(callback)) ?? 0) + 1)
    }
    const rowsIn = [...unique.values()].map((callback) => toRow(callback, copies.get(keyOf(callback)) ?? 1))
    const kept = new Map<string, { id: string; inserted: boolean; sha256: string }>()
    // One statement: finds the intent of a token, writes what is new, counts what is not.
    const rows = await sql`
      with incoming as (select * from ${rowsOf(sql, rowsIn, columns)}),
      written as (
        insert into callbacks as c (organisation_id, id, installation_id, channel, dedupe_key, body, body_sha256, headers, query, peer_address, intent_id, received_at, next_attempt_at, repeats)
        select nyuzi_organisation(), i.id, i.installation_id, i.channel, i.dedupe_key, i.body, sha256(i.body), i.headers, i.query, i.peer_address, p.id, i.received_at, i.received_at, i.copies - 1
          from incoming i left join payment_intents p on p.installation_id = i.installation_id and p.callback_token = i.intent_token
         where i.intent_token is null or p.id is not null
         order by i.installation_id, i.dedupe_key
        on conflict (organisation_id, installation_id, dedupe_key)
          do update set repeats = c.repeats + case when c.body_sha256 = excluded.body_sha256 then excluded.repeats + 1 else 0 end
        returning c.id, c.installation_id, c.dedupe_key, c.body_sha256)
      select w.id, w.installation_id as "installationId", w.dedupe_key as "dedupeKey", w.id = i.id as inserted, encode(w.body_sha256, 'hex') as sha256
        from written w join incoming i on i.installation_id = w.installation_id and i.dedupe_key = w.dedupe_key`
    for (const row of rows) kept.set(`${row.installationId} ${row.dedupeKey}`, { id: row.id, inserted: row.inserted, sha256: row.sha256 })

    const results: KeptCallback[] = []
    const conflicts: IncomingCallback[] = []
    for (const callback of callbacks) {
      const first = unique.get(keyOf(callback))
      const row = kept.get(keyOf(callback))
      const isRepeat = row?.sha256 === sha256Of(callback)
      if (!row) results.push('unknown_token')
      else if (row.inserted && first === callback) results.push('stored')
      else if (isRepeat) {
        results.push('repeat')
        // The statement counted the copies of the first of the batch only.
        if (first && !sameBytes(first, callback)) await sql`update callbacks set repeats = repeats + 1 where id = ${row.id}`
      } else {
        conflicts.push(callback)
        results.push('conflict')
      }
    }
    if (conflicts.length > 0) await keepConflicts(sql, conflicts)
    return results
  },

  async claim(limit, now, only) {
    return fromRows<StoredCallback>(
      await sql`
        select id, installation_id as "installationId", channel, body, headers, query, peer_address as "peerAddress", intent_id as "intentId", received_at as "receivedAt"
          from callbacks where status = 'received' and next_attempt_at <= ${now} ${only ? sql`and id = any(${[...only]}::uuid[])` : sql``}
         order by next_attempt_at, id limit ${limit} for update skip locked`,
    )
  },

  async retry(id, at) {
    const rows = await sql`
      update callbacks set status = 'received', status_reason = 'tried again', processed_at = null, next_attempt_at = ${at}
       where id = ${id} and status = 'quarantined' returning id`
    return rows.length === 1
  },

  async finish(ends, now) {
    if (ends.length === 0) return
    const rows = ends.map(({ id, status, reason, nextAttemptAt }) => ({
      id,
      status,
      statusReason: reason,
      nextAttemptAt: nextAttemptAt ?? now,
    }))
    await sql`
      update callbacks c set status = r.status, status_reason = r.status_reason, next_attempt_at = r.next_attempt_at,
             processed_at = case when r.status = 'received' then null else ${now}::timestamptz end
        from ${rowsOf(sql, rows, { id: 'uuid', status: 'text', statusReason: 'text', nextAttemptAt: 'timestamptz' })} where c.id = r.id`
  },
})

const keyOf = ({ installationId, dedupeKey }: IncomingCallback): string => `${installationId} ${dedupeKey}`

const sameBytes = (left: IncomingCallback, right: IncomingCallback): boolean => Buffer.compare(left.body, right.body) === 0

const sha256Of = ({ body }: IncomingCallback): string => createHash('sha256').update(body).digest('hex')

/** `copies`: how many came with the same bytes in one write; all but the first are repeats. */
const toRow = (
  { id, installationId, channel, dedupeKey, body, headers, query, peerAddress, intentToken, receivedAt }: IncomingCallback,
  copies: number,
) => ({
  id,
  installationId,
  channel,
  dedupeKey,
  body,
  headers,
  query,
  peerAddress,
  intentToken,
  receivedAt,
  copies,
})

/** The same key with other bytes: both are kept, and a person decides which is true. */
async function keepConflicts(sql: Sql, conflicts: readonly IncomingCallback[]): Promise<void> {
  for (const callback of conflicts) {
    await sql`
      insert into callbacks (organisation_id, id, installation_id, channel, dedupe_key, body, body_sha256, headers, query, received_at, next_attempt_at, status)
      select nyuzi_organisation(), id, installation_id, channel, dedupe_key || '#' || encode(sha256(body), 'hex'), body, sha256(body), headers, query, received_at, received_at, 'conflict'
        from ${rowsOf(sql, [toRow(callback, 1)], columns)}
      on conflict (organisation_id, installation_id, dedupe_key) do update set repeats = callbacks.repeats + 1`
    await sql`
      insert into tasks (organisation_id, kind, subject_noun, subject_id, title, detail, created_at)
      values (nyuzi_organisation(), 'callback_conflict', 'callback', ${callback.dedupeKey}, 'A provider sent the same report twice with different content', '{}', ${callback.receivedAt})
      on conflict (organisation_id, kind, subject_noun, subject_id) where done_at is null do nothing`
  }
}
