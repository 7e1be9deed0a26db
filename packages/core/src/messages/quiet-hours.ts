import { offsetSpanAt } from '../time/calendar.ts'
import type { Instant } from '../time/instant.ts'
import type { MessageKind } from './compose-message.ts'

/** Hours of the wall clock in which nobody is reminded: `21:00` to `07:00`. From the first minute up to, and without, the last. */
export type QuietHours = { readonly from: string; readonly until: string }

/** `07:05`; 24:00 is 00:00. */
export const isWallTime = (text: string): boolean => /^([01]\d|2[0-3]):[0-5]\d$/.test(text)

/** Texts that can wait for the morning. What a subscriber waits for, as a receipt, goes out at any hour. */
const waitsForMorning: ReadonlySet<MessageKind> = new Set([
  'invoice_before_due',
  'invoice_due',
  'invoice_overdue',
  'renewal_due',
  'expired',
  'suspended',
])

export const keepsQuietHours = (kind: MessageKind): boolean => waitsForMorning.has(kind)

/**
 * The first instant from `at` on that is not quiet, or undefined when `at` is not. The wall clock decides: where it is
 * set forward past the end, quiet ends at that moment; where it is set back, hours that come twice are quiet twice.
 */
export function quietUntil(at: Instant, zone: string, hours: QuietHours): Instant | undefined {
  let atMs = at.getTime()
  for (;;) {
    const { offsetMs, untilMs } = offsetSpanAt(atMs, zone)
    const leftMs = quietLeftMs(positiveModulo(atMs + offsetMs, dayMs), hours)
    if (leftMs === 0) return atMs === at.getTime() ? undefined : new Date(atMs)
    if (atMs + leftMs < untilMs) return new Date(atMs + leftMs)
    atMs = untilMs
  }
}

/** How long it stays quiet from that time of day on, on a day whose clock is not set. */
function quietLeftMs(timeMs: number, { from, until }: QuietHours): number {
  const sinceFromMs = positiveModulo(timeMs - timeMsOf(from), dayMs)
  const lengthMs = positiveModulo(timeMsOf(until) - timeMsOf(from), dayMs)
  return Math.max(lengthMs - sinceFromMs, 0)
}

const dayMs = 86_400_000
const positiveModulo = (value: number, by: number): number => ((value % by) + by) % by
const timeMsOf = (text: string): number => (Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5))) * 60_000
