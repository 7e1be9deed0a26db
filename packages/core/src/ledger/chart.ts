import type { LedgerAccountKind } from './account.ts'

type Side = 'debit' | 'credit'

/** The side on which an account of this kind usually stands (docs/reference/chart-of-accounts.md). */
const sides: Readonly<Record<LedgerAccountKind, Side>> = {
  receivable: 'debit',
  credit: 'credit',
  clearing: 'debit',
  suspense: 'credit',
  fees: 'debit',
  bank: 'debit',
  cash: 'debit',
  revenue: 'credit',
  deferred_revenue: 'credit',
  tax_payable: 'credit',
  withholding_receivable: 'debit',
  discount: 'debit',
  bad_debt: 'debit',
  rounding: 'debit',
  deposit: 'credit',
  commission: 'debit',
}

export const ledgerAccountKinds = Object.keys(sides) as readonly LedgerAccountKind[]

export const normalSide = (kind: LedgerAccountKind): Side => sides[kind]
