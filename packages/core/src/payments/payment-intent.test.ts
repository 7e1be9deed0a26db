import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { plusMs } from '../time/instant.ts'
import { type IntentStatus, intentStatuses, mayMove, nextLookUpAt, promptPause } from './payment-intent.ts'
import type { CollectRules } from './payment-provider.ts'

const rules: CollectRules = {
  wholeUnitsOnly: true,
  amountMinorMin: 100n,
  amountMinorMax: 15_000_000n,
  accountReferenceMaxLength: 12,
  expiresAfterMs: 120_000,
  lookUpPausesMs: [20_000, 40_000],
  samePhonePauseMs: 60_000,
  sameAmountPauseMs: 120_000,
}
const requestedAt = new Date('2026-06-01T08:00:00Z')
const statuses = fc.constantFrom(...intentStatuses)

describe('an intent', () => {
  it('moves along these edges and no other', () => {
    const edges = intentStatuses.flatMap((from) => intentStatuses.filter((to) => mayMove(from, to)).map((to) => `${from} > ${to}`))
    expect(edges).toEqual([
      'created > dispatching',
      'created > failed',
      'created > cancelled',
      'created > expired',
      'dispatching > pending',
      'dispatching > unknown',
      'dispatching > succeeded',
      'dispatching > failed',
      'dispatching > cancelled',
      'dispatching > expired',
      'pending > unknown',
      'pending > succeeded',
      'pending > failed',
      'pending > cancelled',
      'pending > expired',
      'unknown > pending',
      'unknown > succeeded',
      'unknown > failed',
      'unknown > cancelled',
      'unknown > expired',
      'succeeded > partly_reversed',
      'succeeded > reversed',
      'failed > succeeded',
      'cancelled > succeeded',
      'expired > succeeded',
      'partly_reversed > reversed',
    ])
  })

  /** What a stream of reports makes of an intent: each is taken only where it may. */
  const walk = (reports: readonly IntentStatus[]): readonly IntentStatus[] => {
    let at: IntentStatus = 'created'
    return reports.map((report) => {
      if (mayMove(at, report)) at = report
      return at
    })
  }

  it('that succeeded is left only for a reversal, whatever is reported', () => {
    fc.assert(
      fc.property(fc.array(statuses, { maxLength: 30 }), (reports) => {
        const path = walk(reports)
        const since = path.indexOf('succeeded')
        if (since < 0) return
        expect(path.slice(since).every((status) => ['succeeded', 'partly_reversed', 'reversed'].includes(status))).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })

  it('takes a late success after any refusal, and once it was sent after anything', () => {
    fc.assert(
      fc.property(
        fc.array(
          statuses.filter((status) => !status.endsWith('reversed')),
          { maxLength: 30 },
        ),
        (reports) => {
          expect(walk(['dispatching', ...reports, 'succeeded']).at(-1)).toBe('succeeded')
        },
      ),
    )
    expect((['failed', 'cancelled', 'expired'] as const).every((from) => mayMove(from, 'succeeded'))).toBe(true)
  })

  it('never moves to where it is', () => {
    expect(intentStatuses.some((status) => mayMove(status, status))).toBe(false)
  })

  it('cannot be paid before anything was sent', () => expect(mayMove('created', 'succeeded')).toBe(false))
})

describe('the next look-up', () => {
  /** Pauses in seconds until looking up ends, each counted from the one before. */
  const pauses = (of: CollectRules): readonly number[] => {
    const found: number[] = []
    let last = requestedAt
    for (let attempts = 0; attempts < 100; attempts += 1) {
      const next = nextLookUpAt({ rules: of, attempts, requestedAt, lastAttemptAt: last })
      if (!next) return found
      found.push((next.getTime() - last.getTime()) / 1_000)
      last = next
    }
    return found
  }
  const janitor = [15, 30, 60, 120, 300, 900, 3_600, 21_600, ...Array(7).fill(86_400)]

  it('follows the rules of the provider and then the pace of the janitor, for seven days', () => {
    expect(pauses(rules)).toEqual([20, 40, ...janitor])
    expect(pauses({ ...rules, lookUpPausesMs: [] })).toEqual(janitor)
  })

  it('is first counted from the request and then from the last look-up', () => {
    const lastAttemptAt = plusMs(requestedAt, 500_000)
    expect(nextLookUpAt({ rules, attempts: 0, requestedAt, lastAttemptAt })).toEqual(plusMs(requestedAt, 20_000))
    expect(nextLookUpAt({ rules, attempts: 1, requestedAt, lastAttemptAt })).toEqual(plusMs(lastAttemptAt, 40_000))
  })

  it('is none after the last: then a person looks', () => {
    expect(nextLookUpAt({ rules, attempts: 16, requestedAt, lastAttemptAt: requestedAt })).toBeDefined()
    expect(nextLookUpAt({ rules, attempts: 17, requestedAt, lastAttemptAt: requestedAt })).toBeUndefined()
  })
})

describe('a prompt to a phone', () => {
  const ask = (amountMinor: bigint, afterMs: number, earlier: readonly { afterMs: number; amountMinor: bigint }[]) =>
    promptPause({
      rules,
      now: plusMs(requestedAt, afterMs),
      amountMinor,
      earlier: earlier.map((prompt) => ({ requestedAt: plusMs(requestedAt, prompt.afterMs), amountMinor: prompt.amountMinor })),
    })

  it('is free when none went there before', () => expect(ask(100n, 0, [])).toEqual({ outcome: 'free' }))

  it('waits for the pause of the phone, to the millisecond', () => {
    const earlier = [{ afterMs: 0, amountMinor: 200n }]
    expect(ask(100n, 59_999, earlier)).toEqual({ outcome: 'wait', untilAt: plusMs(requestedAt, 60_000), reason: 'same_phone' })
    expect(ask(100n, 60_000, earlier)).toEqual({ outcome: 'free' })
  })

  it('waits longer for the same amount', () => {
    const earlier = [{ afterMs: 0, amountMinor: 100n }]
    expect(ask(100n, 1_000, earlier)).toEqual({ outcome: 'wait', untilAt: plusMs(requestedAt, 120_000), reason: 'same_amount' })
    expect(ask(100n, 119_999, earlier)).toMatchObject({ reason: 'same_amount' })
    expect(ask(100n, 120_000, earlier)).toEqual({ outcome: 'free' })
  })

  it('is free at the time it was told to wait until, and not before', () => {
    const earlier = fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: 300_000 }), amountMinor: fc.constantFrom(100n, 200n) }), {
      maxLength: 6,
    })
    fc.assert(
      fc.property(earlier, fc.integer({ min: 0, max: 300_000 }), fc.constantFrom(100n, 200n), (prompts, afterMs, amountMinor) => {
        const pause = ask(amountMinor, afterMs, prompts)
        if (pause.outcome === 'free') return
        const untilMs = pause.untilAt.getTime() - requestedAt.getTime()
        expect(untilMs).toBeGreaterThan(afterMs)
        expect(ask(amountMinor, untilMs, prompts)).toEqual({ outcome: 'free' })
        expect(ask(amountMinor, untilMs - 1, prompts)).toEqual(pause)
      }),
    )
  })
})
