import type { CallbackChannel, CallbackReply, CallbackRequest, VerifiedCallback } from '../callback.ts'
import type { IntentId } from '../ids.ts'
import type { Currency } from '../money/currency.ts'
import type { Money } from '../money/money.ts'
import type { Phone } from '../subscribers/phone.ts'
import type { Instant } from '../time/instant.ts'
import type { PaymentNotice } from './payment-notice.ts'

/**
 * A provider that takes payments. Each verb is optional but `currencies`: **an absent verb means unsupported**.
 * Verbs take and return values; they never see a table, a queue or another plugin. The pure ones (`verifyCallback`,
 * `translateCallback`, `translateEnquiry`, `answerEnquiry`) make no call and read no clock.
 */
export interface PaymentProvider {
  readonly currencies: readonly Currency[]
  /**
   * Which of the provider's accounts takes the money, e.g. the shortcode. Two installations of one account are told of
   * the same payments (the prompt by one, the receipt by the other), and the host books each once.
   */
  readonly account?: string
  /** Callback addresses by name; the names become part of the path, so keep them lower-case and free of provider names. */
  readonly channels?: Readonly<Record<string, CallbackChannel>>

  /** Asks the payer to pay, e.g. by a prompt on the phone. Accepted never means paid. */
  readonly collect?: {
    readonly rules: CollectRules
    request(request: CollectRequest): Promise<CollectAnswer>
  }

  /** Is this call the provider's, and is it a repeat? Throws CallbackRejected when it is not theirs. Pure. */
  verifyCallback?(request: CallbackRequest): VerifiedCallback
  /** Turns a stored call into notices. Throws when it cannot be read: the call is then quarantined. Pure. */
  translateCallback?(request: CallbackRequest): readonly PaymentNotice[]

  /** Asks the provider what became of an intent. An answer that is not plain is `unknown` or `pending`, never `failed`. */
  lookUpPayment?(query: LookUpQuery): Promise<PaymentNotice>

  /** A provider that asks us before it takes a payment (M-Pesa validation). Both verbs are pure. */
  readonly enquiries?: {
    translateEnquiry(request: CallbackRequest): PaymentEnquiry
    answerEnquiry(decision: EnquiryDecision): CallbackReply
  }

  /** Tells the provider our callback addresses (M-Pesa C2B register). Safe to repeat. */
  registerCallbacks?(): Promise<{ readonly outcome: 'registered' | 'already_registered' }>
}

/** Behaviour the host schedules by; data, so that no plugin owns a timer. */
export type CollectRules = {
  /** The provider takes whole units only; the host rounds up and books the rest as credit. */
  readonly wholeUnitsOnly: boolean
  readonly amountMinorMin: bigint
  readonly amountMinorMax: bigint
  readonly accountReferenceMaxLength: number
  /** After this the prompt is surely gone from the phone; a later success still counts. */
  readonly expiresAfterMs: number
  /** Pauses before each look-up, counted from the previous one (the first from the request); then the janitor's pace. */
  readonly lookUpPausesMs: readonly number[]
  /** The shortest pause between two prompts to one phone, and to one phone for the same amount. */
  readonly samePhonePauseMs: number
  readonly sameAmountPauseMs: number
}

export type CollectRequest = {
  readonly intentId: IntentId
  /** Already rounded to whole units where the rules ask for it. */
  readonly amount: Money
  readonly phone: Phone
  /** The subscriber's account number, as the payer will see it. */
  readonly accountReference: string
  readonly description: string
  /** Where the provider must report, with this intent's token in it. */
  readonly callbackUrl: string
}

export type CollectAnswer =
  | {
      readonly outcome: 'accepted'
      /** The provider's id of this request (CheckoutRequestID); the look-up asks by it. */
      readonly providerReference: string
      readonly message: string
    }
  | { readonly outcome: 'refused'; readonly code: string; readonly message: string }

export type LookUpQuery = {
  readonly intentId: IntentId
  readonly providerReference: string
  readonly amount: Money
  readonly phone: Phone
  readonly requestedAt: Instant
}

export type PaymentEnquiry = {
  readonly accountReference: string
  readonly amount: Money
}

export type EnquiryDecision =
  | { readonly accept: true }
  | { readonly accept: false; readonly reason: 'unknown_account' | 'amount' | 'other' }
