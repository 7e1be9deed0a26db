import fc from 'fast-check'
import { money } from '../src/money/money.ts'
import type { UsageTariff, UsageTier } from '../src/usage/tariff.ts'

export const quantities = fc.bigInt({ min: 0n, max: 10_000n })

const amounts = fc.bigInt({ min: 0n, max: 100_000n }).map((amountMinor) => money(amountMinor, 'KES'))

export const tariffsOf = (
  scheme: fc.Arbitrary<UsageTariff['scheme']>,
  fees: fc.Arbitrary<UsageTier['flatFee']> = fc.option(amounts, { nil: undefined }),
): fc.Arbitrary<UsageTariff> =>
  fc
    .record({
      scheme,
      unit: fc.constant('MB'),
      blockUnits: fc.oneof(fc.constant(1n), fc.bigInt({ min: 1n, max: 3_000n })),
      includedUnits: fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 3_000n })),
      tiers: fc.array(fc.record({ units: fc.bigInt({ min: 1n, max: 3_000n }), price: amounts, flatFee: fees }), {
        minLength: 1,
        maxLength: 5,
      }),
    })
    .map(({ tiers, ...tariff }) => ({ ...tariff, tiers: ended(tariff.scheme === 'per_unit' ? tiers.slice(0, 1) : tiers) }))

export const tariffs = tariffsOf(fc.constantFrom('per_unit', 'graduated', 'volume'))

function ended(tiers: readonly (Omit<UsageTier, 'upTo'> & { readonly units: bigint })[]): readonly UsageTier[] {
  let upTo = 0n
  return tiers.map(({ units, ...tier }, index) => {
    upTo += units
    return index === tiers.length - 1 ? tier : { ...tier, upTo }
  })
}
