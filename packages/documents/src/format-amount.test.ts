import { currencies, money, parseMoney } from '@nyuzi/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatAmount, formatAmountAlone } from './format-amount.ts'

describe('amounts on paper', () => {
  it.each([
    [150_000n, 'KES', '1,500.00'],
    [-5n, 'KES', '−0.05'],
    [123_456_789n, 'KES', '1,234,567.89'],
    [123_456_789n, 'BDT', '12,34,567.89'],
    [99_999n, 'BDT', '999.99'],
    [1_500n, 'UGX', '1,500'],
    [0n, 'RWF', '0'],
  ] as const)('%d of %s is %s', (minor, currency, text) => {
    expect(formatAmount(money(minor, currency))).toBe(text)
    expect(formatAmountAlone(money(minor, currency))).toBe(`${currency} ${text}`)
  })

  it('loses nothing: the amount can be read back', () => {
    const some = fc.record({ minor: fc.bigInt(-9_007_199_254_740_991n, 9_007_199_254_740_991n), currency: fc.constantFrom(...currencies) })
    fc.assert(
      fc.property(some, ({ minor, currency }) => {
        const plain = formatAmount(money(minor, currency)).replaceAll(',', '').replace('−', '-')
        expect(parseMoney(plain, currency)?.amountMinor).toBe(minor)
      }),
    )
  })
})
