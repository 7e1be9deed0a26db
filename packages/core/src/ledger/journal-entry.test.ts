import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { idOf } from '../../test/arbitraries.ts'
import { Defect } from '../outcome.ts'
import { civilDate } from '../time/calendar.ts'
import { accountCode, type LedgerAccountKind } from './account.ts'
import { balances, onNormalSide } from './balance.ts'
import { ledgerAccountKinds } from './chart.ts'
import { type JournalEntry, journalEntry } from './journal-entry.ts'
import type { Posting } from './posting.ts'

const posting = (kind: LedgerAccountKind, amountMinor: bigint, owner = 'a'): Posting => ({
  account: { kind, currency: 'KES', owner },
  amountMinor,
})
const entryOf = (postings: readonly Posting[], changes: Partial<JournalEntry> = {}): JournalEntry => ({
  kind: 'invoice_issued',
  currency: 'KES',
  effectiveOn: civilDate('2026-06-01'),
  source: { noun: 'invoice', id: idOf('invoice', 1) },
  postings,
  ...changes,
})
const postings = fc.array(
  fc
    .record({
      kind: fc.constantFrom(...ledgerAccountKinds),
      amountMinor: fc.bigInt({ min: -1_000_000n, max: 1_000_000n }),
      owner: fc.constantFrom('a', 'b'),
    })
    .map(({ kind, amountMinor, owner }) => posting(kind, amountMinor, owner)),
  { maxLength: 12 },
)

describe('a journal entry', () => {
  it('has its postings in their one form', () => {
    const entry = journalEntry(
      entryOf([
        posting('receivable', 70n),
        posting('revenue', -40n),
        posting('receivable', 30n),
        posting('revenue', -60n),
        posting('discount', 0n),
      ]),
    )
    expect(entry.postings).toEqual([posting('receivable', 100n), posting('revenue', -100n)])
  })

  it('drops an account whose postings cancel out', () => {
    const entry = journalEntry(entryOf([posting('cash', 5n), posting('bank', 7n), posting('bank', -7n), posting('credit', -5n)]))
    expect(entry.postings).toEqual([posting('cash', 5n), posting('credit', -5n)])
  })

  it('keeps accounts of two owners apart', () => {
    const entry = journalEntry(entryOf([posting('cash', 5n, 'a'), posting('cash', 5n, 'b'), posting('credit', -10n)]))
    expect(entry.postings).toHaveLength(3)
  })

  it('of any postings that balance keeps every balance, and is the same when formed again', () => {
    fc.assert(
      fc.property(postings, (some) => {
        const sum = some.reduce((total, { amountMinor }) => total + amountMinor, 0n)
        const balanced = [...some, posting('bank', -sum, 'plug'), posting('cash', 1n, 'plug'), posting('credit', -1n, 'plug')]
        const entry = journalEntry(entryOf(balanced))
        expect(entry.postings.reduce((total, { amountMinor }) => total + amountMinor, 0n)).toBe(0n)
        expect(entry.postings.every(({ amountMinor }) => amountMinor !== 0n)).toBe(true)
        expect(new Set(entry.postings.map(({ account }) => accountCode(account))).size).toBe(entry.postings.length)
        const before = [...balances(balanced)].filter(([, balance]) => balance !== 0n)
        expect(new Map(balances(entry.postings))).toEqual(new Map(before))
        expect(journalEntry(entry)).toEqual(entry)
      }),
    )
  })

  it('that does not balance is a defect', () => {
    fc.assert(
      fc.property(postings, (some) => {
        const sum = some.reduce((total, { amountMinor }) => total + amountMinor, 0n)
        expect(() => journalEntry(entryOf([...some, posting('bank', 1n - sum, 'plug'), posting('cash', 3n, 'plug')]))).toThrow(Defect)
      }),
    )
  })

  it('has at least two postings', () => {
    expect(() => journalEntry(entryOf([]))).toThrow(Defect)
    expect(() => journalEntry(entryOf([posting('cash', 0n), posting('bank', 0n)]))).toThrow(Defect)
    expect(() => journalEntry(entryOf([posting('cash', 5n), posting('cash', -5n)]))).toThrow(Defect)
  })

  it('is in one currency', () => {
    const foreign = { account: { kind: 'cash', currency: 'USD', owner: 'a' }, amountMinor: 5n } as const
    expect(() => journalEntry(entryOf([foreign, posting('credit', -5n)]))).toThrow(Defect)
  })

  it('stays in the range of money', () => {
    const huge = 9_007_199_254_740_992n
    expect(() => journalEntry(entryOf([posting('cash', huge), posting('credit', -huge)]))).toThrow(Defect)
  })

  it('names the entry it reverses when it is a reversal, and only then', () => {
    const two = [posting('cash', 5n), posting('credit', -5n)]
    expect(() => journalEntry(entryOf(two, { kind: 'reversal' }))).toThrow(Defect)
    expect(() => journalEntry(entryOf(two, { reversesEntryId: idOf('entry', 1) }))).toThrow(Defect)
    expect(journalEntry(entryOf(two, { kind: 'reversal', reversesEntryId: idOf('entry', 1) })).reversesEntryId).toBe(idOf('entry', 1))
  })
})

describe('a balance', () => {
  it('is the sum of postings, by account', () => {
    expect(balances([posting('cash', 5n), posting('cash', 7n), posting('credit', -12n)])).toEqual(
      new Map([
        ['cash:KES:a', 12n],
        ['credit:KES:a', -12n],
      ]),
    )
  })

  it('is read on the side where its account usually stands', () => {
    expect(onNormalSide('cash', 12n)).toBe(12n)
    expect(onNormalSide('credit', -12n)).toBe(12n)
    expect(onNormalSide('receivable', -3n)).toBe(-3n)
  })
})
