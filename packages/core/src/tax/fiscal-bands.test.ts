import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { money } from '../money/money.ts'
import { civilDate } from '../time/calendar.ts'
import { computeTax } from './compute-tax.ts'
import { kenya } from './countries/ke.ts'
import { bandOf, bandTotals, type FiscalBands } from './fiscal-bands.ts'
import { taxClasses } from './rule.ts'
import { fiscalBandsOf } from './tax-packs.ts'

const bands = fiscalBandsOf('KE') as FiscalBands
const taxed = (amountMinor: bigint, taxClass: (typeof taxClasses)[number], pricing: 'inclusive' | 'exclusive') =>
  computeTax({ amount: money(amountMinor, 'KES'), taxClass, taxPoint: civilDate('2026-09-01'), pricing }, kenya)

describe('bands of the tax authority', () => {
  it('hold excise inside the base of VAT', () => {
    const { taxes, total } = taxed(300_000n, 'internet', 'exclusive')
    expect(bandOf(bands, taxes, total)).toMatchObject({
      band: 'B',
      taxable: money(345_000n, 'KES'),
      tax: money(55_200n, 'KES'),
      otherTaxes: [{ code: 'excise', amountMinor: 45_000n }],
    })
  })

  it.each([
    [[], 'A'],
    [[0], 'C'],
    [[800], 'E'],
    [[1600], 'B'],
    [[1400], undefined],
  ])('of VAT at %j is %s', (rates, band) => {
    const taxes = rates.map((rateBp) => ({ code: 'vat', title: 'VAT', rateBp, baseMinor: 100n, amountMinor: 0n }))
    expect(bandOf(bands, taxes, money(100n, 'KES'))?.band).toBe(band)
  })

  it('are the untaxed one for who holds a certificate', () => {
    const taxes = [{ code: 'vat', title: 'VAT', rateBp: 0, baseMinor: 100n, amountMinor: 0n, certificate: 'C' }]
    expect(bandOf(bands, taxes, money(100n, 'KES'))?.band).toBe('A')
  })

  it('of a buyer whom a certificate frees are those of what bears no tax: exempt is not zero-rated', () => {
    const freed = { code: 'vat', title: 'VAT', rateBp: 0, baseMinor: 100n, amountMinor: 0n, certificate: 'EX-1' }
    expect(bandOf(bands, [freed], money(100n, 'KES'))?.band).toBe('A')
  })

  it('are known of a country, not of what an organisation charges', () => {
    expect(
      fiscalBandsOf('KE')
        ?.bands.map(({ code }) => code)
        .join(''),
    ).toBe('ABCDE')
    expect(fiscalBandsOf('BD')).toBeUndefined()
    expect(fiscalBandsOf('SE')).toBeUndefined()
  })
})

test('whatever is sold, the bands add up to the totals of the lines', () => {
  const line = fc.tuple(fc.bigInt(0n, 10_000_000n), fc.constantFrom(...taxClasses), fc.constantFrom('inclusive', 'exclusive'))
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), (lines) => {
      const all = lines.map(([amount, taxClass, pricing]) => taxed(amount, taxClass, pricing))
      const banded = all.map(({ taxes, total }) => bandOf(bands, taxes, total))
      if (banded.some((one) => one === undefined)) return false
      const sums = bandTotals(bands, banded as never)
      expect(sums).toHaveLength(5)
      const total = all.reduce((sum, one) => sum + one.total.amountMinor, 0n)
      return sums.reduce((sum, { taxableMinor, taxMinor }) => sum + taxableMinor + taxMinor, 0n) === total
    }),
  )
})
