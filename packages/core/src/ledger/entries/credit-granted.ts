import type { Credit } from '../../invoicing/credit.ts'
import { type JournalEntry, journalEntry } from '../journal-entry.ts'
import { debit } from '../posting.ts'
import { toSubscriber } from './to-subscriber.ts'

/** Credit is given away, as a reward or for goodwill. No tax: what was sold is taxed as it was sold. */
export const creditGranted = (credit: Credit, allocatedMinor: bigint): JournalEntry =>
  journalEntry({
    kind: 'credit_granted',
    currency: credit.currency,
    effectiveOn: credit.issuedOn,
    source: { noun: 'credit', id: credit.id },
    postings: [
      debit('discount', credit.kind, credit.total),
      ...toSubscriber({ subscriberId: credit.subscriberId, amount: credit.total, allocatedMinor }),
    ],
  })
