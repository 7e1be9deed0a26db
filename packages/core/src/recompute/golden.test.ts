import { describe, expect, it } from 'vitest'
import { idOf } from '../../test/arbitraries.ts'
import { amountIn, cadenceIn, cell, type GoldenCase, goldenCases, packIn } from '../../test/golden-cases.ts'
import { priceOf, subscriptionOf } from '../../test/nouns.ts'
import { draftInvoice } from '../invoicing/draft-invoice.ts'
import { finalizeInvoice } from '../invoicing/finalize-invoice.ts'
import { invoiceIssued } from '../ledger/entries/invoice-issued.ts'
import { type Money, subtract, toDecimal } from '../money/money.ts'
import { chargesDue } from '../rating/charges-due.ts'
import type { Pricing, TaxClass } from '../tax/rule.ts'
import { civilDate } from '../time/calendar.ts'
import { periodNumber } from '../time/period.ts'
import { recomputeLine } from './recompute-line.ts'

/** The columns that a calculator answers. */
const answers = ['from', 'until', 'tax point', 'excise', 'VAT', 'net', 'total', 'postings']
const answersOf = (row: GoldenCase) => Object.fromEntries(answers.map((column) => [column, cell(row, column)]))
const nameOf = (row: GoldenCase) => `${cell(row, 'case')}: ${cell(row, 'what')}`

type Tax = { readonly code: string; readonly amountMinor: bigint }

function answer(
  line: { from: string; until: string; taxPoint: string; net: Money; taxes: readonly Tax[]; total: Money },
  postings: string,
) {
  const { from, until, taxPoint, net, taxes, total } = line
  const amountOf = (code: RegExp) => {
    const tax = taxes.find((one) => code.test(one.code))
    return tax === undefined ? '' : toDecimal({ ...net, amountMinor: tax.amountMinor })
  }
  return {
    from,
    until,
    'tax point': taxPoint,
    excise: amountOf(/^excise$/),
    VAT: amountOf(/^vat/),
    net: toDecimal(net),
    total: toDecimal(total),
    postings,
  }
}

const postingsText = (postings: readonly (readonly [account: string, amountMinor: bigint])[], { currency }: Money) =>
  postings
    .filter(([, amountMinor]) => amountMinor !== 0n)
    .map(([account, amountMinor]) => `${account} ${toDecimal({ amountMinor, currency })}`)
    .join('; ')

function factsOf(row: GoldenCase) {
  const cancelled = cell(row, 'cancelled')
  return {
    amount: amountIn(cell(row, 'price')),
    cadence: cadenceIn(cell(row, 'every')),
    taxClass: cell(row, 'class') as TaxClass,
    pricing: cell(row, 'pricing') as Pricing,
    startsOn: civilDate(cell(row, 'starts')),
    anchorDay: Number(cell(row, 'anchor')),
    cancelledOn: cancelled === '' ? undefined : civilDate(cancelled),
    issuedOn: civilDate(cell(row, 'issued')),
    taxPack: packIn(cell(row, 'taxes')),
  }
}

/** As a billing run does it: rated, drafted, numbered and posted. */
function byTheFirst(row: GoldenCase) {
  const { amount, cadence, taxClass, pricing, startsOn, anchorDay, cancelledOn, issuedOn, taxPack } = factsOf(row)
  const subscription = subscriptionOf({
    price: priceOf({ amount, cadence, taxClass, pricing }),
    startsOn,
    anchorDay,
    billedUntil: periodNumber({ startsOn, anchorDay, cadence }, Number(cell(row, 'period'))).start,
    ...(cancelledOn === undefined ? {} : { status: 'cancelled', cancelledOn }),
  })
  const { charges } = chargesDue(subscription, issuedOn, { leadDays: 31 })
  const draft = draftInvoice({ subscriberId: idOf('subscriber', 1), charges: charges.slice(0, 1), today: issuedOn, taxPack })
  const invoice = finalizeInvoice(draft, idOf('invoice', 1), { series: 'NRB', sequence: 1n })
  const [line] = invoice.lines
  if (line === undefined) throw new Error('nothing was charged')
  const postings = invoiceIssued(invoice).postings.map(
    ({ account: { kind, owner }, amountMinor }) => [kind === 'receivable' ? kind : `${kind}:${owner}`, amountMinor] as const,
  )
  return answer({ ...line, from: line.period.start, until: line.period.end }, postingsText(postings, line.total))
}

