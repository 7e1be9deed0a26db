import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCost } from '../src/gateways/africastalking/cost.ts'

describe('cost of a text', () => {
  it.each([
    ['KES 0.8000', 80n, 'KES'],
    ['KES 1.6000', 160n, 'KES'],
    ['KES 2', 200n, 'KES'],
    ['KES 0.8049', 80n, 'KES'],
    ['KES 0.8050', 81n, 'KES'],
    ['USD 0.0035', 0n, 'USD'],
    ['USD 0.0050', 1n, 'USD'],
    ['UGX 35.0000', 35n, 'UGX'],
    ['UGX 35.5000', 36n, 'UGX'],
  ])('%s is %s minor units', (text, amountMinor, currency) => {
    expect(parseCost(text)).toEqual({ amountMinor, currency })
  })

  it.each(['0', '', 'None', 'KES', 'KES -1', 'KES 1e3', 'XXX 1.00', 'KES 0,80'])('%j is no cost', (text) => {
    expect(parseCost(text)).toBeUndefined()
  })

  it('is the nearest cent of four decimals, without floats', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 12n }), (tenThousandths) => {
        const digits = tenThousandths.toString().padStart(5, '0')
        expect(parseCost(`KES ${digits.slice(0, -4)}.${digits.slice(-4)}`)?.amountMinor).toBe((tenThousandths + 50n) / 100n)
      }),
    )
  })
})
