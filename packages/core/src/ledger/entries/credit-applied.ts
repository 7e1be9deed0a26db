import type { SubscriberId } from '../../ids.ts'
import type { Money } from '../../money/money.ts'
import { invariant } from '../../outcome.ts'
import type { CivilDate } from '../../time/calendar.ts'
import { type JournalEntry, journalEntry } from '../journal-entry.ts'
import { credit, debit } from '../posting.ts'

/** Free credit of a subscriber, a payment's or another, settles (part of) one of their claims. */
export function creditApplied(input: {
  readonly subscriberId: SubscriberId
  /** One application, one entry: a claim may be settled in several. */
  readonly allocationId: string
  readonly amount: Money
  readonly effectiveOn: CivilDate
}): JournalEntry {
  const { subscriberId, allocationId, amount, effectiveOn } = input
  invariant(amount.amountMinor > 0n, 'credit applied is more than nothing')
  return journalEntry({
    kind: 'credit_applied',
    currency: amount.currency,
    effectiveOn,
    source: { noun: 'allocation', id: allocationId },
    postings: [debit('credit', subscriberId, amount), credit('receivable', subscriberId, amount)],
  })
}
