import type { InvoiceId } from '../ids.ts'
import { add, zero } from '../money/money.ts'
import { invariant } from '../outcome.ts'
import type { FinalInvoice, InvoiceDraft, InvoiceLine } from './invoice.ts'
import { invoiceNumber } from './numbering.ts'

/** Makes a draft a claim: it gets its number and will not change again. */
export function finalizeInvoice(
  draft: InvoiceDraft,
  id: InvoiceId,
  numbering: { readonly series: string; readonly sequence: bigint },
): FinalInvoice {
  const sum = draft.lines.reduce((claimed, { total }) => add(claimed, total), zero(draft.currency))
  invariant(sum.amountMinor === draft.total.amountMinor && draft.total.currency === draft.currency, 'an invoice is the sum of its lines')
  invariant(draft.lines.every(addsUp), 'a line is its net and its taxes')
  invariant(draft.total.amountMinor > 0n, 'an invoice claims more than nothing')
  invariant(draft.dueOn >= draft.issuedOn, 'an invoice is not due before it is issued')
  const { series, sequence } = numbering
  return { ...draft, id, series, sequence, number: invoiceNumber(series, sequence) }
}

const addsUp = ({ net, taxes, total }: InvoiceLine): boolean =>
  net.currency === total.currency && taxes.reduce((sum, { amountMinor }) => sum + amountMinor, net.amountMinor) === total.amountMinor
