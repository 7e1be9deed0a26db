import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { currencyCodes } from '../../test/arbitraries.ts'
import { Defect } from '../outcome.ts'
import { money, negate } from './money.ts'
import { splitByWeights } from './split.ts'

const totals = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n })
const weights = fc
  .array(fc.bigInt({ min: 0n, max: 10n ** 9n }), { minLength: 1, maxLength: 20 })
  .filter((all) => all.some((weight) => weight > 0n))
const minor = (amountMinor: bigint, parts: readonly bigint[]) =>
  splitByWeights(money(amountMinor, 'KES'), parts).map((share) => share.amountMinor)

describe('shares by weight', () => {
  it('sum to the whole', () => {
    fc.assert(
      fc.property(totals, weights, currencyCodes, (total, parts, currency) => {
        const shares = splitByWeights(money(total, currency), parts)
        expect(shares).toHaveLength(parts.length)
        expect(shares.reduce((sum, share) => sum + share.amountMinor, 0n)).toBe(total)
        expect(shares.every((share) => share.currency === currency)).toBe(true)
      }),
    )
  })

  it('are less than one minor unit from the exact share', () => {
    fc.assert(
      fc.property(totals, weights, (total, parts) => {
        const weightSum = parts.reduce((sum, weight) => sum + weight, 0n)
        minor(total, parts).forEach((share, index) => {
          const off = share * weightSum - total * (parts[index] ?? 0n)
          expect(off < weightSum && off > -weightSum).toBe(true)
        })
      }),
    )
  })

  it('of a negative whole mirror those of the positive', () => {
    fc.assert(
      fc.property(totals, weights, (total, parts) => {
        const mirrored = splitByWeights(money(-total, 'KES'), parts).map(negate)
        expect(mirrored).toEqual(splitByWeights(money(total, 'KES'), parts))
      }),
    )
  })

  it('give nothing to a weight of nothing', () => {
    fc.assert(
      fc.property(totals, weights, (total, parts) =>
        minor(total, parts).every((share, index) => share === 0n || (parts[index] ?? 0n) > 0n),
      ),
    )
  })

  it('give what is left over to the largest remainders, and to the first among equals', () => {
    expect(minor(100n, [1n, 1n, 1n])).toEqual([34n, 33n, 33n])
    expect(minor(200n, [1n, 1n, 1n])).toEqual([67n, 67n, 66n])
    expect(minor(10n, [1n, 2n, 4n])).toEqual([1n, 3n, 6n])
    expect(minor(-100n, [1n, 1n, 1n])).toEqual([-34n, -33n, -33n])
    expect(minor(0n, [1n, 2n])).toEqual([0n, 0n])
  })

  it('cannot be made without a weight, nor with one below zero', () => {
    expect(() => minor(1n, [])).toThrow(Defect)
    expect(() => minor(1n, [0n, 0n])).toThrow(Defect)
    expect(() => minor(1n, [2n, -1n])).toThrow(Defect)
  })
})
