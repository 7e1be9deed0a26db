import { invariant } from '../outcome.ts'
import type { ClaimKind } from './claim.ts'
import type { CreditKind } from './credit.ts'

/** `NRB`, `123` → `NRB-000123`. The sequence comes gap-free from a locked counter of the series. */
export function invoiceNumber(series: string, sequence: bigint): string {
  invariant(series !== '', 'an invoice number needs a series')
  invariant(sequence > 0n, `invoices are numbered from 1, not ${sequence}`)
  return `${series}-${sequence.toString().padStart(6, '0')}`
}

/** What a payer is handed for money; neither a claim nor a credit. */
type Receipt = 'receipt'

/** What is numbered apart from the invoices of a branch: each kind has its own gap-free series. */
const seriesCodes = {
  debit_note: 'DN',
  deposit: 'DP',
  transfer_out: 'TO',
  refund: 'RF',
  credit_note: 'CN',
  deposit_release: 'DR',
  transfer_in: 'TI',
  reward: 'RW',
  goodwill: 'GW',
  receipt: 'RC',
} as const satisfies Record<Exclude<ClaimKind, 'invoice'> | CreditKind | Receipt, string>

/** `NRB` for its invoices, `NRB-CN` for its credit notes. */
export const seriesOf = (branchCode: string, kind: ClaimKind | CreditKind | Receipt): string =>
  kind === 'invoice' ? branchCode : `${branchCode}-${seriesCodes[kind]}`
