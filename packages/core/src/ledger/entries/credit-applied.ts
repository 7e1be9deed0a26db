import type { InvoiceId, SubscriberId } from '../../ids.ts'
import type { Money } from '../../money/money.ts'
import { invariant } from '../../outcome.ts'
import type { CivilDate } from '../../time/calendar.ts'
import { type JournalEntry, journalEntry } from '../journal-entry.ts'
import { credit, debit } from '../posting.ts'

/** Unapplied credit of a subscriber settles (part of) one of their invoices. */
export function creditApplied(input: {
  readonly subscriberId: SubscriberId
  readonly invoiceId: InvoiceId
  readonly amount: Money
  readonly effectiveOn: CivilDate
}): JournalEntry {
  const { subscriberId, invoiceId, amount, effectiveOn } = input
  invariant(amount.amountMinor > 0n, 'credit applied is more than nothing')
  return journalEntry({
    kind: 'credit_applied',
    currency: amount.currency,
    effectiveOn,
    source: { noun: 'invoice', id: invoiceId },
    postings: [debit('credit', subscriberId, amount), credit('receivable', subscriberId, amount)],
  })
}
