import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { amountsMinor, cutPeriods } from '../../test/arbitraries.ts'
import { packOf } from '../../test/tax-packs.ts'
import { type CreditAmount, creditForAmount, creditForDays, leftOf } from '../invoicing/credit-line.ts'
import { money } from '../money/money.ts'
import { prorate } from '../rating/prorate.ts'
import { computeTax, type TaxedAmount } from '../tax/compute-tax.ts'
import type { Pricing, TaxBase } from '../tax/rule.ts'
import { addDays, civilDate } from '../time/calendar.ts'
import { daysIn } from '../time/period.ts'
import { type IssuedCreditLine, recomputeCredit } from './recompute-credit.ts'

const packs = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 5_000 }), fc.constantFrom<TaxBase>('net', 'net_plus_previous')), { maxLength: 4 })
  .map((taxes) => packOf(...taxes.map(([rateBp, base], index) => [`tax${index}`, rateBp, base] as const)))
const lines = fc
  .record({ rateMinor: amountsMinor, cut: cutPeriods, pricing: fc.constantFrom<Pricing>('inclusive', 'exclusive'), pack: packs })
  .filter(({ cut: { whole, cut } }) => cut < whole.end)
  .map(({ rateMinor, cut: { whole, cut }, pricing, pack }) => {
    const period = { start: cut, end: whole.end }
    const rate = money(rateMinor, 'KES')
    const amount = prorate(rate, period, whole)
    const taxed = computeTax({ amount, taxClass: 'internet', taxPoint: civilDate('2026-06-01'), pricing }, pack)
    return { ...taxed, pricing, period, rate, whole }
  })

/** Credits of one line after each other: days where the number is even, an amount where it is odd. */
const credited = fc.tuple(lines, fc.array(fc.nat(), { minLength: 1, maxLength: 6 })).map(([line, choices]) => {
  let left: TaxedAmount = line
  let from = line.period.start
  const issued: IssuedCreditLine[] = []
  const take = (credit: CreditAmount, days?: IssuedCreditLine['days']) => {
    issued.push({ ...credit, position: issued.length + 1, claimed: line, left, ...(days === undefined ? {} : { days }) })
    left = leftOf(left, [credit])
  }
  for (const choice of choices) {
    const remaining = daysIn({ start: from, end: line.period.end })
    if (choice % 2 === 0 && remaining > 0) {
      const days = { start: from, end: addDays(from, 1 + (choice % remaining)) }
      take(creditForDays(line, days, left), { credited: days, charged: line.period, whole: line.whole, rate: line.rate })
      from = days.end
      continue
    }
    const ofNet = choice % 4 === 1
    const whole = ofNet ? left.net : left.total
    if (whole.amountMinor === 0n) continue
    const amount = money((whole.amountMinor * BigInt(1 + (choice % 100)) + 99n) / 100n, 'KES')
    take(creditForAmount(left, ofNet ? { net: amount } : { total: amount }))
  }
  return issued
})
const totalOf = (issued: readonly IssuedCreditLine[]) =>
  money(
    issued.reduce((sum, { total }) => sum + total.amountMinor, 0n),
    'KES',
  )

describe('the second calculator of credit notes', () => {
  it('agrees with the first on days and amounts, in any order', () => {
    fc.assert(
      fc.property(credited, (issued) => {
        expect(recomputeCredit({ total: totalOf(issued), lines: issued })).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  it('finds days that gave back a cent more or less, and a total that is not its lines', () => {
    fc.assert(
      fc.property(
        credited.filter((issued) => issued.some(({ days }) => days !== undefined)),
        fc.constantFrom(1n, -1n),
        (issued, off) => {
          const changed = issued.map((line) =>
            line.days === undefined
              ? line
              : { ...line, net: money(line.net.amountMinor + off, 'KES'), total: money(line.total.amountMinor + off, 'KES') },
          )
          const differences = recomputeCredit({ total: totalOf(issued), lines: changed })
          expect(differences.map(({ field }) => field)).toEqual(expect.arrayContaining(['net', 'total']))
          expect(differences.at(-1)).toMatchObject({ field: 'total' })
          expect(differences.at(-1)).not.toHaveProperty('position')
        },
      ),
    )
  })

  it('finds an amount whose taxes are not the same part of what was left', () => {
    const taxed = (netMinor: bigint, taxMinor: bigint) => ({
      net: money(netMinor, 'KES'),
      taxes: [{ code: 'vat', title: 'VAT', rateBp: 1_600, baseMinor: netMinor, amountMinor: taxMinor }],
      total: money(netMinor + taxMinor, 'KES'),
    })
    const line = { ...taxed(10_000n, 1_600n), pricing: 'exclusive' as const }
    const issued = { position: 1, claimed: line, left: line, ...taxed(5_000n, 900n) }
    expect(recomputeCredit({ total: issued.total, lines: [issued] })).toEqual([
      { position: 1, field: 'vat_amount', issued: '9.00 KES', recomputed: '8.00 KES' },
      { position: 1, field: 'total', issued: '59.00 KES', recomputed: '58.00 KES' },
    ])
  })
})
