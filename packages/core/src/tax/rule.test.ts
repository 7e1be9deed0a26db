import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { civilDates } from '../../test/arbitraries.ts'
import { packOf } from '../../test/tax-packs.ts'
import { money } from '../money/money.ts'
import { Defect } from '../outcome.ts'
import { addDays, civilDate } from '../time/calendar.ts'
import { bangladesh } from './countries/bd.ts'
import { kenya } from './countries/ke.ts'
import { rulesInForce, taxClasses } from './rule.ts'
import { splitWithholding, withholdingInForce } from './split-withholding.ts'
import { taxArithmetic } from './tax-arithmetic.ts'
import { taxPackOf, unknownTaxIn } from './tax-packs.ts'
import { taxPointOf } from './tax-point.ts'

const day = civilDate('2026-06-01')
const rates = (...found: Parameters<typeof rulesInForce>) => rulesInForce(...found).map(({ code, rateBp }) => `${code} ${rateBp}`)

describe('a tax rule', () => {
  it('holds from its first day until the day before the next one, whatever the day', () => {
    fc.assert(
      fc.property(civilDates, fc.array(fc.integer({ min: 1, max: 4_000 }), { maxLength: 5 }), fc.nat(25_000), (start, gaps, at) => {
        let from = start
        const starts = [start, ...gaps.map((days) => (from = addDays(from, days)))]
        const base = packOf(['vat', 1, 'net'])
        const pack = {
          ...base,
          rules: starts.map((since, index) => ({ code: 'vat', title: 'VAT', rateBp: index, base: 'net' as const, from: since })),
        }
        const taxPoint = addDays(start, at - 100)
        const expected = starts.filter((since) => since <= taxPoint).length - 1
        expect(rates(pack, 'internet', taxPoint)).toEqual(expected < 0 ? [] : [`vat ${expected}`])
        const shuffled = { ...pack, rules: [...pack.rules].reverse() }
        expect(rates(shuffled, 'internet', taxPoint)).toEqual(rates(pack, 'internet', taxPoint))
      }),
    )
  })

  it('that is a relief gives way to the one before it', () => {
    const relief = { code: 'vat', title: 'VAT', rateBp: 800, base: 'net' as const, from: day, until: addDays(day, 10) }
    const base = packOf(['vat', 1_600, 'net'])
    const pack = { ...base, rules: [...base.rules, relief] }
    expect(rates(pack, 'internet', addDays(day, -1))).toEqual(['vat 1600'])
    expect(rates(pack, 'internet', addDays(day, 9))).toEqual(['vat 800'])
    expect(rates(pack, 'internet', addDays(day, 10))).toEqual(['vat 1600'])
  })

  it('is applied in the order of its class', () => {
    const turned = { ...kenya, classes: { ...kenya.classes, internet: ['vat', 'excise'] } }
    expect(rates(kenya, 'internet', day)).toEqual(['excise 1500', 'vat 1600'])
    expect(rates(turned, 'internet', day)).toEqual(['vat 1600', 'excise 1500'])
  })
})

describe('every pack', () => {
  it.each([kenya, bangladesh])('of $country names rules that it has, each from a day of its own', ({ rules, classes }) => {
    expect(Object.keys(classes).sort()).toEqual([...taxClasses].sort())
    for (const code of Object.values(classes).flat()) expect(rules.map((rule) => rule.code)).toContain(code)
    expect(new Set(rules.map(({ code, from }) => `${code} ${from}`)).size).toBe(rules.length)
    expect(rules.every(({ rateBp }) => Number.isInteger(rateBp) && rateBp >= 0)).toBe(true)
  })
})

