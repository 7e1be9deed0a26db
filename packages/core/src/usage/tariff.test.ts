import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tariffs } from '../../test/usage.ts'
import { money } from '../money/money.ts'
import { refuseTariff, type UsageTariff } from './tariff.ts'

const price = money(100n, 'KES')
const fieldOf = (changes: Partial<UsageTariff>) =>
  refuseTariff({ scheme: 'graduated', unit: 'MB', blockUnits: 1n, includedUnits: 0n, tiers: [{ price }], ...changes })?.field

describe('a tariff', () => {
  it('is sold when its tiers rise and the last has no end', () => {
    fc.assert(fc.property(tariffs, (tariff) => refuseTariff(tariff) === undefined))
  })

  it('is refused by the field that is wrong', () => {
    expect(fieldOf({ blockUnits: 0n })).toBe('blockUnits')
    expect(fieldOf({ includedUnits: -1n })).toBe('includedUnits')
    expect(fieldOf({ tiers: [] })).toBe('tiers')
    expect(fieldOf({ scheme: 'per_unit', tiers: [{ price, upTo: 1n }, { price }] })).toBe('tiers')
    expect(fieldOf({ tiers: [{ price, upTo: 1n }] })).toBe('tiers[0].upTo')
    expect(fieldOf({ tiers: [{ price }, { price }] })).toBe('tiers[0].upTo')
    expect(fieldOf({ tiers: [{ price, upTo: 5n }, { price, upTo: 5n }, { price }] })).toBe('tiers[1].upTo')
    expect(fieldOf({ tiers: [{ price, upTo: 0n }, { price }] })).toBe('tiers[0].upTo')
    expect(fieldOf({ tiers: [{ price: money(-1n, 'KES') }] })).toBe('tiers[0]')
    expect(fieldOf({ tiers: [{ price, flatFee: money(1n, 'USD') }] })).toBe('tiers[0]')
  })
})
