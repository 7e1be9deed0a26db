import type { Money } from '../money/money.ts'
import type { Phone } from '../subscribers/phone.ts'
import type { Instant } from '../time/instant.ts'

/**
 * How strong the proof is, weakest first. A prompt that was accepted proves nothing about money; a statement is
 * the provider's own book. Policy names the grade that opens access.
 */
export const evidenceGrades = ['prompt_accepted', 'callback', 'status_query', 'provider_list', 'statement'] as const
export type EvidenceGrade = (typeof evidenceGrades)[number]

/** Who paid, as far as the provider lets us know. Only `clear` is a phone; the others can be compared, never called. */
export type PayerIdentity =
  | { readonly kind: 'clear'; readonly phone: Phone }
  /** Known digits with `*` for each hidden run: `2547*****126`. */
  | { readonly kind: 'masked'; readonly pattern: string }
  /** Lower-case hex SHA-256 of the number's digits without the plus sign. */
  | { readonly kind: 'hashed'; readonly sha256: string }
  | { readonly kind: 'absent' }

/**
 * Why a provider says that nothing was paid. `payer`: the person can mend it (money, PIN, limit). `wait`: try again
 * later. `operator`, `configuration`: the ISP's matter. `amount`: outside limits. `technical`: none of these.
 */
export type FailureClass = 'payer' | 'amount' | 'wait' | 'operator' | 'technical' | 'configuration'
export type PaymentFailure = { readonly code: string; readonly class: FailureClass; readonly message: string }

type NoticeOrigin = {
  readonly evidence: EvidenceGrade
  /** The provider's id of our request (M-Pesa: CheckoutRequestID). Ties the notice to a payment intent. */
  readonly providerReference?: string
  /** What the payer typed, exactly as it came. */
  readonly accountReference?: string
  readonly payer: PayerIdentity
  readonly payerName?: string
}

/**
 * What a provider said about one payment. `succeeded` with a `providerTransaction` is money and is final; without
 * one (a status query that knows no receipt) it is money whose receipt is still to come. `failed` is never final:
 * a later success wins. Anything not plainly one of these is `unknown`, and `pending` when the provider says so.
 */
export type PaymentNotice = NoticeOrigin &
  (
    | {
        readonly status: 'succeeded'
        /** The provider's receipt, trimmed and upper-cased: unique per payment at this provider account. */
        readonly providerTransaction?: string
        /** What was proven, not what was asked for. Absent only where the provider does not say (a status query). */
        readonly amount?: Money
        /** When the provider took the money; absent when it does not say, then the time of arrival counts. */
        readonly paidAt?: Instant
      }
    | { readonly status: 'failed'; readonly failure: PaymentFailure }
    | { readonly status: 'pending' | 'unknown'; readonly detail: string }
  )
