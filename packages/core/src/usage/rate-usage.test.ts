import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quantities, tariffs, tariffsOf } from '../../test/usage.ts'
import { money } from '../money/money.ts'
import { Defect } from '../outcome.ts'
import { rateMoreUsage, rateUsage } from './rate-usage.ts'
import type { UsageTariff } from './tariff.ts'

const minor = (quantity: bigint, tariff: UsageTariff) => rateUsage(quantity, tariff).amount.amountMinor
const graduated = tariffsOf(fc.constantFrom('per_unit', 'graduated'))
const graduatedWithoutFees = tariffsOf(fc.constantFrom('per_unit', 'graduated'), fc.constant(undefined))

describe('use by the unit and graduated', () => {
  it('never costs less when more is used', () => {
    fc.assert(
      fc.property(graduated, quantities, quantities, (tariff, quantity, more) => {
        expect(minor(quantity + more, tariff) >= minor(quantity, tariff)).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })

  it('without fees has no jumps, at the edges of the tiers neither: one unit more costs its price, give or take the rounding', () => {
    fc.assert(
      fc.property(graduatedWithoutFees, quantities, (tariff, anywhere) => {
        const edges = tariff.tiers.flatMap(({ upTo }) => (upTo === undefined ? [] : [upTo + tariff.includedUnits]))
        const dearest = tariff.tiers.reduce((most, { price }) => (price.amountMinor > most ? price.amountMinor : most), 0n)
        for (const quantity of [anywhere, ...edges, ...edges.map((edge) => edge - 1n)]) {
          const step = minor(quantity + 1n, tariff) - minor(quantity, tariff)
          expect(step >= 0n && step <= dearest / tariff.blockUnits + 1n).toBe(true)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('does not change when a tier is cut in two of the same price', () => {
    fc.assert(
      fc.property(graduatedWithoutFees, fc.bigInt({ min: 1n, max: 3_000n }), quantities, (tariff, cut, quantity) => {
        const [first, ...others] = tariff.tiers
        if (first === undefined || (first.upTo !== undefined && first.upTo <= cut)) return
        const twice = { ...tariff, scheme: 'graduated' as const, tiers: [{ ...first, upTo: cut }, first, ...others] }
        expect(minor(quantity, twice)).toBe(minor(quantity, tariff))
      }),
    )
  })

  it('of one price is the same by the unit, graduated and by volume', () => {
    fc.assert(
      fc.property(tariffsOf(fc.constant('per_unit')), quantities, (tariff, quantity) => {
        expect(minor(quantity, { ...tariff, scheme: 'graduated' })).toBe(minor(quantity, tariff))
        expect(minor(quantity, { ...tariff, scheme: 'volume' })).toBe(minor(quantity, tariff))
      }),
    )
  })
})

describe('use that is reported in parts', () => {
  it('costs what it costs at once, however it is split and whatever the scheme', () => {
    fc.assert(
      fc.property(tariffs, fc.array(quantities, { maxLength: 10 }), (tariff, parts) => {
        let [before, sum] = [0n, 0n]
        for (const part of parts) {
          sum += rateMoreUsage(before, part, tariff).amount.amountMinor
          before += part
        }
        expect(sum).toBe(minor(before, tariff))
      }),
      { numRuns: 1_000 },
    )
  })

  it('says what was charged before', () => {
    const tariff: UsageTariff = {
      scheme: 'graduated',
      unit: 'MB',
      blockUnits: 100n,
      includedUnits: 100n,
      tiers: [
        { upTo: 1_000n, price: money(500n, 'KES') },
        { price: money(400n, 'KES'), flatFee: money(5_000n, 'KES') },
      ],
    }
    expect(rateMoreUsage(0n, 1_350n, tariff)).toEqual(rateUsage(1_350n, tariff))
    expect(rateUsage(1_350n, tariff)).toEqual({
      amount: money(11_000n, 'KES'),
      working: ['100 MB included', '1000 × 5.00 ÷ 100', '250 × 4.00 ÷ 100 + 50.00'],
    })
    expect(rateMoreUsage(600n, 750n, tariff)).toEqual({
      amount: money(8_500n, 'KES'),
      working: ['100 MB included', '1000 × 5.00 ÷ 100', '250 × 4.00 ÷ 100 + 50.00', 'less 25.00 for the first 600'],
    })
  })
})

describe('use', () => {
  it('of nothing, and of no more than is included, costs nothing', () => {
    fc.assert(
      fc.property(tariffs, quantities, (tariff, quantity) => {
        expect(minor(quantity <= tariff.includedUnits ? quantity : tariff.includedUnits, tariff)).toBe(0n)
      }),
    )
  })

  it('below nothing, or by a tariff that could not be sold, is a defect', () => {
    const tariff: UsageTariff = { scheme: 'per_unit', unit: 'MB', blockUnits: 1n, includedUnits: 0n, tiers: [{ price: money(1n, 'KES') }] }
    expect(() => rateUsage(-1n, tariff)).toThrow(Defect)
    expect(() => rateUsage(1n, { ...tariff, tiers: [] })).toThrow(Defect)
  })
})
