import { Conflict } from './errors.ts'
import type { IdempotentRequest, Transaction, WrittenAnswer } from './ports.ts'

/**
 * `done`: the effect ran in this transaction; `answer` is what the caller is told, and what a repeat will be told.
 * It is absent when no key came with the request. `replayed`: the effect had run before; nothing was done now.
 */
export type Idempotent<Result> =
  | { readonly outcome: 'done'; readonly result: Result; readonly answer?: WrittenAnswer }
  | { readonly outcome: 'replayed'; readonly answer: WrittenAnswer }

/**
 * Runs an effect once for a key, whoever repeats the request and on whichever server. Called inside the transaction of
 * the effect, as its first step: so the answer is kept exactly when the effect is, and a rolled-back attempt leaves
 * nothing. Without a request it just runs the effect.
 * @example
 * const done = await deps.store.inOrganisation(organisationId, (tx) =>
 *   withIdempotency(tx, input.idempotency, async () => ({ paymentId: await record(tx) })))
 * if (done.outcome === 'done') deps.wake('access', organisationId)
 */
export async function withIdempotency<Result>(
  tx: Transaction,
  request: IdempotentRequest<Result> | undefined,
  effect: () => Promise<Result>,
): Promise<Idempotent<Result>> {
  if (!request) return { outcome: 'done', result: await effect() }
  const kept = await keptAnswer(tx, request)
  if (kept) return { outcome: 'replayed', answer: kept }
  const { apiKeyId, key, requestSha256 } = request
  const result = await effect()
  const answer = await request.writeAnswer(result, tx)
  await tx.idempotency.keep({ apiKeyId, key, requestSha256, answer, at: request.at })
  return { outcome: 'done', result, answer }
}

/** Holds the key until the transaction ends, and tells what the caller was told before, if it was. */
export async function keptAnswer<Result>(
  tx: Transaction,
  { apiKeyId, key, requestSha256 }: IdempotentRequest<Result>,
): Promise<WrittenAnswer | undefined> {
  // Not waiting for the other attempt keeps a double click from holding connections.
  if (!(await tx.idempotency.lock(apiKeyId, key))) {
    throw new Conflict('idempotency_in_progress', 'A request with this Idempotency-Key is being carried out.', { retryAfterSeconds: 1 })
  }
  const kept = await tx.idempotency.read(apiKeyId, key)
  if (kept && kept.requestSha256 !== requestSha256) {
    throw new Conflict('idempotency_key_reused', 'This Idempotency-Key was used for another request. Take a new key for a new request.')
  }
  return kept?.answer
}
