import { invariant } from '../outcome.ts'

/** `NRB`, `123` → `NRB-000123`. The sequence comes gap-free from a locked counter of the series. */
export function invoiceNumber(series: string, sequence: bigint): string {
  invariant(series !== '', 'an invoice number needs a series')
  invariant(sequence > 0n, `invoices are numbered from 1, not ${sequence}`)
  return `${series}-${sequence.toString().padStart(6, '0')}`
}
