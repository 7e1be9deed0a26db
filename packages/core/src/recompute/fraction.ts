/** An exact fraction above zero or nothing; `under` is above zero. */
export type Fraction = { readonly over: bigint; readonly under: bigint }

export const one: Fraction = { over: 1n, under: 1n }

export const plus = (left: Fraction, right: Fraction): Fraction =>
  lowest({ over: left.over * right.under + right.over * left.under, under: left.under * right.under })

export const times = (left: Fraction, right: Fraction): Fraction =>
  lowest({ over: left.over * right.over, under: left.under * right.under })

export const per = (left: Fraction, right: Fraction): Fraction => times(left, { over: right.under, under: right.over })

/** To a whole number; a half goes away from zero. */
export function share(amountMinor: bigint, { over, under }: Fraction): bigint {
  const product = amountMinor * over
  const size = product < 0n ? -product : product
  const floor = size / under
  const rounded = (size % under) * 2n >= under ? floor + 1n : floor
  return product < 0n ? -rounded : rounded
}

function lowest({ over, under }: Fraction): Fraction {
  let [a, b] = [over, under]
  while (b !== 0n) [a, b] = [b, a % b]
  return a === 0n ? { over: 0n, under: 1n } : { over: over / a, under: under / a }
}
