import type { FinalInvoice, InvoiceDraft } from '../../invoicing/invoice.ts'
import { money } from '../../money/money.ts'
import { type JournalEntry, journalEntry } from '../journal-entry.ts'
import { credit, debit } from '../posting.ts'

/** The subscriber owes the total; each category has earned the net of its lines, and the taxes are the state's. */
export const invoiceIssued = (invoice: InvoiceDraft & Pick<FinalInvoice, 'id'>): JournalEntry =>
  journalEntry({
    kind: 'invoice_issued',
    currency: invoice.currency,
    effectiveOn: invoice.issuedOn,
    source: { noun: 'invoice', id: invoice.id },
    postings: [
      debit('receivable', invoice.subscriberId, invoice.total),
      ...invoice.lines.map(({ category, net }) => credit('revenue', category, net)),
      ...invoice.lines.flatMap(({ taxes }) =>
        taxes.map(({ code, amountMinor }) => credit('tax_payable', code, money(amountMinor, invoice.currency))),
      ),
    ],
  })
