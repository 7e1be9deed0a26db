import { describe, expect, it } from 'vitest'
import { idOf } from '../../test/arbitraries.ts'
import { amountIn, cadenceIn, cell, type GoldenCase, goldenTable, packIn } from '../../test/golden-cases.ts'
import { priceOf, subscriptionOf } from '../../test/nouns.ts'
import { issueCreditNote } from '../invoicing/credit.ts'
import { creditForDays } from '../invoicing/credit-line.ts'
import { draftInvoice } from '../invoicing/draft-invoice.ts'
import { finalizeInvoice } from '../invoicing/finalize-invoice.ts'
import type { InvoiceDraft, InvoiceLine } from '../invoicing/invoice.ts'
import { creditNoteIssued } from '../ledger/entries/credit-note-issued.ts'
import { invoiceIssued } from '../ledger/entries/invoice-issued.ts'
import type { JournalEntry } from '../ledger/journal-entry.ts'
import { type Money, money, subtract, toDecimal } from '../money/money.ts'
import { chargesDue } from '../rating/charges-due.ts'
import { prorationWorking } from '../rating/prorate.ts'
import { recomputeCredit } from '../recompute/recompute-credit.ts'
import { recomputeLine } from '../recompute/recompute-line.ts'
import type { TaxPack } from '../tax/rule.ts'
import { type CivilDate, civilDate, daysBetween } from '../time/calendar.ts'
import { daysIn } from '../time/period.ts'
import { changePlan } from './change-plan.ts'
import { type Subscription, withTerms } from './subscription.ts'

const columns = [
  ...['case', 'what', 'old price', 'new price', 'every', 'starts', 'anchor', 'changes', 'taxes', 'pricing'],
  ...['charged from', 'charged until', 'charged working', 'charged total', 'days left', 'of days'],
  ...['credit working', 'credit net', 'credit excise', 'credit VAT', 'credit total'],
  ...['new working', 'new net', 'new excise', 'new VAT', 'new total', 'to pay', 'credit postings', 'invoice postings'],
]
const rows = goldenTable('plan-changes.csv', columns)

/** Charges before the change, then changes, credits and charges anew, as the server does it. */
function lived(row: GoldenCase) {
  const day = civilDate(cell(row, 'changes'))
  const taxPack = packIn(cell(row, 'taxes'))
  const price = (column: string, id: number) =>
    priceOf({
      id: idOf('price', id),
      amount: amountIn(`${cell(row, column)} KES`),
      cadence: cadenceIn(cell(row, 'every')),
      pricing: cell(row, 'pricing') as 'inclusive',
    })
  const sold = subscriptionOf({
    price: price('old price', 1),
    startsOn: civilDate(cell(row, 'starts')),
    anchorDay: Number(cell(row, 'anchor')),
  })
  const before = { ...sold, billedUntil: civilDate(cell(row, 'charged from')) }
  const charged = draftOf(before, before.billedUntil, taxPack)
  const [line] = charged.lines
  if (line === undefined) throw new Error('nothing was charged')
  const course = changePlan({ ...before, billedUntil: line.period.end }, price('new price', 2), 'now_prorated', day)
  const days = { start: course.released?.from ?? day, end: line.period.end }
  const after = { ...withTerms({ ...before, billedUntil: line.period.end }, course.terms), billedUntil: course.billedUntil }
  const invoice = draftOf(after, day, taxPack)
  return { day, taxPack, line, days, credit: creditForDays(line, days), invoice, after }
}

function draftOf(subscription: Subscription, today: CivilDate, taxPack: TaxPack | undefined): InvoiceDraft {
  const { charges } = chargesDue(subscription, today, { leadDays: 0 })
  return draftInvoice({ subscriberId: subscription.subscriberId, charges: charges.slice(0, 1), today, taxPack })
}

type Figures = Pick<InvoiceLine, 'net' | 'taxes' | 'total'>

