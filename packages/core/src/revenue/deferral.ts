import { invariant } from '../outcome.ts'
import type { CivilDate } from '../time/calendar.ts'
import { addDays, daysBetween } from '../time/calendar.ts'
import { daysIn, type Period } from '../time/period.ts'

export const revenueRecognitions = ['on_invoice', 'by_day'] as const
/** When the net of a line is earned: with its invoice, or day by day as the days it charges pass. */
export type RevenueRecognition = (typeof revenueRecognitions)[number]

/** An amount that was claimed ahead of the days it is for, spread evenly over them. */
export type Deferral = {
  readonly amountMinor: bigint
  readonly span: Period
  /** The first day that is still to be earned; those before it were earned when the amount was deferred. */
  readonly from: CivilDate
  /** The first day that is not earned from it: the end of the span, or the day on which a credit stopped it. */
  readonly until: CivilDate
}

/** What of a line has to wait; undefined when all its days are over. Days before `from` are earned with the claim. */
export function deferralOf(netMinor: bigint, period: Period, from: CivilDate): Deferral | undefined {
  if (netMinor <= 0n || from >= period.end) return undefined
  return { amountMinor: netMinor, span: period, from: latest(from, period.start), until: period.end }
}

/**
 * What is earned of it once the days before one are over: after `k` of `n` days the amount × k ÷ n, rounded down. So it
 * never falls, and the last day brings what is left.
 */
export function earnedBefore({ amountMinor, span }: Pick<Deferral, 'amountMinor' | 'span'>, day: CivilDate): bigint {
  const days = daysIn(span)
  invariant(days > 0, 'an amount is spread over one day or more')
  const over = Math.min(Math.max(daysBetween(span.start, day), 0), days)
  return (amountMinor * BigInt(over)) / BigInt(days)
}

/** What it put aside when it was made. */
export const deferredMinor = (deferral: Deferral): bigint => deferral.amountMinor - earnedBefore(deferral, deferral.from)

export type StoppedDeferral<D extends Deferral> = {
  readonly deferral: D
  readonly until: CivilDate
  /** What its days earned since it was made, up to there. */
  readonly earnedMinor: bigint
  /** What waited still. */
  readonly leftMinor: bigint
}

/** Ends a deferral before a day; one that has not begun ends before its first. */
export function stopDeferral<D extends Deferral>(deferral: D, day: CivilDate): StoppedDeferral<D> {
  const until = earliest(latest(day, deferral.from), deferral.until)
  const earned = earnedBefore(deferral, until)
  return {
    deferral,
    until,
    earnedMinor: earned - earnedBefore(deferral, deferral.from),
    leftMinor: deferral.amountMinor - earned,
  }
}

export type ReducedDeferrals<D extends Deferral> = {
  readonly stopped: readonly StoppedDeferral<D>[]
  /** What takes their place: the rest, over the days that are charged still. */
  readonly rest: readonly Deferral[]
  /** What waits no longer. The credit takes it; what the credit has beyond is taken from revenue, what it has less is earned. */
  readonly takenMinor: bigint
}

/**
 * What a credit of a line does to what the line has waiting: the credit takes from that first. The rest is spread over
 * the days from `day` on that are charged still; where none is, nothing has to be waited for and the rest is earned.
 */
export function reduceDeferrals<D extends Deferral>(
  deferrals: readonly D[],
  credit: { readonly netMinor: bigint; readonly day: CivilDate; readonly charged: readonly Period[] },
): ReducedDeferrals<D> {
  const { netMinor, day, charged } = credit
  const stopped = deferrals.map((deferral) => stopDeferral(deferral, day))
  const waitingMinor = stopped.reduce((sum, { leftMinor }) => sum + leftMinor, 0n)
  if (netMinor <= 0n || waitingMinor === 0n) return { stopped: [], rest: [], takenMinor: 0n }
  const ahead = charged.map(({ start, end }) => ({ start: latest(start, day), end })).filter(({ start, end }) => start < end)
  const keptMinor = ahead.length > 0 && waitingMinor > netMinor ? waitingMinor - netMinor : 0n
  return { stopped, rest: spread(keptMinor, ahead), takenMinor: waitingMinor - keptMinor }
}

/** Evenly over the days of several spans, in order; a span whose share is nothing has no deferral. */
function spread(amountMinor: bigint, spans: readonly Period[]): readonly Deferral[] {
  const total = spans.reduce((days, span) => days + daysIn(span), 0)
  // The days of all spans laid end to end: each span takes what the rule of one amount earns on them.
  const laid: Period | undefined = spans[0] && { start: spans[0].start, end: addDays(spans[0].start, total) }
  let before = 0
  return spans.flatMap((span) => {
    if (laid === undefined) return []
    const at = (days: number) => earnedBefore({ amountMinor, span: laid }, addDays(laid.start, days))
    const shareMinor = at(before + daysIn(span)) - at(before)
    before += daysIn(span)
    return shareMinor === 0n ? [] : [{ amountMinor: shareMinor, span, from: span.start, until: span.end }]
  })
}

const latest = (left: CivilDate, right: CivilDate): CivilDate => (left > right ? left : right)
const earliest = (left: CivilDate, right: CivilDate): CivilDate => (left < right ? left : right)