describe('the taxes of an organisation', () => {
  it('are none, or those of its country', () => {
    expect(taxPackOf('none')).toBeUndefined()
    expect(taxPackOf('KE')).toBe(kenya)
    expect(taxPackOf('BD', {})).toBe(bangladesh)
  })

  it('take a rate of their own from its day on, and leave the past as it was', () => {
    const pack = taxPackOf('KE', { rates: [{ code: 'excise', rateBp: 2500, from: day }] })
    expect(pack && rates(pack, 'internet', day)).toEqual(['excise 2500', 'vat 1600'])
    expect(pack && rates(pack, 'internet', addDays(day, -1))).toEqual(['excise 1500', 'vat 1600'])
  })

  it('outrank the pack where both change on one day', () => {
    const pack = taxPackOf('KE', { rates: [{ code: 'excise', rateBp: 1000, from: civilDate('2023-07-01') }] })
    expect(pack && rates(pack, 'internet', day)).toEqual(['excise 1000', 'vat 1600'])
  })

  it('may lay excise on installation', () => {
    const pack = taxPackOf('KE', { classes: { installation: ['excise', 'vat'] } })
    expect(pack && rates(pack, 'installation', day)).toEqual(['excise 1500', 'vat 1600'])
    expect(pack && rates(pack, 'equipment', day)).toEqual(['vat 1600'])
  })

  it('name no tax that the pack does not have', () => {
    expect(unknownTaxIn('KE', { rates: [{ code: 'excise', rateBp: 1, from: day }], classes: { equipment: ['vat'] } })).toBeUndefined()
    expect(unknownTaxIn('BD', { classes: { internet: ['vat', 'excise'] } })).toBe('excise')
    expect(unknownTaxIn('KE', { rates: [{ code: 'levy', rateBp: 1, from: day }] })).toBe('levy')
    expect(unknownTaxIn('none', { rates: [{ code: 'levy', rateBp: 1, from: day }] })).toBeUndefined()
  })
})

describe('a tax point', () => {
  it('is the first day of the period or the day of issue, whichever is first', () => {
    const period = { start: day, end: addDays(day, 30) }
    expect(taxPointOf(addDays(day, -7), period)).toBe(addDays(day, -7))
    expect(taxPointOf(addDays(day, 7), period)).toBe(day)
  })
})

describe('the arithmetic of a line', () => {
  const kes = (amountMinor: bigint) => money(amountMinor, 'KES')
  const excise = { code: 'excise', title: 'excise', rateBp: 1500, baseMinor: 112_443n, amountMinor: 16_867n }
  const vat = { code: 'vat', title: 'VAT', rateBp: 1600, baseMinor: 129_310n, amountMinor: 20_690n }
  const taxed = { net: kes(112_443n), taxes: [excise, vat], total: kes(150_000n) }

  it('says what came out of the price, last tax first', () => {
    expect(taxArithmetic('1500.00', kes(150_000n), 'inclusive', taxed)).toBe(
      '1500.00 incl.: VAT 16 % 206.90, excise 15 % 168.67, net 1124.43',
    )
  })

  it('says what came on top, after what the price itself came from', () => {
    expect(taxArithmetic('2500.00 × 12 ÷ 30', kes(112_443n), 'exclusive', { ...taxed, taxes: [excise, { ...vat, rateBp: 1650 }] })).toBe(
      '2500.00 × 12 ÷ 30 = 1124.43 excl.: excise 15 % 168.67, VAT 16.5 % 206.90, total 1500.00',
    )
  })

  it('stays as it is without taxes', () => {
    expect(taxArithmetic('1500.00', kes(150_000n), 'inclusive', { ...taxed, taxes: [] })).toBe('1500.00')
  })
})

describe('withholding', () => {
  it('is nothing where the buyer’s claim bears no such tax', () => {
    const rule = withholdingInForce(kenya, day)
    const total = money(100n, 'KES')
    expect(rule && splitWithholding({ total, taxes: [] }, rule)).toEqual({ withheld: money(0n, 'KES'), received: total })
    expect(withholdingInForce(bangladesh, day)).toBeUndefined()
  })

  it('and what is received are the claim, which is never less than what is withheld', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 1_000_000n }), fc.integer({ min: 0, max: 10_000 }), (baseMinor, rateBp) => {
        const claim = { total: money(baseMinor, 'KES'), taxes: [{ code: 'vat', title: 'VAT', rateBp: 0, baseMinor, amountMinor: 0n }] }
        const { withheld, received } = splitWithholding(claim, { on: 'vat', rateBp, from: day })
        expect(withheld.amountMinor + received.amountMinor).toBe(baseMinor)
      }),
    )
    const taxes = [{ code: 'vat', title: 'VAT', rateBp: 0, baseMinor: 101n, amountMinor: 0n }]
    expect(() => splitWithholding({ total: money(100n, 'KES'), taxes }, { on: 'vat', rateBp: 10_000, from: day })).toThrow(Defect)
  })
})