const figuresOf = (name: string, { net, taxes, total }: Figures) => {
  const amountOf = (code: string) => {
    const tax = taxes.find((one) => one.code === code)
    return tax === undefined ? '' : toDecimal(money(tax.amountMinor, 'KES'))
  }
  return {
    [`${name} net`]: toDecimal(net),
    [`${name} excise`]: amountOf('excise'),
    [`${name} VAT`]: amountOf('vat'),
    [`${name} total`]: toDecimal(total),
  }
}

const postingsOf = ({ postings }: JournalEntry): string =>
  postings
    .map(({ account: { kind, owner }, amountMinor }) => {
      const name = kind === 'receivable' || kind === 'credit' ? kind : `${kind}:${owner}`
      return `${name} ${toDecimal(money(amountMinor, 'KES'))}`
    })
    .sort()
    .join('; ')

const expected = (row: GoldenCase, names: readonly string[]) => Object.fromEntries(names.map((name) => [name, cell(row, name)]))
const figures = (name: string) => ['net', 'excise', 'VAT', 'total'].map((part) => `${name} ${part}`)

describe.each(rows.map((row) => [`${cell(row, 'case')}: ${cell(row, 'what')}`, row] as const))('%s', (_, row) => {
  it('is so by the first calculator', () => {
    const { line, days, credit, invoice } = lived(row)
    const [fresh] = invoice.lines
    if (fresh === undefined) throw new Error('nothing is charged anew')
    const working = (rate: Money) => prorationWorking(rate, days, line.whole)
    expect({
      'charged from': line.period.start,
      'charged until': line.period.end,
      'charged working': prorationWorking(line.rate, line.period, line.whole),
      'charged total': toDecimal(line.total),
      'days left': String(daysBetween(days.start, days.end)),
      'of days': String(daysIn(line.whole)),
      'credit working': working(line.rate),
      ...figuresOf('credit', credit),
      'new working': working(fresh.rate),
      ...figuresOf('new', fresh),
      'to pay': toDecimal(subtract(fresh.total, credit.total)),
    }).toEqual(
      expected(row, [
        ...['charged from', 'charged until', 'charged working', 'charged total', 'days left', 'of days', 'credit working'],
        ...figures('credit'),
        'new working',
        ...figures('new'),
        'to pay',
      ]),
    )
  })

  it('is so in the books', () => {
    const { day, line, credit, invoice } = lived(row)
    const { category, taxClass, taxPoint } = line
    const note = issueCreditNote(
      {
        id: idOf('credit', 1),
        subscriberId: idOf('subscriber', 1),
        currency: 'KES',
        issuedOn: day,
        reason: 'Change of plan',
        lines: [{ invoiceId: idOf('invoice', 1), linePosition: 1, category, taxClass, taxPoint, ...credit }],
      },
      { series: 'NRB-CN', sequence: 1n },
    )
    const issued = finalizeInvoice(invoice, idOf('invoice', 2), { series: 'NRB', sequence: 2n })
    expect({
      'credit postings': postingsOf(creditNoteIssued(note, 0n)),
      'invoice postings': postingsOf(invoiceIssued(issued)),
    }).toEqual(expected(row, ['credit postings', 'invoice postings']))
  })

  it('is so by the second calculator', () => {
    const { line, days, credit, invoice, taxPack } = lived(row)
    const creditLine = {
      ...credit,
      position: 1,
      claimed: line,
      left: line,
      days: { credited: days, charged: line.period, whole: line.whole, rate: line.rate },
    }
    expect(recomputeCredit({ total: credit.total, lines: [creditLine] })).toEqual([])
    const [fresh] = invoice.lines
    if (fresh === undefined) throw new Error('nothing is charged anew')
    const again = recomputeLine({
      price: amountIn(`${cell(row, 'new price')} KES`),
      cadence: cadenceIn(cell(row, 'every')),
      taxClass: 'internet',
      pricing: cell(row, 'pricing') as 'inclusive',
      startsOn: cell(row, 'starts'),
      anchorDay: Number(cell(row, 'anchor')),
      edges: [cell(row, 'changes')],
      period: fresh.period,
      taxPoint: fresh.taxPoint,
      rates: taxPack,
    })
    expect(figuresOf('new', again)).toEqual(expected(row, figures('new')))
  })
})
