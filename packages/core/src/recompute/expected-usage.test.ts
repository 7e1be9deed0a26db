import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { amountIn, cell, type GoldenCase, goldenTable } from '../../test/golden-cases.ts'
import { quantities, tariffs } from '../../test/usage.ts'
import { money, toDecimal } from '../money/money.ts'
import { rateUsage } from '../usage/rate-usage.ts'
import type { UsageScheme, UsageTariff, UsageTier } from '../usage/tariff.ts'
import { expectedUsage } from './expected-usage.ts'

const columns = ['case', 'what', 'quantity', 'unit', 'block', 'included', 'scheme', 'tiers', 'working', 'amount']
const cases = goldenTable('usage.csv', columns)

/** `1000: 5.00 + 10.00`, `more: 3.00` */
function tierIn(text: string): UsageTier {
  const [upTo = '', amounts = ''] = text.split(': ')
  const [price = '', fee] = amounts.split(' + ').map((amount) => amountIn(`${amount} KES`))
  if (price === '') throw new Error(`${text} is no tier`)
  return { ...(upTo === 'more' ? {} : { upTo: BigInt(upTo) }), price, ...(fee === undefined ? {} : { flatFee: fee }) }
}

const tariffOf = (row: GoldenCase): UsageTariff => ({
  scheme: cell(row, 'scheme') as UsageScheme,
  unit: cell(row, 'unit'),
  blockUnits: BigInt(cell(row, 'block')),
  includedUnits: BigInt(cell(row, 'included')),
  tiers: cell(row, 'tiers').split('; ').map(tierIn),
})
const quantityOf = (row: GoldenCase) => BigInt(cell(row, 'quantity'))
const listIn = (row: GoldenCase, column: string) => (cell(row, column) === '' ? [] : cell(row, column).split('; '))

describe('the golden cases of use', () => {
  it('have names of their own', () => {
    expect(new Set(cases.map((row) => cell(row, 'case'))).size).toBe(cases.length)
  })

  describe.each(cases.map((row) => [`${cell(row, 'case')}: ${cell(row, 'what')}`, row] as const))('%s', (_, row) => {
    it('is so by hand', () => {
      const block = BigInt(cell(row, 'block'))
      const cents = (text = '0.00') => BigInt(text.replace('.', ''))
      let [products, fees, units] = [0n, 0n, 0n]
      for (const working of listIn(row, 'working')) {
        const included = /^(\d+) \S+ included$/.exec(working)
        const found = /^(\d+) × (\S+)(?: ÷ (\d+))?(?: \+ (\S+))?$/.exec(working)
        if (!included && !found) throw new Error(`${working} is no working`)
        units += BigInt(included?.[1] ?? found?.[1] ?? 0)
        products += BigInt(found?.[1] ?? 0) * cents(found?.[2])
        fees += cents(found?.[4])
        if (found) expect(found[3] ?? '1').toBe(String(block))
      }
      expect(units).toBe(quantityOf(row))
      expect(toDecimal(money((2n * products + block) / (2n * block) + fees, 'KES'))).toBe(cell(row, 'amount'))
    })

    it('is so by the first calculator', () => {
      const { amount, working } = rateUsage(quantityOf(row), tariffOf(row))
      expect([toDecimal(amount), ...working]).toEqual([cell(row, 'amount'), ...listIn(row, 'working')])
    })

    it('is so by the second calculator', () => {
      const { amountMinor } = expectedUsage({ ...tariffOf(row), quantity: quantityOf(row) })
      expect(toDecimal(money(amountMinor, 'KES'))).toBe(cell(row, 'amount'))
    })
  })
})

describe('the two calculators of use', () => {
  it('agree on any tariff and quantity', () => {
    fc.assert(
      fc.property(tariffs, quantities, (tariff, quantity) => {
        expect(expectedUsage({ ...tariff, quantity }).amountMinor).toBe(rateUsage(quantity, tariff).amount.amountMinor)
      }),
      { numRuns: 2_000 },
    )
  })

  it('say it in words', () => {
    const tiers = ['1000: 5.00', '5000: 4.00 + 20.00', 'more: 3.00'].map(tierIn)
    const facts = { quantity: 2_000n, scheme: 'graduated', blockUnits: 100n, includedUnits: 500n, tiers }
    expect(expectedUsage(facts)).toEqual({
      amountMinor: 9_000n,
      step: '2000 units, 500 of them free: (1500 × 5.00 + 500 × -1.00) ÷ 100, rounded, and fees of 20.00',
    })
    expect(expectedUsage({ ...facts, scheme: 'volume', quantity: 1_500n }).step).toBe(
      '1500 units, 500 of them free: (1000 × 5.00) ÷ 100, rounded',
    )
    expect(expectedUsage({ ...facts, quantity: 500n }).step).toBe('500 units, 500 of them free: nothing')
  })
})
