import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { currencyCodes } from '../../test/arbitraries.ts'
import { Defect } from '../outcome.ts'
import { isCurrency, minorDigitsOf } from './currency.ts'
import { add, formatMoney, money, negate, parseMoney, roundUpToWholeUnits, subtract, toDecimal, zero } from './money.ts'

const amounts = fc.record({
  amountMinor: fc.bigInt({ min: -9_007_199_254_740_991n, max: 9_007_199_254_740_991n }),
  currency: currencyCodes,
})
const halves = fc.bigInt({ min: -4_000_000_000_000_000n, max: 4_000_000_000_000_000n })

describe('money', () => {
  it('comes back from its decimal text', () => {
    fc.assert(
      fc.property(amounts, (value) => {
        expect(parseMoney(toDecimal(value), value.currency)).toEqual(value)
      }),
    )
  })

  it('adds up in any order, and taking away undoes adding', () => {
    fc.assert(
      fc.property(halves, halves, currencyCodes, (a, b, currency) => {
        const [left, right] = [money(a, currency), money(b, currency)]
        expect(add(left, right)).toEqual(add(right, left))
        expect(subtract(add(left, right), right)).toEqual(left)
        expect(add(left, negate(left))).toEqual(zero(currency))
      }),
    )
  })

  it('of two currencies is never mixed', () => {
    expect(() => add(money(1n, 'KES'), money(1n, 'UGX'))).toThrow(Defect)
    expect(() => subtract(money(1n, 'KES'), money(1n, 'USD'))).toThrow(Defect)
  })

  it('stays in the range that JSON can carry', () => {
    expect(money(9_007_199_254_740_991n, 'KES').amountMinor).toBe(9_007_199_254_740_991n)
    expect(() => money(9_007_199_254_740_992n, 'KES')).toThrow(Defect)
    expect(() => money(-9_007_199_254_740_992n, 'KES')).toThrow(Defect)
    expect(() => add(money(9_007_199_254_740_991n, 'KES'), money(1n, 'KES'))).toThrow(Defect)
  })
})

describe('a decimal text', () => {
  it.each([
    ['1500', 'KES', 150_000n],
    ['1500.5', 'KES', 150_050n],
    ['1500.05', 'KES', 150_005n],
    [' 1500.00 ', 'KES', 150_000n],
    ['-0.01', 'KES', -1n],
    ['1500.1000', 'KES', 150_010n],
    ['1500', 'UGX', 1_500n],
    ['1500.00', 'UGX', 1_500n],
    ['90071992547409.91', 'KES', 9_007_199_254_740_991n],
  ] as const)('%s %s is %i minor units', (text, currency, amountMinor) => {
    expect(parseMoney(text, currency)).toEqual({ amountMinor, currency })
  })

  it.each(['', '-', '.5', '5.', '1,500', '1e3', '1500.001', 'KES 5', '0x10', '--1', '90071992547409.92', '12345678901234567'])(
    '%s is no amount of shillings',
    (text) => expect(parseMoney(text, 'KES')).toBeUndefined(),
  )

  it('has no cents where the currency has none', () => expect(parseMoney('1500.5', 'UGX')).toBeUndefined())

  it('is padded and signed', () => {
    expect(toDecimal(money(5n, 'KES'))).toBe('0.05')
    expect(toDecimal(money(-5n, 'KES'))).toBe('-0.05')
    expect(toDecimal(money(123_456n, 'KES'))).toBe('1234.56')
    expect(toDecimal(money(-123_456n, 'UGX'))).toBe('-123456')
    expect(toDecimal(zero('KES'))).toBe('0.00')
  })
})

describe('money for people', () => {
  it('is grouped, with cents only where there are some', () => {
    expect(formatMoney(money(150_000n, 'KES'))).toBe('KES 1,500')
    expect(formatMoney(money(150_050n, 'KES'))).toBe('KES 1,500.50')
    expect(formatMoney(money(-123_456_789n, 'KES'))).toBe('KES -1,234,567.89')
    expect(formatMoney(money(999n, 'UGX'))).toBe('UGX 999')
    expect(formatMoney(money(100_000n, 'UGX'))).toBe('UGX 100,000')
  })
})

describe('rounding up to whole units', () => {
  it('never asks for less, and for less than one unit more', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 1_000_000_000n }), currencyCodes, (amountMinor, currency) => {
        const unit = 10n ** BigInt(minorDigitsOf(currency))
        const asked = roundUpToWholeUnits(money(amountMinor, currency)) * unit
        expect(asked >= amountMinor && asked < amountMinor + unit).toBe(true)
      }),
    )
  })

  it('is for amounts to collect', () => expect(() => roundUpToWholeUnits(money(-1n, 'KES'))).toThrow(Defect))
})

it('a currency is one we can bill in', () => {
  expect(['KES', 'BDT', 'XXX', 'kes', 'toString'].map(isCurrency)).toEqual([true, true, false, false, false])
})