function byTheSecond(row: GoldenCase) {
  const { amount, taxPack, issuedOn, ...facts } = factsOf(row)
  const period = { start: cell(row, 'from'), end: cell(row, 'until') }
  const { net, taxes, total, ...line } = recomputeLine({
    ...facts,
    price: amount,
    period,
    taxPoint: cell(row, 'tax point'),
    rates: taxPack,
  })
  const taxPoint = line.period.start < issuedOn ? line.period.start : issuedOn
  const postings = [
    ['receivable', total.amountMinor] as const,
    ['revenue:internet', -net.amountMinor] as const,
    ...taxes.map(({ code, amountMinor }) => [`tax_payable:${code}`, -amountMinor] as const),
  ]
  return answer({ from: line.period.start, until: line.period.end, taxPoint, net, taxes, total }, postingsText(postings, total))
}

/** `2500.00 × 12 ÷ 30` to the smallest coin, with whole numbers only; a half goes up. */
function workOut(working: string, { currency }: Money): string {
  const found = /^(\S+) × (\d+(?:\.\d+)?) ÷ (\d+(?:\.\d+)?)$/.exec(working)
  if (!found) throw new Error(`${working} is no working`)
  const hundredfold = (text = '') => BigInt(Math.round(Number(text) * 100))
  const product = amountIn(`${found[1]} ${currency}`).amountMinor * hundredfold(found[2])
  const divisor = hundredfold(found[3])
  return toDecimal({ amountMinor: (2n * product + divisor) / (2n * divisor), currency })
}

/** Whether a certificate frees of a tax that the row would bear: it is worked out at nothing. */
const isFreed = (row: GoldenCase) =>
  cell(row, 'taxes').includes('free of') && / × 0 ÷ 100$/m.test(`${cell(row, 'excise working')}\n${cell(row, 'VAT working')}`)

/** Who is free of a tax that the price includes pays the price without its taxes: VAT comes out first. */
function pricedFor(row: GoldenCase): Money {
  const price = amountIn(cell(row, 'price'))
  if (cell(row, 'pricing') === 'exclusive' || !isFreed(row)) return price
  const parts = cell(row, 'class') === 'internet' ? ['16 ÷ 116', '15 ÷ 115'] : ['16 ÷ 116']
  return parts.reduce((left, part) => subtract(left, amountIn(`${workOut(`${toDecimal(left)} × ${part}`, left)} ${left.currency}`)), price)
}

const dayMs = 86_400_000
const daysFrom = (from: string, until: string) => (Date.parse(until) - Date.parse(from)) / dayMs

describe('the golden cases', () => {
  it('are at least 150, each with a name of its own', () => {
    expect(goldenCases.length).toBeGreaterThanOrEqual(150)
    expect(new Set(goldenCases.map((row) => cell(row, 'case'))).size).toBe(goldenCases.length)
  })

  it('hold every anchor day, and every way to price and to tax', () => {
    const held = (column: string) => [...new Set(goldenCases.map((row) => cell(row, column)))].sort()
    expect(
      held('anchor')
        .map(Number)
        .sort((left, right) => left - right),
    ).toEqual(Array.from({ length: 31 }, (_, day) => day + 1))
    expect(held('class')).toEqual(['equipment', 'exempt', 'installation', 'internet'])
    expect(held('pricing')).toEqual(['exclusive', 'inclusive'])
    expect(held('taxes').length).toBeGreaterThanOrEqual(8)
  })

  describe.each(goldenCases.map((row) => [nameOf(row), row] as const))('%s', (_, row) => {
    it('is so by hand', () => {
      const price = pricedFor(row)
      expect(daysFrom(cell(row, 'from'), cell(row, 'until'))).toBe(Number(cell(row, 'days')))
      const whole = cell(row, 'days') === cell(row, 'of days')
      const pricedBy = whole ? '' : `${toDecimal(price)} × ${cell(row, 'days')} ÷ ${cell(row, 'of days')}`
      expect(cell(row, 'price working')).toBe(pricedBy)
      expect(cell(row, 'priced')).toBe(whole ? toDecimal(price) : workOut(pricedBy, price))
      for (const tax of ['excise', 'VAT']) {
        const working = cell(row, `${tax} working`)
        expect(cell(row, tax)).toBe(working === '' ? '' : workOut(working, price))
      }
      const minor = (column: string) => amountIn(`${cell(row, column) || '0'} ${price.currency}`).amountMinor
      expect(minor('net') + minor('excise') + minor('VAT')).toBe(minor('total'))
      expect(minor(cell(row, 'pricing') === 'inclusive' && !isFreed(row) ? 'total' : 'net')).toBe(minor('priced'))
    })

    it('is so by the first calculator', () => {
      expect(byTheFirst(row)).toEqual(answersOf(row))
    })

    it('is so by the second calculator', () => {
      expect(byTheSecond(row)).toEqual(answersOf(row))
    })
  })
})
