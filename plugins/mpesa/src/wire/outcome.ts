import { type Answer, errorKind } from '../client/answer.ts'

/**
 * What a wire message says of its subject. `accepted` is not done; `error` says that the request failed and nothing
 * about money; `unknown` says nothing. `terminal`: no further answer is needed.
 */
export type Outcome = {
  readonly outcome: 'accepted' | 'pending' | 'succeeded' | 'failed' | 'unknown' | 'rejected' | 'error'
  readonly terminal: boolean
}

/** The outcome of an answer that is not their plain fields. */
export function errorOutcome(answer: Exclude<Answer, { kind: 'fields' }>): Outcome {
  if (answer.kind === 'unreadable') return { outcome: 'unknown', terminal: false }
  const kind = errorKind(answer)
  if (kind === 'in_progress') return { outcome: 'pending', terminal: false }
  // Asking the same again cannot help with these.
  return { outcome: 'error', terminal: kind === 'configuration' || kind === 'request' || kind === 'duplicate' }
}
