import { type Money, money } from '../money/money.ts'
import { divideRounded } from '../money/rounding.ts'
import { invariant } from '../outcome.ts'
import { daysIn, type Period } from '../time/period.ts'

/**
 * The share of a period's price that a part of it costs: price × days of the part ÷ days of the whole, rounded once.
 * Of `n` parts that tile a period the sum is off by at most n ÷ 2 minor units; where a price is *divided*, take
 * `splitByWeights`. A credit for the same part is the exact mirror of the charge.
 */
export function prorate(price: Money, part: Period, whole: Period): Money {
  invariant(part.start >= whole.start && part.end <= whole.end && part.start <= part.end, 'a part lies within its period')
  return money(divideRounded(price.amountMinor * BigInt(daysIn(part)), BigInt(daysIn(whole))), price.currency)
}
