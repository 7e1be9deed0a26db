import type { FinalInvoice, InvoiceDraft } from '../../invoicing/invoice.ts'
import { money } from '../../money/money.ts'
import { type JournalEntry, journalEntry } from '../journal-entry.ts'
import { credit, debit } from '../posting.ts'
import { type CategoryAmount, deferred } from './revenue-recognised.ts'

/**
 * The subscriber owes the total; each category has earned the net of its lines but for what waits for its days, and the
 * taxes are the state's.
 */
export const invoiceIssued = (invoice: InvoiceDraft & Pick<FinalInvoice, 'id'>, waiting: readonly CategoryAmount[] = []): JournalEntry =>
  journalEntry({
    kind: 'invoice_issued',
    currency: invoice.currency,
    effectiveOn: invoice.issuedOn,
    source: { noun: 'invoice', id: invoice.id },
    postings: [
      debit('receivable', invoice.subscriberId, invoice.total),
      ...invoice.lines.map(({ category, net }) => credit('revenue', category, net)),
      ...deferred(waiting),
      ...invoice.lines.flatMap(({ taxes }) =>
        taxes.map(({ code, amountMinor }) => credit('tax_payable', code, money(amountMinor, invoice.currency))),
      ),
    ],
  })
