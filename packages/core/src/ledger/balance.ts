import { accountCode, type LedgerAccountKind } from './account.ts'
import { normalSide } from './chart.ts'
import type { Posting } from './posting.ts'

/** The sum of postings by account code, debits above zero. All of them together are zero per currency. */
export function balances(postings: Iterable<Posting>): ReadonlyMap<string, bigint> {
  const sums = new Map<string, bigint>()
  for (const { account, amountMinor } of postings) {
    const code = accountCode(account)
    sums.set(code, (sums.get(code) ?? 0n) + amountMinor)
  }
  return sums
}

/** A balance as people read it: above zero when the account stands on its usual side. */
export const onNormalSide = (kind: LedgerAccountKind, balanceMinor: bigint): bigint =>
  normalSide(kind) === 'debit' ? balanceMinor : -balanceMinor
