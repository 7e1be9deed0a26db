import type { IdempotencyStore } from '../flows/ports.ts'
import type { Sql } from './transaction.ts'

export const idempotencyStore = (sql: Sql): IdempotencyStore => ({
  async lock(apiKeyId, key) {
    const [row] = await sql<
      { held: boolean }[]
    >`select pg_try_advisory_xact_lock(hashtextextended(${`idempotency ${apiKeyId} ${key}`}, 0)) as held`
    return row?.held === true
  },
  async read(apiKeyId, key) {
    const [row] = await sql<{ requestSha256: string; status: number; body: string }[]>`
      select request_sha256 as "requestSha256", response_status as status, response_body #>> '{}' as body
      from idempotency_keys where api_key_id = ${apiKeyId} and key = ${key}`
    return row && { requestSha256: row.requestSha256, answer: { status: row.status, body: row.body } }
  },
  async keep({ apiKeyId, key, requestSha256, answer, at }) {
    // As one text inside the jsonb column: jsonb itself would reorder the fields, and a repeat is told the same to the letter.
    await sql`
      insert into idempotency_keys (organisation_id, api_key_id, key, request_sha256, response_status, response_body, created_at)
      values (nyuzi_organisation(), ${apiKeyId}, ${key}, ${requestSha256}, ${answer.status}, to_jsonb(${answer.body}::text), ${at})`
  },
})
