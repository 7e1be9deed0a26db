import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { amountsMinor, cutPeriods } from '../../test/arbitraries.ts'
import { packOf } from '../../test/tax-packs.ts'
import { money } from '../money/money.ts'
import { Defect } from '../outcome.ts'
import { prorate } from '../rating/prorate.ts'
import { computeTax, type TaxedAmount } from '../tax/compute-tax.ts'
import { kenya } from '../tax/countries/ke.ts'
import type { Pricing, TaxBase, TaxPack } from '../tax/rule.ts'
import { addDays, type CivilDate, civilDate } from '../time/calendar.ts'
import { daysIn, type Period } from '../time/period.ts'
import { type ClaimedDays, creditForAmount, creditForDays, leftOf } from './credit-line.ts'

const on = civilDate('2026-06-01')
const kes = (amountMinor: bigint) => money(amountMinor, 'KES')

function lineOf(
  rateMinor: bigint,
  period: Period,
  whole: Period,
  pricing: Pricing = 'inclusive',
  pack: TaxPack | undefined = kenya,
): ClaimedDays {
  const rate = kes(rateMinor)
  const taxed = computeTax({ amount: prorate(rate, period, whole), taxClass: 'internet', taxPoint: on, pricing }, pack)
  return { ...taxed, pricing, period, rate, whole }
}

const bases = fc.constantFrom<TaxBase>('net', 'net_plus_previous')
const packs = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 5_000 }), bases), { maxLength: 4 })
  .map((taxes) => packOf(...taxes.map(([rateBp, base], index) => [`tax${index}`, rateBp, base] as const)))
const pricings = fc.constantFrom<Pricing>('inclusive', 'exclusive')
const amounts = fc.oneof(amountsMinor, fc.bigInt({ min: 1n, max: 300n }))
const lines = fc
  .record({ rate: amounts, cut: cutPeriods, pricing: pricings, pack: packs, late: fc.boolean() })
  .filter(({ cut: { whole, cut } }) => cut < whole.end)
  .map(({ rate, cut: { whole, cut }, pricing, pack, late }) =>
    lineOf(rate, late ? { start: cut, end: whole.end } : whole, whole, pricing, pack),
  )
const cutLines = fc.tuple(lines, fc.array(fc.nat(), { maxLength: 6 })).map(([line, cuts]) => {
  const days = daysIn(line.period)
  const at = [...new Set([0, ...cuts.map((cut) => cut % (days + 1)), days])].sort((left, right) => left - right)
  const parts = at.slice(1).map((end, index) => ({
    start: addDays(line.period.start, at[index] ?? 0),
    end: addDays(line.period.start, end),
  }))
  return { line, parts }
})

const figures = ({ net, taxes, total }: TaxedAmount) => [
  net.amountMinor,
  ...taxes.map(({ amountMinor }) => amountMinor),
  ...taxes.map(({ baseMinor }) => baseMinor),
  total.amountMinor,
]
const sums = (all: readonly TaxedAmount[]) =>
  all.map(figures).reduce((left, right) => left.map((figure, index) => figure + (right[index] ?? 0n)))
const days = (start: string, end: string): Period => ({ start: civilDate(start), end: civilDate(end) })

