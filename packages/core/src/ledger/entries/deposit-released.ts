import type { Credit } from '../../invoicing/credit.ts'
import { type JournalEntry, journalEntry } from '../journal-entry.ts'
import { debit } from '../posting.ts'
import { toSubscriber } from './to-subscriber.ts'

/** What was held is the subscriber's to use again. */
export const depositReleased = (credit: Credit, allocatedMinor: bigint): JournalEntry =>
  journalEntry({
    kind: 'deposit_released',
    currency: credit.currency,
    effectiveOn: credit.issuedOn,
    source: { noun: 'credit', id: credit.id },
    postings: [
      debit('deposit', credit.subscriberId, credit.total),
      ...toSubscriber({ subscriberId: credit.subscriberId, amount: credit.total, allocatedMinor }),
    ],
  })
