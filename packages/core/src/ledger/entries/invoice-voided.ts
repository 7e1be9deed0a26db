import type { EntryId } from '../../ids.ts'
import type { CivilDate } from '../../time/calendar.ts'
import type { JournalEntry } from '../journal-entry.ts'
import { reversalOf } from './reversal.ts'

/** The claim was a mistake: its entry is undone by the exact negation, whatever it posted to. */
export const invoiceVoided = (issued: JournalEntry & { readonly id: EntryId }, effectiveOn: CivilDate): JournalEntry => ({
  ...reversalOf(issued, effectiveOn),
  kind: 'invoice_voided',
  source: issued.source,
})
