import type { SubscriberId } from '../ids.ts'
import { accountKey, nearAccountKeys } from '../subscribers/account-number.ts'
import { parsePhone } from '../subscribers/phone.ts'
import type { MatchCandidate, MatchInput } from './match-payment.ts'
import { payerMayBe } from './payer-may-be.ts'

/** Someone who may own money in suspense. `reasons` are stable words; a person decides. */
export type RankedCandidate = { readonly subscriberId: SubscriberId; readonly score: number; readonly reasons: readonly string[] }

/** What was typed outweighs everything known of the payer taken together: people pay for their neighbours. */
const weights = {
  account_number: 300,
  phone_as_reference: 200,
  near_account_number: 100,
  payer_phone: 40,
  payer_name: 20,
  payer_pattern: 15,
  open_amount: 15,
  closed: -10,
} as const

const candidatesMax = 10

/** The likeliest owners first. An equal amount alone makes nobody a candidate. */
export function rankCandidates(input: MatchInput): readonly RankedCandidate[] {
  const { notice, candidates, country } = input
  const key = accountKey(notice.accountReference ?? '')
  const near = new Set(nearAccountKeys(key))
  const typedPhone = parsePhone(notice.accountReference ?? '', country)
  const reasonsFor = (candidate: MatchCandidate): readonly (keyof typeof weights)[] => {
    const { phone, phoneSha256 } = candidate
    const payer = phone ? payerMayBe(notice.payer, phone, phoneSha256) : 'no'
    const identity = [
      key !== '' && candidate.accountKey === key && 'account_number',
      typedPhone !== undefined && phone === typedPhone && 'phone_as_reference',
      near.has(candidate.accountKey) && 'near_account_number',
      payer === 'yes' && 'payer_phone',
      payer === 'possible' && 'payer_pattern',
      sharesName(notice.payerName ?? '', candidate.name) && 'payer_name',
    ] as const
    const found = identity.filter((reason) => reason !== false)
    if (found.length === 0) return found
    const circumstance = [candidate.openMinor === notice.amount.amountMinor && 'open_amount', candidate.closed && 'closed'] as const
    return [...found, ...circumstance.filter((reason) => reason !== false)]
  }
  const ranked = new Map<SubscriberId, RankedCandidate>()
  for (const candidate of candidates) {
    const reasons = reasonsFor(candidate)
    const score = reasons.reduce((sum, reason) => sum + weights[reason], 0)
    if (reasons.length > 0) ranked.set(candidate.subscriberId, { subscriberId: candidate.subscriberId, score, reasons })
  }
  return [...ranked.values()].sort(byScore).slice(0, candidatesMax)
}

const byScore = (left: RankedCandidate, right: RankedCandidate): number =>
  right.score - left.score || (left.subscriberId < right.subscriberId ? -1 : 1)

/** Providers give one, two or three names in any order and case; one whole name in common is a hint. */
function sharesName(payerName: string, name: string): boolean {
  const names = new Set(wordsOf(name))
  return wordsOf(payerName).some((word) => names.has(word))
}

const wordsOf = (name: string): readonly string[] =>
  name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toUpperCase()
    .split(/[^\p{L}\p{N}']+/u)
    .filter((word) => word.length >= 3)
