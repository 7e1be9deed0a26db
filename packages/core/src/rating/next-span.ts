import { isPass } from '../catalog/pass.ts'
import type { Price } from '../catalog/price.ts'
import { invariant } from '../outcome.ts'
import { remembered } from '../remembered.ts'
import { isOver } from '../subscriptions/lifecycle.ts'
import { billingAnchorOf, pauseOn, type Subscription, type Terms, termsOn } from '../subscriptions/subscription.ts'
import { addDays, type CivilDate } from '../time/calendar.ts'
import { fullPeriodOf, type Period, periodContaining } from '../time/period.ts'

/** The next days to be charged together: up to the end of their period, or to what happens before. */
export type Span = {
  readonly terms: Terms
  readonly period: Period
  /** The period they belong to, whole. */
  readonly whole: Period
  /** How many periods of the plan came before this one. */
  readonly index: number
  /** Is it the first period, and shorter than a whole one? */
  readonly isStub: boolean
  /** Does it begin as a pause ends? It is not invoiced sooner: the pause may end earlier, or later. */
  readonly afterPause: boolean
}

/** What follows the days that were decided; undefined when nothing ever will, nothing as long as a pause has no end, or passes. */
export function nextSpan(subscription: Subscription): Span | undefined {
  const from = firstChargedDay(subscription, subscription.billedUntil)
  if (from === undefined || isOver(subscription, from)) return undefined
  const terms = termsOn(subscription, from)
  if (isPass(terms.price)) return undefined
  const found = periodAt(terms.price, terms, from)
  const { cancelledOn, status, pauses } = subscription
  const ends = [
    found.period.end,
    ...(terms.until === undefined ? [] : [terms.until]),
    ...(status === 'cancelled' && cancelledOn !== undefined ? [cancelledOn] : []),
    ...pauses.map((pause) => pause.from).filter((day) => day > from),
  ]
  return {
    terms,
    period: { start: from, end: ends.reduce((first, day) => (day < first ? day : first)) },
    whole: found.whole,
    index: terms.periodsBefore + found.index,
    isStub: found.index === 0 && terms.from === subscription.startsOn && from === found.period.start && from > found.whole.start,
    afterPause: from > subscription.billedUntil,
  }
}

const periodAt = remembered(
  ({ origin, anchorDay }: Terms, day: CivilDate) => `${origin} ${anchorDay} ${day}`,
  (_price: Price, terms: Terms, day: CivilDate) => {
    const anchor = billingAnchorOf(terms)
    const found = periodContaining(anchor, day)
    invariant(found !== undefined, 'terms do not begin before the origin of their periods')
    return { ...found, whole: fullPeriodOf(anchor, found.index) }
  },
)

/** The day from which a span is owed, and the first day on which it may be invoiced. */
export function spanDays(
  { terms, period, afterPause }: Span,
  leadDays: number,
): { readonly dueOn: CivilDate; readonly invoiceOn: CivilDate } {
  const { timing, billing } = terms.price
  if (timing === 'arrears') return { dueOn: period.end, invoiceOn: period.end }
  return { dueOn: period.start, invoiceOn: billing === 'prepaid' || afterPause ? period.start : addDays(period.start, -leadDays) }
}

/** The first day on which the next days may be invoiced; undefined when none will be, as things stand. */
export function nextInvoiceOn(subscription: Subscription, leadDays: number): CivilDate | undefined {
  const span = nextSpan(subscription)
  return span === undefined ? nextPassDay(subscription) : spanDays(span, leadDays).invoiceOn
}

/** The first day on which a pass may be bought, where passes follow the days that were decided. */
function nextPassDay(subscription: Subscription): CivilDate | undefined {
  const from = firstChargedDay(subscription, subscription.billedUntil)
  if (from === undefined || isOver(subscription, from)) return undefined
  return isPass(termsOn(subscription, from).price) ? from : undefined
}

function firstChargedDay(subscription: Subscription, from: CivilDate): CivilDate | undefined {
  const pause = pauseOn(subscription, from)
  if (pause === undefined) return from
  return pause.until === undefined ? undefined : firstChargedDay(subscription, pause.until)
}
