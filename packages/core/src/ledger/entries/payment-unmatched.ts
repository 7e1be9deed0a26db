import type { InstallationId, PaymentId } from '../../ids.ts'
import type { Money } from '../../money/money.ts'
import { invariant } from '../../outcome.ts'
import type { CivilDate } from '../../time/calendar.ts'
import { type JournalEntry, journalEntry } from '../journal-entry.ts'
import { credit, debit } from '../posting.ts'

/** The provider has money for us and nobody is known to have paid it: it waits in suspense. */
export function paymentUnmatched(input: {
  readonly paymentId: PaymentId
  readonly installationId: InstallationId
  readonly amount: Money
  readonly effectiveOn: CivilDate
}): JournalEntry {
  const { paymentId, installationId, amount, effectiveOn } = input
  invariant(amount.amountMinor > 0n, 'a payment is more than nothing')
  return journalEntry({
    kind: 'payment_unmatched',
    currency: amount.currency,
    effectiveOn,
    source: { noun: 'payment', id: paymentId },
    postings: [debit('clearing', installationId, amount), credit('suspense', installationId, amount)],
  })
}
