import { invariant } from '../outcome.ts'
import { type Money, money } from './money.ts'

/**
 * Shares in proportion to the weights that sum to the whole exactly: each gets its floor, and the units left over go
 * to the largest remainders, the earlier share first among equals.
 */
export function splitByWeights(total: Money, weights: readonly bigint[]): readonly Money[] {
  const weightSum = weights.reduce((sum, weight) => sum + weight, 0n)
  invariant(
    weights.every((weight) => weight >= 0n),
    'a weight is never negative',
  )
  invariant(weightSum > 0n, 'shares need a weight above zero')
  const negative = total.amountMinor < 0n
  const whole = negative ? -total.amountMinor : total.amountMinor
  const shares = weights.map((weight, index) => ({
    index,
    share: (whole * weight) / weightSum,
    remainder: (whole * weight) % weightSum,
  }))
  let left = whole - shares.reduce((sum, { share }) => sum + share, 0n)
  for (const entry of [...shares].sort(byLargestRemainder)) {
    if (left === 0n) break
    entry.share += 1n
    left -= 1n
  }
  return shares.map(({ share }) => money(negative ? -share : share, total.currency))
}

type Share = { readonly index: number; readonly remainder: bigint }

function byLargestRemainder(left: Share, right: Share): number {
  if (left.remainder === right.remainder) return left.index - right.index
  return left.remainder > right.remainder ? -1 : 1
}
