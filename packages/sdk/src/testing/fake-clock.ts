import type { Instant } from '@nyuzi/core'
import type { HostClock } from '../host.ts'

/** A clock that stands still until it is told to move. */
export type FakeClock = HostClock & {
  set(instant: Instant): void
  advanceMs(ms: number): void
}

/** Half past ten on a working morning in Nairobi. */
const morning = '2026-11-14T07:30:15Z'

/**
 * @example
 * const clock = createFakeClock()
 * clock.advanceMs(60_000)
 */
export function createFakeClock(startAt: Instant = new Date(morning)): FakeClock {
  let nowMs = startAt.getTime()
  return {
    now: () => new Date(nowMs),
    set(instant) {
      nowMs = instant.getTime()
    },
    advanceMs(ms) {
      nowMs += ms
    },
  }
}
