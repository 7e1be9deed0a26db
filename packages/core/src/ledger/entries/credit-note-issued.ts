import type { Credit } from '../../invoicing/credit.ts'
import { money } from '../../money/money.ts'
import { type JournalEntry, journalEntry } from '../journal-entry.ts'
import { debit } from '../posting.ts'
import { type CategoryAmount, undeferred } from './revenue-recognised.ts'
import { toSubscriber } from './to-subscriber.ts'

/**
 * Less was earned and less is owed to the state; what is allocated at once settles claims, the rest is the subscriber's
 * credit. The note takes first what waits to be earned.
 */
export const creditNoteIssued = (note: Credit, allocatedMinor: bigint, waiting: readonly CategoryAmount[] = []): JournalEntry =>
  journalEntry({
    kind: 'credit_note_issued',
    currency: note.currency,
    effectiveOn: note.issuedOn,
    source: { noun: 'credit', id: note.id },
    postings: [
      ...note.lines.map(({ category, net }) => debit('revenue', category, net)),
      ...undeferred(waiting),
      ...note.lines.flatMap(({ taxes }) =>
        taxes.map(({ code, amountMinor }) => debit('tax_payable', code, money(amountMinor, note.currency))),
      ),
      ...toSubscriber({ subscriberId: note.subscriberId, amount: note.total, allocatedMinor }),
    ],
  })
