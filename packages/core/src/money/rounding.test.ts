import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Defect } from '../outcome.ts'
import { divideRounded } from './rounding.ts'

const wide = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n })
const divisors = fc.bigInt({ min: -(10n ** 6n), max: 10n ** 6n }).filter((value) => value !== 0n)

describe('division with rounding', () => {
  it.each([
    [5n, 2n, 3n],
    [-5n, 2n, -3n],
    [5n, -2n, -3n],
    [-5n, -2n, 3n],
    [4n, 3n, 1n],
    [-4n, 3n, -1n],
    [1n, 3n, 0n],
    [2n, 3n, 1n],
    [0n, 7n, 0n],
    [6n, 3n, 2n],
  ])('%i ÷ %i is %i', (numerator, denominator, expected) => expect(divideRounded(numerator, denominator)).toBe(expected))

  it('is never further than a half from the truth, and a half goes away from zero', () => {
    fc.assert(
      fc.property(wide, divisors, (numerator, denominator) => {
        const rest = numerator - divideRounded(numerator, denominator) * denominator
        const [twice, whole] = [2n * (rest < 0n ? -rest : rest), denominator < 0n ? -denominator : denominator]
        expect(twice <= whole).toBe(true)
        // On an exact half what is left has the other sign than the numerator: it was rounded outwards.
        if (twice === whole) expect(rest < 0n).toBe(numerator > 0n)
      }),
    )
  })

  it('mirrors: the credit of a charge is its exact opposite', () => {
    fc.assert(
      fc.property(
        wide,
        divisors,
        (numerator, denominator) => divideRounded(-numerator, denominator) === -divideRounded(numerator, denominator),
      ),
    )
  })

  it('by zero is a defect', () => expect(() => divideRounded(1n, 0n)).toThrow(Defect))
})
