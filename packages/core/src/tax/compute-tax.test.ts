import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { amountsMinor, currencyCodes } from '../../test/arbitraries.ts'
import { exciseAndVat, packOf } from '../../test/tax-packs.ts'
import { money } from '../money/money.ts'
import { civilDate } from '../time/calendar.ts'
import { computeTax, type Taxable } from './compute-tax.ts'
import { bangladesh } from './countries/bd.ts'
import { kenya } from './countries/ke.ts'
import type { TaxBase, TaxPack } from './rule.ts'

const on = civilDate('2026-06-01')
const taxed = (amountMinor: bigint, pricing: Taxable['pricing'], pack: TaxPack | undefined, changes: Partial<Taxable> = {}) =>
  computeTax({ amount: money(amountMinor, 'KES'), taxClass: 'internet', taxPoint: on, pricing, ...changes }, pack)

const signedMinor = fc.bigInt({ min: -1_000_000_000n, max: 1_000_000_000n })
const bases = fc.constantFrom<TaxBase>('net', 'net_plus_previous')
const packs = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 5_000 }), bases), { maxLength: 4 })
  .map((taxes) => packOf(...taxes.map(([rateBp, base], index) => [`tax${index}`, rateBp, base] as const)))
const sums = fc.constantFrom<Taxable['pricing']>('inclusive', 'exclusive')

