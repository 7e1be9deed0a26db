import type { Instant } from '../time/instant.ts'
import { plusMs } from '../time/instant.ts'
import type { CollectRules } from './payment-provider.ts'

/**
 * The life of a request to pay. `dispatching`: our call is on its way. `pending`: the provider took it. `unknown`:
 * sent, and nobody can say what became of it. `failed`, `cancelled` and `expired` are what was last heard, not the
 * end: money that comes later still counts.
 */
export const intentStatuses = [
  'created',
  'dispatching',
  'pending',
  'unknown',
  'succeeded',
  'failed',
  'cancelled',
  'expired',
  'partly_reversed',
  'reversed',
] as const
export type IntentStatus = (typeof intentStatuses)[number]

const outcomes = ['succeeded', 'failed', 'cancelled', 'expired'] as const

const moves: Readonly<Record<IntentStatus, readonly IntentStatus[]>> = {
  // Nothing was sent yet, so nothing can have been paid.
  created: ['dispatching', 'failed', 'cancelled', 'expired'],
  // The provider's callback may overtake its own answer.
  dispatching: ['pending', 'unknown', ...outcomes],
  pending: ['unknown', ...outcomes],
  unknown: ['pending', ...outcomes],
  failed: ['succeeded'],
  cancelled: ['succeeded'],
  expired: ['succeeded'],
  // Only entries that send money back lead on from here; no message of a provider does.
  succeeded: ['partly_reversed', 'reversed'],
  partly_reversed: ['reversed'],
  reversed: [],
}

/** A repeat of the same status is not a move. */
export const mayMove = (from: IntentStatus, to: IntentStatus): boolean => moves[from].includes(to)

const secondMs = 1_000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** The janitor's pauses once the provider's own rules are used up: after the last, a person gets a task. */
const janitorPausesMs: readonly number[] = [
  15 * secondMs,
  30 * secondMs,
  minuteMs,
  2 * minuteMs,
  5 * minuteMs,
  15 * minuteMs,
  hourMs,
  6 * hourMs,
  ...Array.from({ length: 7 }, () => dayMs),
]

/** When to ask the provider again about an open intent; undefined when asking has gone on long enough. */
export function nextLookUpAt(input: {
  readonly rules: CollectRules
  /** Look-ups made so far. */
  readonly attempts: number
  readonly requestedAt: Instant
  readonly lastAttemptAt: Instant
}): Instant | undefined {
  const { rules, attempts, requestedAt, lastAttemptAt } = input
  const pauseMs = [...rules.lookUpPausesMs, ...janitorPausesMs][attempts]
  return pauseMs === undefined ? undefined : plusMs(attempts === 0 ? requestedAt : lastAttemptAt, pauseMs)
}

export type PromptPause =
  | { readonly outcome: 'free' }
  | { readonly outcome: 'wait'; readonly untilAt: Instant; readonly reason: 'same_phone' | 'same_amount' }

/** May another prompt go to this phone now? `earlier` are the prompts sent to it. The longer of the two pauses counts. */
export function promptPause(input: {
  readonly rules: CollectRules
  readonly now: Instant
  readonly earlier: readonly { readonly requestedAt: Instant; readonly amountMinor: bigint }[]
  readonly amountMinor: bigint
}): PromptPause {
  const { rules, now, earlier, amountMinor } = input
  let pause: PromptPause = { outcome: 'free' }
  let longestMs = now.getTime()
  const consider = (requestedAt: Instant, pauseMs: number, reason: 'same_phone' | 'same_amount'): void => {
    const untilAt = plusMs(requestedAt, pauseMs)
    if (untilAt.getTime() <= longestMs) return
    longestMs = untilAt.getTime()
    pause = { outcome: 'wait', untilAt, reason }
  }
  for (const prompt of earlier) {
    consider(prompt.requestedAt, rules.samePhonePauseMs, 'same_phone')
    if (prompt.amountMinor === amountMinor) consider(prompt.requestedAt, rules.sameAmountPauseMs, 'same_amount')
  }
  return pause
}
