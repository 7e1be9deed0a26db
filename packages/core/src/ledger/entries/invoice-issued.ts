import type { FinalInvoice } from '../../invoicing/invoice.ts'
import { type JournalEntry, journalEntry } from '../journal-entry.ts'
import { credit, debit } from '../posting.ts'

/** The subscriber owes the total; each category has earned its lines. */
export const invoiceIssued = (invoice: FinalInvoice): JournalEntry =>
  journalEntry({
    kind: 'invoice_issued',
    currency: invoice.currency,
    effectiveOn: invoice.issuedOn,
    source: { noun: 'invoice', id: invoice.id },
    postings: [
      debit('receivable', invoice.subscriberId, invoice.total),
      ...invoice.lines.map(({ category, amount }) => credit('revenue', category, amount)),
    ],
  })