describe('taxes on a line', () => {
  it('add up to the total for any amount, pack and pricing, and never move what was agreed', () => {
    fc.assert(
      fc.property(signedMinor, packs, sums, currencyCodes, (amountMinor, pack, pricing, currency) => {
        const amount = money(amountMinor, currency)
        const { net, taxes, total } = taxed(amountMinor, pricing, pack, { amount })
        expect(taxes.reduce((sum, tax) => sum + tax.amountMinor, net.amountMinor)).toBe(total.amountMinor)
        expect(pricing === 'inclusive' ? total : net).toEqual(amount)
      }),
    )
  })

  it('of a credit are those of its charge, below zero', () => {
    fc.assert(
      fc.property(amountsMinor, packs, sums, (amountMinor, pack, pricing) => {
        const [charge, credit] = [taxed(amountMinor, pricing, pack), taxed(-amountMinor, pricing, pack)]
        expect(credit.net.amountMinor).toBe(-charge.net.amountMinor)
        expect(credit.taxes.map((tax) => -tax.amountMinor)).toEqual(charge.taxes.map((tax) => tax.amountMinor))
      }),
    )
  })

  it('never fall when the price rises', () => {
    fc.assert(
      fc.property(amountsMinor, fc.bigInt({ min: 0n, max: 1_000n }), sums, (amountMinor, more, pricing) => {
        const [lower, higher] = [taxed(amountMinor, pricing, kenya), taxed(amountMinor + more, pricing, kenya)]
        expect(higher.net.amountMinor >= lower.net.amountMinor).toBe(true)
        expect(higher.total.amountMinor >= lower.total.amountMinor).toBe(true)
        for (const [index, tax] of higher.taxes.entries()) expect(tax.amountMinor >= (lower.taxes[index]?.amountMinor ?? 0n)).toBe(true)
      }),
    )
  })

  it('laid on and taken out again give the net back within one minor unit, the other way the total within two', () => {
    fc.assert(
      fc.property(amountsMinor, fc.constantFrom(0, 1_500, 2_000), fc.constantFrom(0, 800, 1_400, 1_600), (amountMinor, excise, vat) => {
        const pack = exciseAndVat(excise, vat)
        const laidOn = taxed(amountMinor, 'exclusive', pack)
        expect(apart(taxed(laidOn.total.amountMinor, 'inclusive', pack).net.amountMinor, amountMinor) <= 1n).toBe(true)
        const takenOut = taxed(amountMinor, 'inclusive', pack)
        expect(apart(taxed(takenOut.net.amountMinor, 'exclusive', pack).total.amountMinor, amountMinor) <= 2n).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  it('name the base they were laid on', () => {
    fc.assert(
      fc.property(amountsMinor, packs, sums, (amountMinor, pack, pricing) => {
        const { net, taxes } = taxed(amountMinor, pricing, pack)
        let before = net.amountMinor
        for (const [index, tax] of taxes.entries()) {
          expect(tax.baseMinor).toBe(pack.rules[index]?.base === 'net' ? net.amountMinor : before)
          before += tax.amountMinor
        }
      }),
    )
  })

  it('that are all laid on the net come out of a price side by side', () => {
    const pack = packOf(['levy', 500, 'net'], ['vat', 1_500, 'net'])
    const { net, taxes } = taxed(120_000n, 'inclusive', pack)
    expect([net.amountMinor, ...taxes.map(({ amountMinor }) => amountMinor)]).toEqual([100_000n, 5_000n, 15_000n])
    expect(taxes.map(({ baseMinor }) => baseMinor)).toEqual([100_000n, 100_000n])
  })

  it('round half away from zero', () => {
    const pack = packOf(['vat', 5_000, 'net'])
    expect(taxed(1n, 'exclusive', pack).total.amountMinor).toBe(2n)
    expect(taxed(-1n, 'exclusive', pack).total.amountMinor).toBe(-2n)
  })
})

describe('no taxes', () => {
  const plain = { net: money(150_000n, 'KES'), taxes: [], total: money(150_000n, 'KES') }
  it.each(['inclusive', 'exclusive'] as const)(
    'are laid on %s prices that are exempt, of an exempt class, or without a pack',
    (pricing) => {
      expect(taxed(150_000n, pricing, kenya, { exempt: true })).toEqual(plain)
      expect(taxed(150_000n, pricing, kenya, { taxClass: 'exempt' })).toEqual(plain)
      expect(taxed(150_000n, pricing, undefined)).toEqual(plain)
    },
  )

  it('were known before the first rule', () => {
    expect(taxed(150_000n, 'inclusive', kenya, { taxPoint: civilDate('2013-09-01') })).toEqual(plain)
  })

  it('at a rate of nothing are still listed', () => {
    expect(taxed(150_000n, 'inclusive', packOf(['vat', 0, 'net'])).taxes).toEqual([
      { code: 'vat', title: 'vat', rateBp: 0, baseMinor: 150_000n, amountMinor: 0n },
    ])
  })
})

describe('the pack of Kenya', () => {
  it('taxes a price by the rates of its tax point', () => {
    const totalOn = (date: string) => taxed(300_000n, 'exclusive', kenya, { taxPoint: civilDate(date) }).total.amountMinor
    expect(
      ['2018-09-20', '2018-09-21', '2020-04-01', '2021-01-01', '2021-06-30', '2021-07-01', '2023-06-30', '2023-07-01'].map(totalOn),
    ).toEqual([348_000n, 400_200n, 393_300n, 400_200n, 400_200n, 417_600n, 417_600n, 400_200n])
  })

  it('lays VAT alone on equipment and installation', () => {
    for (const taxClass of ['equipment', 'installation'] as const)
      expect(taxed(100_000n, 'exclusive', kenya, { taxClass }).taxes.map(({ code }) => code)).toEqual(['vat'])
  })
})

describe('the pack of Bangladesh', () => {
  it('takes VAT out of a price, at its own rate for internet', () => {
    const bdt = { amount: money(105_000n, 'BDT') }
    expect(taxed(0n, 'inclusive', bangladesh, bdt)).toMatchObject({ net: money(100_000n, 'BDT'), taxes: [{ title: 'VAT', rateBp: 500 }] })
    expect(taxed(0n, 'exclusive', bangladesh, { ...bdt, taxClass: 'equipment' }).taxes).toMatchObject([
      { rateBp: 1500, amountMinor: 15_750n },
    ])
  })
})

const apart = (left: bigint, right: bigint): bigint => (left > right ? left - right : right - left)
