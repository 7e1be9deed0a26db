import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { amountsMinor, civilDates, currencyCodes, idOf } from '../../test/arbitraries.ts'
import { draftOf, lineOf } from '../../test/nouns.ts'
import { issueClaim } from '../invoicing/claim.ts'
import { issueCredit, issueCreditNote } from '../invoicing/credit.ts'
import { finalizeInvoice } from '../invoicing/finalize-invoice.ts'
import { written } from '../invoicing/line-description.ts'
import { money } from '../money/money.ts'
import { Defect } from '../outcome.ts'
import { kenya } from '../tax/countries/ke.ts'
import { civilDate } from '../time/calendar.ts'
import { balances } from './balance.ts'
import { creditRefunded, creditTransferred, debitNoteIssued, depositClaimed } from './entries/claim-issued.ts'
import { creditApplied } from './entries/credit-applied.ts'
import { creditGranted } from './entries/credit-granted.ts'
import { creditNoteIssued } from './entries/credit-note-issued.ts'
import { depositReleased } from './entries/deposit-released.ts'
import { invoiceIssued } from './entries/invoice-issued.ts'
import { invoiceVoided } from './entries/invoice-voided.ts'
import { paymentReceived } from './entries/payment-received.ts'
import { paymentUnmatched } from './entries/payment-unmatched.ts'
import { reversalOf } from './entries/reversal.ts'
import { suspenseResolved } from './entries/suspense-resolved.ts'
import { badDebtRecovered, writtenOff } from './entries/written-off.ts'
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

describe('a claim outside the billing run', () => {
  const claimOf = (kind: Parameters<typeof issueClaim>[0]['kind'], taxClass: 'equipment' | 'exempt' = 'exempt') =>
    issueClaim({
      id: invoiceId,
      kind,
      subscriberId,
      series: 'NRB-DN',
      sequence: 1n,
      charges: [{ description: written('Broken router'), category: 'damage', taxClass, pricing: 'exclusive', amount: kes(1_000n) }],
      issuedOn: effectiveOn,
      dueOn: effectiveOn,
      taxPack: kenya,
    })

  it('by a debit note is earned, and its taxes are the state’s', () => {
    const entry = debitNoteIssued(claimOf('debit_note', 'equipment'))
    expect(entry).toMatchObject({ kind: 'debit_note_issued', source: { noun: 'invoice', id: invoiceId }, effectiveOn })
    expect(lines(entry)).toEqual([
      [`receivable:${subscriberId}`, 1_160n],
      ['revenue:damage', -1_000n],
      ['tax_payable:vat', -160n],
    ])
  })

  it('earns nothing where it is a deposit, a transfer or a refund, and bears no tax', () => {
    const other = idOf('subscriber', 7)
    expect(lines(depositClaimed(claimOf('deposit', 'equipment')))[1]).toEqual([`deposit:${subscriberId}`, -1_000n])
    expect(lines(creditTransferred(claimOf('transfer_out'), other))[1]).toEqual([`credit:${other}`, -1_000n])
    expect(lines(creditRefunded(claimOf('refund'), branchId))[1]).toEqual([`cash:${branchId}`, -1_000n])
  })
})

describe('a credit', () => {
  const taxes = [{ code: 'vat', title: 'VAT', rateBp: 1_600, baseMinor: 1_000n, amountMinor: 160n }]
  const credited = {
    invoiceId,
    linePosition: 1,
    description: 'x',
    category: 'internet',
    taxClass: 'internet' as const,
    taxPoint: effectiveOn,
    net: kes(1_000n),
    taxes,
    total: kes(1_160n),
    arithmetic: 'x',
  }
  const id = idOf('credit', 8)
  const facts = { id, subscriberId, issuedOn: effectiveOn, reason: 'x' }
  const note = issueCreditNote({ ...facts, currency: 'KES', lines: [credited] }, { series: 'NRB-CN', sequence: 1n })
  const of = (kind: 'reward' | 'deposit_release') => issueCredit({ ...facts, kind, total: kes(500n) }, { series: 'NRB-RW', sequence: 2n })

  it('by a note takes back what was earned and what is owed to the state, and settles claims first', () => {
    const entry = creditNoteIssued(note, 1_000n)
    expect(entry).toMatchObject({ kind: 'credit_note_issued', source: { noun: 'credit', id }, effectiveOn })
    expect(lines(entry)).toEqual([
      ['revenue:internet', 1_000n],
      ['tax_payable:vat', 160n],
      [`receivable:${subscriberId}`, -1_000n],
      [`credit:${subscriberId}`, -160n],
    ])
  })

  it('is numbered, and its lines add up', () => {
    expect([note.number, of('reward').number]).toEqual(['NRB-CN-000001', 'NRB-RW-000002'])
    const numbering = { series: 'NRB-CN', sequence: 1n }
    expect(() => issueCreditNote({ ...facts, currency: 'KES', lines: [] }, numbering)).toThrow(Defect)
    expect(() => issueCreditNote({ ...facts, currency: 'KES', lines: [{ ...credited, total: kes(1_161n) }] }, numbering)).toThrow(Defect)
    expect(() => issueCredit({ ...facts, kind: 'goodwill', total: kes(0n) }, numbering)).toThrow(Defect)
  })

  it('that is given away is our expense, and a deposit that is released was never ours', () => {
    expect(lines(creditGranted(of('reward'), 0n))).toEqual([
      ['discount:reward', 500n],
      [`credit:${subscriberId}`, -500n],
    ])
    expect(lines(depositReleased(of('deposit_release'), 500n))).toEqual([
      [`deposit:${subscriberId}`, 500n],
      [`receivable:${subscriberId}`, -500n],
    ])
  })
})

describe('a claim given up', () => {
  const debt = { subscriberId, amount: kes(700n), effectiveOn }

  it('is a loss until it is recovered, and both together leave nothing', () => {
    const [lost, back] = [writtenOff({ ...debt, kind: 'invoice', invoiceId }), badDebtRecovered({ ...debt, kind: 'invoice', allocationId })]
    expect(lines(lost)).toEqual([
      ['bad_debt:', 700n],
      [`receivable:${subscriberId}`, -700n],
    ])
    expect(back.source).toEqual({ noun: 'allocation', id: allocationId })
    expect([...balances([...lost.postings, ...back.postings]).values()]).toEqual([0n, 0n])
    expect(() => writtenOff({ ...debt, amount: kes(0n), kind: 'invoice', invoiceId })).toThrow(Defect)
  })

  it('that was a deposit is no loss: less is held', () => {
    expect(lines(writtenOff({ ...debt, kind: 'deposit', invoiceId }))[0]).toEqual([`deposit:${subscriberId}`, 700n])
  })

  it('as a mistake is void: the exact negation of its entry, which it names', () => {
    const issued = { ...invoiceIssued(finalizeInvoice(draftOf(), invoiceId, { series: 'NRB', sequence: 1n })), id: idOf('entry', 6) }
    const undone = invoiceVoided(issued, effectiveOn)
    expect(undone).toMatchObject({ kind: 'invoice_voided', source: issued.source, reversesEntryId: issued.id, effectiveOn })
    expect([...balances([...issued.postings, ...undone.postings]).values()].every((balance) => balance === 0n)).toBe(true)
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
