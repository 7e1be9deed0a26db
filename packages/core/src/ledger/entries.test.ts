import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { amountsMinor, civilDates, currencyCodes, idOf } from '../../test/arbitraries.ts'
import { draftOf, lineOf } from '../../test/nouns.ts'
import { finalizeInvoice } from '../invoicing/finalize-invoice.ts'
import { money } from '../money/money.ts'
import { Defect } from '../outcome.ts'
import { civilDate } from '../time/calendar.ts'
import { balances } from './balance.ts'
import { creditApplied } from './entries/credit-applied.ts'
import { invoiceIssued } from './entries/invoice-issued.ts'
import { paymentReceived } from './entries/payment-received.ts'
import { paymentUnmatched } from './entries/payment-unmatched.ts'
import { reversalOf } from './entries/reversal.ts'
import { suspenseResolved } from './entries/suspense-resolved.ts'
import type { JournalEntry } from './journal-entry.ts'

const subscriberId = idOf('subscriber', 1)
const installationId = idOf('installation', 2)
const branchId = idOf('branch', 3)
const paymentId = idOf('payment', 4)
const invoiceId = idOf('invoice', 5)
const allocationId = '019a0000-0000-7000-8000-000000000009'
const effectiveOn = civilDate('2026-06-01')
const kes = (amountMinor: bigint) => money(amountMinor, 'KES')
const clearing = { kind: 'clearing', installationId } as const

/** `[code, amount]` of each posting, in order. */
const lines = ({ postings }: JournalEntry) => postings.map(({ account, amountMinor }) => [`${account.kind}:${account.owner}`, amountMinor])

const payments = fc
  .record({ amountMinor: amountsMinor, share: fc.bigInt({ min: 0n, max: 1_000n }), currency: currencyCodes, effectiveOn: civilDates })
  .map(({ amountMinor, share, currency, effectiveOn: date }) => ({
    paymentId,
    installationId,
    subscriberId,
    amount: money(amountMinor, currency),
    allocatedMinor: (amountMinor * share) / 1_000n,
    effectiveOn: date,
  }))

describe('an invoice issued', () => {
  const invoice = finalizeInvoice(
    draftOf({
      lines: [
        lineOf(),
        lineOf({ position: 2, amount: kes(100_000n) }),
        lineOf({ position: 3, amount: kes(50_000n), category: 'installation' }),
      ],
      total: kes(400_000n),
    }),
    invoiceId,
    { series: 'NRB', sequence: 1n },
  )

  it('is owed by the subscriber and earned by category', () => {
    expect(lines(invoiceIssued(invoice))).toEqual([
      [`receivable:${subscriberId}`, 400_000n],
      ['revenue:internet', -350_000n],
      ['revenue:installation', -50_000n],
    ])
  })

  it('owes the state the taxes of its lines, by tax', () => {
    const vat = { code: 'vat', title: 'VAT', rateBp: 1600, baseMinor: 215_517n, amountMinor: 34_483n }
    const excise = { code: 'excise', title: 'excise', rateBp: 1500, baseMinor: 187_406n, amountMinor: 28_111n }
    const taxed = { ...lineOf(), net: kes(187_406n), taxes: [excise, vat] }
    const twice = draftOf({ lines: [taxed, { ...taxed, position: 2 }], total: kes(500_000n) })
    expect(lines(invoiceIssued(finalizeInvoice(twice, invoiceId, { series: 'NRB', sequence: 1n })))).toEqual([
      [`receivable:${subscriberId}`, 500_000n],
      ['revenue:internet', -374_812n],
      ['tax_payable:excise', -56_222n],
      ['tax_payable:vat', -68_966n],
    ])
  })

  it('counts from the day it was issued and names the invoice', () => {
    expect(invoiceIssued(invoice)).toMatchObject({
      kind: 'invoice_issued',
      currency: 'KES',
      effectiveOn: '2026-05-27',
      source: { noun: 'invoice', id: invoiceId },
    })
  })

  it('balances for any lines', () => {
    const facts = fc.array(fc.record({ amountMinor: amountsMinor, category: fc.constantFrom('internet', 'voice', 'installation') }), {
      minLength: 1,
      maxLength: 15,
    })
    fc.assert(
      fc.property(facts, (some) => {
        const charges = some.map(({ amountMinor, category }, index) => lineOf({ position: index + 1, amount: kes(amountMinor), category }))
        const total = kes(some.reduce((sum, { amountMinor }) => sum + amountMinor, 0n))
        const draft = draftOf({ lines: charges, total })
        const entry = invoiceIssued(finalizeInvoice(draft, invoiceId, { series: 'NRB', sequence: 1n }))
        expectBalanced(entry)
        expect(lines(entry)[0]).toEqual([`receivable:${subscriberId}`, total.amountMinor])
      }),
    )
  })
})

