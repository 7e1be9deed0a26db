import { invariant } from '../outcome.ts'

/** Rounds half away from zero, so that a credit rounds as the charge it mirrors. */
export function divideRounded(numerator: bigint, denominator: bigint): bigint {
  invariant(denominator !== 0n, 'division by zero')
  const negative = numerator < 0n !== denominator < 0n
  const [over, under] = [magnitude(numerator), magnitude(denominator)]
  const rounded = (2n * over + under) / (2n * under)
  return negative ? -rounded : rounded
}

const magnitude = (value: bigint): bigint => (value < 0n ? -value : value)
