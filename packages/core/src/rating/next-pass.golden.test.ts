import { describe, expect, it } from 'vitest'
import { idOf } from '../../test/arbitraries.ts'
import { amountIn, cell, type GoldenCase, goldenTable, packIn } from '../../test/golden-cases.ts'
import { priceOf, subscriptionOf } from '../../test/nouns.ts'
import { draftInvoice } from '../invoicing/draft-invoice.ts'
import { finalizeInvoice } from '../invoicing/finalize-invoice.ts'
import { invoiceIssued } from '../ledger/entries/invoice-issued.ts'
import { type Money, toDecimal } from '../money/money.ts'
import { recomputeLine } from '../recompute/recompute-line.ts'
import type { Pricing, TaxClass } from '../tax/rule.ts'
import { civilDate, civilDateAt } from '../time/calendar.ts'
import type { Cadence } from '../time/period.ts'
import { nextPass } from './next-pass.ts'

const columns = [
  ...['case', 'what', 'price', 'every', 'zone', 'bought at', 'valid before', 'from', 'until', 'begins on', 'clocks from', 'clocks until'],
  ...['taxes', 'class', 'pricing', 'excise working', 'excise', 'VAT working', 'VAT', 'net', 'total', 'postings'],
]
const rows = goldenTable('passes.csv', columns)
const answers = ['from', 'until', 'begins on', 'excise', 'VAT', 'net', 'total']
const minuteMs = 60_000

function cadenceOf(row: GoldenCase): Cadence {
  const [, count, unit] = /^([1-9]\d*) (minute|hour)s?$/.exec(cell(row, 'every')) ?? []
  if (unit !== 'minute' && unit !== 'hour') throw new Error(`${cell(row, 'every')} is no length of a pass`)
  return { unit, count: Number(count) }
}

const soldAt = (row: GoldenCase) => ({
  amount: amountIn(cell(row, 'price')),
  cadence: cadenceOf(row),
  taxClass: cell(row, 'class') as TaxClass,
  pricing: cell(row, 'pricing') as Pricing,
})

/** As a payment does it: offered, drafted, numbered and posted. */
function byTheFirst(row: GoldenCase) {
  const [zone, at, before] = [cell(row, 'zone'), new Date(cell(row, 'bought at')), cell(row, 'valid before')]
  const subscription = subscriptionOf({
    price: priceOf({ ...soldAt(row), billing: 'prepaid' }),
    startsOn: civilDate('2026-01-01'),
    ...(before === '' ? {} : { passUntil: new Date(before) }),
  })
  const pass = nextPass(subscription, { at, zone, occasion: 'request' })
  if (pass === undefined) throw new Error('nothing was offered')
  const draft = draftInvoice({
    subscriberId: idOf('subscriber', 1),
    charges: pass.charges,
    today: civilDateAt(at, zone),
    taxPack: packIn(cell(row, 'taxes')),
  })
  const invoice = finalizeInvoice(draft, idOf('invoice', 1), { series: 'NRB', sequence: 1n })
  const [line] = invoice.lines
  if (line?.validity === undefined || line.description.kind !== 'pass') throw new Error('no pass was sold')
  return { line, validity: line.validity, description: line.description, postings: invoiceIssued(invoice).postings }
}

type Taxed = { readonly net: Money; readonly total: Money; readonly taxes: readonly { code: string; amountMinor: bigint }[] }

function amounts({ net, total, taxes }: Taxed) {
  const of = (code: RegExp) => {
    const tax = taxes.find((one) => code.test(one.code))
    return tax === undefined ? '' : toDecimal({ ...net, amountMinor: tax.amountMinor })
  }
  return { excise: of(/^excise$/), VAT: of(/^vat/), net: toDecimal(net), total: toDecimal(total) }
}

const answersOf = (row: GoldenCase) => Object.fromEntries(answers.map((column) => [column, cell(row, column)]))

describe.each(rows.map((row) => [`${cell(row, 'case')}: ${cell(row, 'what')}`, row] as const))('%s', (_, row) => {
  it('is so by hand', () => {
    const { unit, count } = cadenceOf(row)
    expect(Date.parse(cell(row, 'until')) - Date.parse(cell(row, 'from'))).toBe(count * (unit === 'hour' ? 60 : 1) * minuteMs)
    const cents = (column: string) => amountIn(`${cell(row, column) || '0'} KES`).amountMinor
    expect(cents('net') + cents('excise') + cents('VAT')).toBe(cents('total'))
    expect(cell(row, cell(row, 'pricing') === 'inclusive' ? 'total' : 'net')).toBe(cell(row, 'price').split(' ')[0])
    for (const tax of ['excise', 'VAT']) {
      const [, base = '0', rate = '0', of = '1'] = /^(\S+) × (\d+) ÷ (\d+)$/.exec(cell(row, `${tax} working`)) ?? []
      const product = amountIn(`${base} KES`).amountMinor * BigInt(rate)
      expect(cents(tax)).toBe((2n * product + BigInt(of)) / (2n * BigInt(of)))
    }
  })

  it('is so by the first calculator', () => {
    const { line, validity, description, postings } = byTheFirst(row)
    expect({
      from: validity.from.toISOString(),
      until: validity.until.toISOString(),
      'begins on': line.period.start,
      ...amounts(line),
    }).toEqual(answersOf(row))
    expect([description.from.at, description.until.at]).toEqual([cell(row, 'clocks from'), cell(row, 'clocks until')])
    expect(
      postings
        .map(({ account: { kind, owner }, amountMinor }) => [kind === 'receivable' ? kind : `${kind}:${owner}`, amountMinor] as const)
        .filter(([, amountMinor]) => amountMinor !== 0n)
        .map(([account, amountMinor]) => `${account} ${toDecimal({ ...line.net, amountMinor })}`)
        .join('; '),
    ).toBe(cell(row, 'postings'))
  })

  it('is so by the second calculator', () => {
    const { amount, ...sold } = soldAt(row)
    const { line } = byTheFirst(row)
    const recomputed = recomputeLine({
      ...sold,
      price: amount,
      startsOn: '2026-01-01',
      anchorDay: 1,
      period: line.period,
      taxPoint: line.taxPoint,
      rates: packIn(cell(row, 'taxes')),
      pass: { from: cell(row, 'from'), until: cell(row, 'until'), zone: cell(row, 'zone') },
    })
    expect({
      from: cell(row, 'from'),
      until: recomputed.validUntil,
      'begins on': recomputed.period.start,
      ...amounts(recomputed),
    }).toEqual(answersOf(row))
  })
})
