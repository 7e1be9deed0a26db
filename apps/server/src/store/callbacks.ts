import { createHash } from 'node:crypto'
import type { OrganisationId } from '@nyuzi/core'
import type { CallbackStore, IncomingCallback, KeptCallback, StoredCallback } from '../flows/payments/ports.ts'
import { fromRows } from './mapping.ts'
import { taskStore } from './tasks.ts'
import { arraysOf, rowsOf, type Sql } from './transaction.ts'

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

/**
 * Keeps calls of one organisation durably, in one round trip when they are new or plain repeats: the statement is its own
 * transaction. `within` opens another one for what is seldom, calls that share a key and differ in their bytes.
 */
export async function keepCallbacks(
  sql: Sql,
  organisationId: OrganisationId,
  callbacks: readonly IncomingCallback[],
  within: (work: (sql: Sql) => Promise<void>) => Promise<void>,
): Promise<readonly KeptCallback[]> {
  const unique = new Map<string, IncomingCallback>()
  const copies = new Map<string, number>()
  for (const callback of callbacks) {
    const first = unique.get(keyOf(callback)) ?? callback
    unique.set(keyOf(callback), first)
    if (sameBytes(first, callback)) copies.set(keyOf(callback), (copies.get(keyOf(callback)) ?? 0) + 1)
  }
  const rows = [...unique.values()].map((callback) => toRow(callback, copies.get(keyOf(callback)) ?? 1))
  const kept = new Map<string, { id: string; inserted: boolean; sha256: string }>()
  for (const row of await sql`select * from nyuzi_keep_callbacks(${organisationId}, ${arraysOf(sql, rows, Object.keys(columns) as (keyof typeof columns)[])})`)
    kept.set(`${row.installation_id} ${row.dedupe_key}`, { id: row.id, inserted: row.inserted, sha256: row.sha256 })

  const results: KeptCallback[] = []
  const conflicts: IncomingCallback[] = []
  const repeatsOfKept: string[] = []
  for (const callback of callbacks) {
    const first = unique.get(keyOf(callback))
    const row = kept.get(keyOf(callback))
    if (!row) results.push('unknown_token')
    else if (row.inserted && first === callback) results.push('stored')
    else if (row.sha256 === sha256Of(callback)) {
      results.push('repeat')
      // The statement counted the copies of the first of the batch only.
      if (first && !sameBytes(first, callback)) repeatsOfKept.push(row.id)
    } else {
      conflicts.push(callback)
      results.push('conflict')
    }
  }
  if (conflicts.length + repeatsOfKept.length > 0) {
    await within(async (inner) => {
      for (const id of repeatsOfKept) await inner`update callbacks set repeats = repeats + 1 where id = ${id}`
      if (conflicts.length > 0) await keepConflicts(inner, conflicts)
    })
  }
  return results
}

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
    await taskStore(sql).open({
      kind: 'callback_conflict',
      subjectNoun: 'callback',
      subjectId: callback.dedupeKey,
      title: 'A provider sent the same report twice with different content',
      at: callback.receivedAt,
    })
  }
}
