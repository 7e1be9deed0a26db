import type { Money } from '../money/money.ts'
import type { LedgerAccountKind, LedgerAccountRef } from './account.ts'

/** One debit (above zero) or credit (below zero) on one account; never nothing. */
export type Posting = { readonly account: LedgerAccountRef; readonly amountMinor: bigint }

export const debit = (kind: LedgerAccountKind, owner: string, { amountMinor, currency }: Money): Posting => ({
  account: { kind, currency, owner },
  amountMinor,
})

export const credit = (kind: LedgerAccountKind, owner: string, { amountMinor, currency }: Money): Posting => ({
  account: { kind, currency, owner },
  amountMinor: -amountMinor,
})
