import type { Currency } from '../money/currency.ts'

export type LedgerAccountKind =
  | 'receivable'
  | 'credit'
  | 'clearing'
  | 'suspense'
  | 'fees'
  | 'bank'
  | 'cash'
  | 'revenue'
  | 'deferred_revenue'
  | 'tax_payable'
  | 'withholding_receivable'
  | 'discount'
  | 'bad_debt'
  | 'rounding'
  | 'deposit'
  | 'commission'

/** A place value sits. Three words name it, so an account is opened by being used. */
export type LedgerAccountRef = {
  readonly kind: LedgerAccountKind
  readonly currency: Currency
  /** A subscriber, an installation, a branch, a category or a tax; empty where there is one for all. */
  readonly owner: string
}

/** `receivable:KES:<owner>`: the same text for the same account, a different one for any other. */
export const accountCode = ({ kind, currency, owner }: LedgerAccountRef): string => `${kind}:${currency}:${owner}`
