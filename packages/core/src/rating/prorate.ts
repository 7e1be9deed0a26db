import { type Money, money, subtract, toDecimal } from '../money/money.ts'
import { divideRounded } from '../money/rounding.ts'
import { invariant } from '../outcome.ts'
import { daysBetween } from '../time/calendar.ts'
import { daysIn, type Period } from '../time/period.ts'

/**
 * The share of a period's price that a part of it costs, counted from the end: what is left of the period at the part's
 * start, less what is left at its end, each price × days left ÷ days of the whole, rounded once. So parts that tile a
 * period sum to its price exactly, however it is cut and in whatever order the parts are charged and credited.
 */
export function prorate(price: Money, part: Period, whole: Period): Money {
  invariant(part.start >= whole.start && part.end <= whole.end && part.start <= part.end, 'a part lies within its period')
  return subtract(leftFrom(price, part.start, whole), leftFrom(price, part.end, whole))
}

/** How a share comes about, for anyone to recompute: `2500.00 × 12 ÷ 30`; two roundings are shown only where they tell. */
export function prorationWorking(price: Money, part: Period, whole: Period): string {
  const text = toDecimal(price)
  if (daysIn(part) === daysIn(whole)) return text
  const times = (days: number) => `${text} × ${days} ÷ ${daysIn(whole)}`
  const onceRounded = shareOf(price, daysIn(part), whole)
  if (onceRounded.amountMinor === prorate(price, part, whole).amountMinor) return times(daysIn(part))
  return `${times(daysBetween(part.start, whole.end))} − ${times(daysBetween(part.end, whole.end))}`
}

const leftFrom = (price: Money, from: Period['start'], whole: Period): Money => shareOf(price, daysBetween(from, whole.end), whole)

const shareOf = (price: Money, days: number, whole: Period): Money =>
  money(divideRounded(price.amountMinor * BigInt(days), BigInt(daysIn(whole))), price.currency)
