import type { EntryId } from '../../ids.ts'
import type { CivilDate } from '../../time/calendar.ts'
import { type JournalEntry, journalEntry } from '../journal-entry.ts'

/** Undoes an entry by its exact negation. The books allow one per entry. */
export const reversalOf = (entry: JournalEntry & { readonly id: EntryId }, effectiveOn: CivilDate): JournalEntry =>
  journalEntry({
    kind: 'reversal',
    currency: entry.currency,
    effectiveOn,
    source: { noun: 'entry', id: entry.id },
    postings: entry.postings.map(({ account, amountMinor }) => ({ account, amountMinor: -amountMinor })),
    reversesEntryId: entry.id,
  })
