import type { InvoiceId } from '../../ids.ts'
import { type Money, negate } from '../../money/money.ts'
import type { CivilDate } from '../../time/calendar.ts'
import { type JournalEntry, journalEntry } from '../journal-entry.ts'
import { credit, debit, type Posting } from '../posting.ts'

/** An amount of a revenue category. */
export type CategoryAmount = { readonly category: string; readonly amount: Money }

/** A day is over: what was claimed for it ahead is earned, one pair of postings a category. */
export const revenueRecognised = (day: CivilDate, currency: Money['currency'], earned: readonly CategoryAmount[]): JournalEntry =>
  journalEntry({
    kind: 'revenue_recognised',
    currency,
    effectiveOn: day,
    source: { noun: 'day', id: `${day} ${currency}` },
    postings: undeferred(earned),
  })

/** A claim is void whose days were earned already: the negation of its entry puts back what waited then, this what was earned since. */
export const recognitionWithdrawn = (input: {
  readonly invoiceId: InvoiceId
  readonly effectiveOn: CivilDate
  readonly currency: Money['currency']
  readonly earned: readonly CategoryAmount[]
}): JournalEntry =>
  journalEntry({
    kind: 'recognition_withdrawn',
    currency: input.currency,
    effectiveOn: input.effectiveOn,
    source: { noun: 'invoice', id: input.invoiceId },
    postings: deferred(input.earned),
  })

/** Taken out of what was earned, to wait. */
export const deferred = (amounts: readonly CategoryAmount[]): readonly Posting[] =>
  amounts.flatMap(({ category, amount }) => [debit('revenue', category, amount), credit('deferred_revenue', category, amount)])

/** Out of what waits, to be earned. */
export const undeferred = (amounts: readonly CategoryAmount[]): readonly Posting[] =>
  deferred(amounts.map(({ category, amount }) => ({ category, amount: negate(amount) })))