describe('a payment received', () => {
  it('settles claims first and leaves the rest as credit', () => {
    const entry = paymentReceived({ paymentId, place: clearing, subscriberId, amount: kes(300n), allocatedMinor: 250n, effectiveOn })
    expect(lines(entry)).toEqual([
      [`clearing:${installationId}`, 300n],
      [`receivable:${subscriberId}`, -250n],
      [`credit:${subscriberId}`, -50n],
    ])
    expect(entry).toMatchObject({ kind: 'payment_received', effectiveOn, source: { noun: 'payment', id: paymentId } })
  })

  it('in cash lies in the till of the branch', () => {
    const place = { kind: 'cash', branchId } as const
    expect(lines(paymentReceived({ paymentId, place, subscriberId, amount: kes(300n), allocatedMinor: 300n, effectiveOn }))).toEqual([
      [`cash:${branchId}`, 300n],
      [`receivable:${subscriberId}`, -300n],
    ])
  })

  it('as tax that the payer withheld is owed by the state, and settles the claim like money', () => {
    const place = { kind: 'withholding_receivable', subscriberId } as const
    expect(lines(paymentReceived({ paymentId, place, subscriberId, amount: kes(69n), allocatedMinor: 69n, effectiveOn }))).toEqual([
      [`withholding_receivable:${subscriberId}`, 69n],
      [`receivable:${subscriberId}`, -69n],
    ])
  })

  it('with nothing to settle is all credit', () => {
    expect(
      lines(paymentReceived({ paymentId, place: clearing, subscriberId, amount: kes(300n), allocatedMinor: 0n, effectiveOn })),
    ).toEqual([
      [`clearing:${installationId}`, 300n],
      [`credit:${subscriberId}`, -300n],
    ])
  })

  it('balances for any amount and allocation', () => {
    fc.assert(fc.property(payments, (payment) => expectBalanced(paymentReceived({ ...payment, place: clearing }))))
  })

  it.each([
    [0n, 0n],
    [-5n, -5n],
    [100n, 101n],
    [100n, -1n],
  ])('of %i with %i allocated is a defect', (amountMinor, allocatedMinor) => {
    const payment = { paymentId, subscriberId, amount: kes(amountMinor), allocatedMinor, effectiveOn }
    expect(() => paymentReceived({ ...payment, place: clearing })).toThrow(Defect)
    expect(() => suspenseResolved({ ...payment, installationId })).toThrow(Defect)
  })
})

describe('money in suspense', () => {
  it('waits at the installation it came through', () => {
    const entry = paymentUnmatched({ paymentId, installationId, amount: kes(300n), effectiveOn })
    expect(entry).toMatchObject({ kind: 'payment_unmatched', source: { noun: 'payment', id: paymentId } })
    expect(lines(entry)).toEqual([
      [`clearing:${installationId}`, 300n],
      [`suspense:${installationId}`, -300n],
    ])
    expect(() => paymentUnmatched({ paymentId, installationId, amount: kes(0n), effectiveOn })).toThrow(Defect)
  })

  it('leaves it for the subscriber once the owner is known', () => {
    const entry = suspenseResolved({ paymentId, installationId, subscriberId, amount: kes(300n), allocatedMinor: 250n, effectiveOn })
    expect(entry).toMatchObject({ kind: 'suspense_resolved', source: { noun: 'payment', id: paymentId } })
    expect(lines(entry)).toEqual([
      [`suspense:${installationId}`, 300n],
      [`receivable:${subscriberId}`, -250n],
      [`credit:${subscriberId}`, -50n],
    ])
  })

  it('ends where a payment received at once would have ended', () => {
    fc.assert(
      fc.property(payments, (payment) => {
        const [waiting, resolved] = [paymentUnmatched(payment), suspenseResolved(payment)]
        expectBalanced(waiting)
        expectBalanced(resolved)
        const around = [...balances([...waiting.postings, ...resolved.postings])].filter(([, balance]) => balance !== 0n)
        expect(new Map(around)).toEqual(new Map(balances(paymentReceived({ ...payment, place: clearing }).postings)))
      }),
    )
  })
})

describe('credit applied', () => {
  it('moves from unapplied credit to the claim', () => {
    const entry = creditApplied({ subscriberId, allocationId, amount: kes(50n), effectiveOn })
    expect(entry).toMatchObject({ kind: 'credit_applied', source: { noun: 'allocation', id: allocationId } })
    expect(lines(entry)).toEqual([
      [`credit:${subscriberId}`, 50n],
      [`receivable:${subscriberId}`, -50n],
    ])
    expect(() => creditApplied({ subscriberId, allocationId, amount: kes(0n), effectiveOn })).toThrow(Defect)
    expect(() => creditApplied({ subscriberId, allocationId, amount: kes(-1n), effectiveOn })).toThrow(Defect)
  })

  it('after a payment ends where an allocation at once would have ended', () => {
    fc.assert(
      fc.property(
        payments.filter(({ allocatedMinor }) => allocatedMinor > 0n),
        (payment) => {
          const later = paymentReceived({ ...payment, place: clearing, allocatedMinor: 0n })
          const applied = creditApplied({ ...payment, allocationId, amount: money(payment.allocatedMinor, payment.amount.currency) })
          expectBalanced(applied)
          const around = [...balances([...later.postings, ...applied.postings])].filter(([, balance]) => balance !== 0n)
          expect(new Map(around)).toEqual(new Map(balances(paymentReceived({ ...payment, place: clearing }).postings)))
        },
      ),
    )
  })
})

describe('a reversal', () => {
  it('is the exact negation, and both together leave nothing', () => {
    fc.assert(
      fc.property(payments, civilDates, (payment, today) => {
        const entry = { ...paymentReceived({ ...payment, place: clearing }), id: idOf('entry', 6) }
        const undone = reversalOf(entry, today)
        expectBalanced(undone)
        expect(undone).toMatchObject({
          kind: 'reversal',
          currency: entry.currency,
          effectiveOn: today,
          source: { noun: 'entry', id: entry.id },
          reversesEntryId: entry.id,
        })
        expect([...balances([...entry.postings, ...undone.postings]).values()].every((balance) => balance === 0n)).toBe(true)
        expect(undone.postings).toHaveLength(entry.postings.length)
      }),
    )
  })
})

function expectBalanced(entry: JournalEntry): void {
  expect(entry.postings.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)).toBe(0n)
  expect(entry.postings.length).toBeGreaterThanOrEqual(2)
  expect(entry.postings.every(({ account }) => account.currency === entry.currency)).toBe(true)
}
