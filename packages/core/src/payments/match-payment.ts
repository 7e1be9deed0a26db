import type { SubscriberId } from '../ids.ts'
import type { Currency } from '../money/currency.ts'
import type { Money } from '../money/money.ts'
import { accountKey, hasValidCheckDigit, nearAccountKeys } from '../subscribers/account-number.ts'
import { type Phone, parsePhone } from '../subscribers/phone.ts'
import { payerMayBe } from './payer-may-be.ts'
import type { PayerIdentity } from './payment-notice.ts'
import { type RankedCandidate, rankCandidates } from './rank-candidates.ts'

/** A subscriber the store found by one of the {@link MatchKeys}. */
export type MatchCandidate = {
  readonly subscriberId: SubscriberId
  readonly accountNumber: string
  readonly accountKey: string
  readonly name: string
  readonly phone?: Phone
  /** Lower-case hex SHA-256 of the phone's digits without the plus sign. */
  readonly phoneSha256?: string
  readonly currency: Currency
  readonly closed: boolean
  readonly openMinor: bigint
}

export type MatchKeys = {
  readonly exactKey: string
  readonly nearKeys: readonly string[]
  readonly phones: readonly Phone[]
  readonly phoneSha256s: readonly string[]
}

export type MatchRule = 'intent' | 'account_number' | 'phone_as_reference' | 'payer_phone'
export type SuspenseReason = 'no_reference' | 'wrong_check_digit' | 'unknown_account' | 'ambiguous' | 'closed_account' | 'other_currency'

export type MatchOutcome =
  | { readonly outcome: 'matched'; readonly subscriberId: SubscriberId; readonly rule: MatchRule }
  | { readonly outcome: 'suspense'; readonly reason: SuspenseReason; readonly candidates: readonly RankedCandidate[] }

export type MatchInput = {
  readonly notice: {
    readonly accountReference?: string
    readonly payer: PayerIdentity
    readonly payerName?: string
    readonly amount: Money
  }
  /** The intent that the notice answers: whose it is, and the currency of that account. */
  readonly intent?: { readonly subscriberId: SubscriberId; readonly currency: Currency }
  readonly candidates: readonly MatchCandidate[]
  readonly country: string
}

/** What the store must look up to decide about this notice. */
export function matchKeys(notice: { readonly accountReference?: string; readonly payer: PayerIdentity }, country: string): MatchKeys {
  const { accountReference = '', payer } = notice
  const exactKey = accountKey(accountReference)
  const phones = [parsePhone(accountReference, country), payer.kind === 'clear' ? payer.phone : undefined]
  return {
    exactKey,
    nearKeys: nearAccountKeys(exactKey),
    phones: [...new Set(phones.filter((phone) => phone !== undefined))],
    phoneSha256s: payer.kind === 'hashed' ? [payer.sha256.toLowerCase()] : [],
  }
}

/**
 * Finds whose money this is, or says why nobody can tell. The first rule that finds anyone decides: our own intent,
 * the account number in any form, a phone typed as the reference, and, only when no reference was given, the phone
 * that paid. A rule that finds two, a closed account, or one in
 * another currency, sends the money to suspense; a masked number never decides.
 */
export function matchPayment(input: MatchInput): MatchOutcome {
  const { notice, candidates, country, intent } = input
  const reference = notice.accountReference ?? ''
  const key = accountKey(reference)
  const typedPhone = parsePhone(reference, country)
  const suspense = (reason: SuspenseReason): MatchOutcome => ({ outcome: 'suspense', reason, candidates: rankCandidates(input) })
  if (intent !== undefined)
    return intent.currency === notice.amount.currency
      ? { outcome: 'matched', subscriberId: intent.subscriberId, rule: 'intent' }
      : suspense('other_currency')
  const only = (found: readonly MatchCandidate[], rule: MatchRule): MatchOutcome | undefined => {
    const [first, ...others] = distinct(found)
    if (!first) return undefined
    if (others.length > 0) return suspense('ambiguous')
    if (first.currency !== notice.amount.currency) return suspense('other_currency')
    return first.closed ? suspense('closed_account') : { outcome: 'matched', subscriberId: first.subscriberId, rule }
  }
  const byAccount = key === '' ? [] : candidates.filter((candidate) => candidate.accountKey === key)
  const byTypedPhone = typedPhone === undefined ? [] : candidates.filter(({ phone }) => phone === typedPhone)
  const byReference = only(byAccount, 'account_number') ?? only(byTypedPhone, 'phone_as_reference')
  if (byReference) return byReference
  if (isSaying(reference)) {
    return suspense(typedPhone === undefined && looksLikeOurs(key) && !hasValidCheckDigit(key) ? 'wrong_check_digit' : 'unknown_account')
  }
  const byPayer = candidates.filter(({ phone, phoneSha256 }) => phone && payerMayBe(notice.payer, phone, phoneSha256) === 'yes')
  return only(byPayer, 'payer_phone') ?? suspense('no_reference')
}

/** A dash or a dot is what people type into a field that must not be empty. */
const isSaying = (reference: string): boolean => /[\p{L}\p{N}]/u.test(reference)

/** Five digits are one of ours with a digit left out. */
const looksLikeOurs = (key: string): boolean => /\d{5}$/.test(key)

const distinct = (found: readonly MatchCandidate[]): readonly MatchCandidate[] => [
  ...new Map(found.map((candidate) => [candidate.subscriberId, candidate])).values(),
]
