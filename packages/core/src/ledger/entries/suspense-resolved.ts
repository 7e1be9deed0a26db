import type { InstallationId, PaymentId, SubscriberId } from '../../ids.ts'
import type { Money } from '../../money/money.ts'
import type { CivilDate } from '../../time/calendar.ts'
import { type JournalEntry, journalEntry } from '../journal-entry.ts'
import { debit } from '../posting.ts'
import { toSubscriber } from './to-subscriber.ts'

/** The owner of money in suspense was found. */
export const suspenseResolved = (input: {
  readonly paymentId: PaymentId
  readonly installationId: InstallationId
  readonly subscriberId: SubscriberId
  readonly amount: Money
  readonly allocatedMinor: bigint
  readonly effectiveOn: CivilDate
}): JournalEntry =>
  journalEntry({
    kind: 'suspense_resolved',
    currency: input.amount.currency,
    effectiveOn: input.effectiveOn,
    source: { noun: 'payment', id: input.paymentId },
    postings: [debit('suspense', input.installationId, input.amount), ...toSubscriber(input)],
  })