describe('a credit for days', () => {
  const june = days('2026-06-01', '2026-07-01')

  it('bears the taxes of the line and says how it came about', () => {
    expect(creditForDays(lineOf(150_000n, june, june), days('2026-06-11', '2026-07-01'))).toMatchObject({
      net: kes(74_963n),
      taxes: [
        { code: 'excise', rateBp: 1500, amountMinor: 11_244n },
        { code: 'vat', rateBp: 1600, amountMinor: 13_793n },
      ],
      total: kes(100_000n),
      arithmetic: '1500.00 × 20 ÷ 30 = 1000.00 incl.: VAT 16 % 137.93, excise 15 % 112.44, net 749.63',
    })
    expect(creditForDays(lineOf(150_000n, june, june, 'exclusive', packOf()), days('2026-06-11', '2026-06-21')).arithmetic).toBe(
      '1500.00 × 10 ÷ 30',
    )
  })

  it('of all days is the line, to the cent', () => {
    fc.assert(
      fc.property(lines, (line) => {
        expect(figures(creditForDays(line, line.period))).toEqual(figures(line))
      }),
    )
  })

  it('however the days are cut adds up to the line in net, in each tax and its base, and in total', () => {
    fc.assert(
      fc.property(cutLines, ({ line, parts }) => {
        expect(sums(parts.map((part) => creditForDays(line, part)))).toEqual(figures(line))
      }),
    )
  })

  it('is never below nothing in any of its parts', () => {
    fc.assert(
      fc.property(cutLines, ({ line, parts }) => {
        for (const part of parts) for (const figure of figures(creditForDays(line, part))) expect(figure >= 0n).toBe(true)
      }),
    )
  })

  it('nets to nothing when a plan goes up and down again on one day', () => {
    fc.assert(
      fc.property(amounts, amounts, cutPeriods, pricings, (low, high, { whole, cut }, pricing) => {
        fc.pre(cut < whole.end)
        const rest = { start: cut, end: whole.end }
        const [charged, up] = [lineOf(low, whole, whole, pricing), lineOf(high, rest, whole, pricing)]
        const credits = [creditForDays(charged, rest), creditForDays(up, rest)]
        const again = lineOf(low, rest, whole, pricing)
        const before = prorate(kes(low), { start: whole.start, end: cut }, whole)
        // What is left is the line as it was charged: its days before the change, and the same days again.
        expect(sums([charged, up, again]).map((figure, index) => figure - (sums(credits)[index] ?? 0n))).toEqual(
          cut === whole.start ? figures(again) : sums([creditForDays(charged, { start: whole.start, end: cut }), again]),
        )
        const priced = (line: TaxedAmount) => (pricing === 'exclusive' ? line.net : line.total).amountMinor
        expect(before.amountMinor + priced(again)).toBe(low)
      }),
    )
  })

  it('holds for every pair of days of every month, and every day of one line, over four years', () => {
    const four = days('2024-01-01', '2028-01-01')
    const long = lineOf(9_999_999n, four, four)
    let left: TaxedAmount = long
    let counted = 0
    for (let day: CivilDate = four.start; day < four.end; day = addDays(day, 1)) {
      const credit = creditForDays(long, { start: day, end: addDays(day, 1) })
      left = leftOf(left, [credit])
      for (const figure of figures(left)) if (figure < 0n) throw new Error(`less than nothing is left on ${day}`)
      counted += 1
    }
    expect([counted, ...figures(left)]).toEqual([1_461, 0n, 0n, 0n, 0n, 0n, 0n])
    for (let start = four.start; start < four.end; ) {
      const end = addDays(start, daysOfMonth(start))
      const month = lineOf(249_999n, { start, end }, { start, end })
      const whole = figures(month).join()
      for (let a = start; a < end; a = addDays(a, 1)) {
        for (let b = addDays(a, 1); b <= end; b = addDays(b, 1)) {
          const parts = [days(start, a), days(a, b), days(b, end)].filter((part) => part.start < part.end)
          if (sums(parts.map((part) => creditForDays(month, part))).join() !== whole) throw new Error(`${a} to ${b} does not add up`)
          counted += 1
        }
      }
      start = end
    }
    expect(counted).toBeGreaterThan(20_000)
  })

  it('gives back no more than credits have left of the line, and says so', () => {
    const line = lineOf(150_000n, june, june)
    const goodwill = creditForAmount(line, { total: kes(90_000n) })
    const rest = creditForDays(line, days('2026-06-11', '2026-07-01'), leftOf(line, [goodwill]))
    expect(rest.total).toEqual(kes(60_000n))
    expect(rest.arithmetic).toMatch(/; left of the line: 600\.00$/)
    expect(figures(leftOf(line, [goodwill, rest]))).toEqual([0n, 0n, 0n, expect.anything(), expect.anything(), 0n])
  })

  it('is of days of its line, and of at least one', () => {
    const line = lineOf(150_000n, days('2026-06-10', '2026-07-01'), june)
    for (const other of [days('2026-06-09', '2026-06-12'), days('2026-06-20', '2026-07-02'), days('2026-06-20', '2026-06-20')]) {
      expect(() => creditForDays(line, other)).toThrow(Defect)
    }
    const changed = { ...line, taxes: line.taxes.map((tax) => ({ ...tax, amountMinor: tax.amountMinor + 500n })) }
    expect(() => creditForDays(changed, days('2026-06-20', '2026-06-22'))).toThrow(Defect)
  })
})

describe('a credit for an amount', () => {
  it('takes the same part of net and of each tax, and the last one takes what is left', () => {
    fc.assert(
      fc.property(lines, fc.array(fc.tuple(fc.bigInt({ min: 1n, max: 100n }), fc.boolean()), { maxLength: 5 }), (line, percents) => {
        let left: TaxedAmount = line
        for (const [percent, ofNet] of percents) {
          const whole = ofNet ? left.net : left.total
          const amount = kes((whole.amountMinor * percent + 99n) / 100n)
          if (amount.amountMinor === 0n) continue
          const credit = creditForAmount(left, ofNet ? { net: amount } : { total: amount })
          expect(ofNet ? credit.net : credit.total).toEqual(amount)
          left = leftOf(left, [credit])
          for (const tax of [left.net, ...left.taxes]) expect(tax.amountMinor >= 0n).toBe(true)
        }
        if (left.total.amountMinor === 0n) return
        const rest = creditForAmount(left, { total: left.total })
        expect(leftOf(left, [rest])).toMatchObject({ net: { amountMinor: 0n }, total: { amountMinor: 0n } })
      }),
    )
  })

  it('says how it came about', () => {
    const month = days('2026-06-01', '2026-07-01')
    const line = lineOf(150_000n, month, month)
    expect(creditForAmount(line, { total: kes(20_000n) }).arithmetic).toBe('200.00 incl.: VAT 16 % 27.59, excise 15 % 22.49, net 149.92')
    expect(creditForAmount(line, { net: kes(10_000n) }).arithmetic).toBe('100.00 excl.: excise 15 % 15.00, VAT 16 % 18.40, total 133.40')
  })

  it('is more than nothing and no more than is left', () => {
    const month = days('2026-06-01', '2026-07-01')
    const line = lineOf(150_000n, month, month)
    for (const part of [{ total: kes(0n) }, { total: kes(150_001n) }, { net: kes(0n) }, { net: kes(150_000n) }]) {
      expect(() => creditForAmount(line, part)).toThrow(Defect)
    }
  })
})

function daysOfMonth(first: CivilDate): number {
  let count = 28
  while (addDays(first, count).slice(0, 7) === first.slice(0, 7)) count += 1
  return count
}
