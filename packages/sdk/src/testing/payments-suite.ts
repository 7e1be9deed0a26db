import type { CallbackRequest, CollectRequest, Money, PaymentEnquiry, PaymentNotice } from '@nyuzi/core'
import { describeChecks, type Skips } from './check.ts'
import { paymentChecks } from './payment-checks.ts'
import type { CallbackSample, ProviderBehaviour } from './provider-behaviour.ts'
import type { SuiteOptions } from './suite-host.ts'

export type PaymentCheckId =
  | 'wholeVerbs'
  | 'rules'
  | 'samples'
  | 'foreignCall'
  | 'changedByte'
  | 'sameKey'
  | 'differentKeys'
  | 'sameReply'
  | 'unknownStatus'
  | 'unknownLookUp'
  | 'amounts'
  | 'amountAsked'
  | 'pure'
  | 'unreadable'
  | 'enquiries'
  | 'plainAnswer'
  | 'lateAnswer'
  | 'tooManyRequests'
  | 'secretsInLog'
  | 'secretsInCapabilities'

export type PaymentSuiteOptions = SuiteOptions & {
  /** One call of each kind the provider makes to us, with the notices it stands for. All of different payments. */
  readonly samples?: readonly (CallbackSample & { readonly expected: readonly PaymentNotice[] })[]
  /** Repeats that are not the same bytes, where the provider makes such. */
  readonly repeats?: readonly { readonly name: string; readonly first: CallbackRequest; readonly again: CallbackRequest }[]
  /** Calls that others could make: a wrong signature, a foreign address, another organisation's number. */
  readonly foreignCalls?: readonly CallbackSample[]
  /** Calls with a status that the provider's documents do not list, or list as not final. */
  readonly unknownStatuses?: readonly CallbackSample[]
  /** Calls that cannot be read; a few are made from each sample when absent. */
  readonly unreadable?: readonly CallbackSample[]
  /** A successful call over this amount, written as the provider writes amounts. */
  callbackOf?(amount: Money): CallbackRequest
  /** Amounts to send through `callbackOf`; awkward ones of each currency when absent. */
  readonly amounts?: readonly Money[]
  readonly enquiries?: readonly (CallbackSample & { readonly expected: PaymentEnquiry })[]
  /** Overrides parts of the prompt the suite asks for. */
  readonly collectRequest?: Partial<CollectRequest>
  readonly provider?: {
    /** `amountAsked` reads the amount out of the last request that the stand-in took. */
    readonly collect?: ProviderBehaviour & { amountAsked?(): Money }
    /** `unknownAnswers`: each makes the next look-up meet an answer that is not plain. */
    readonly lookUpPayment?: ProviderBehaviour & { readonly unknownAnswers?: readonly (() => void | Promise<void>)[] }
    readonly registerCallbacks?: ProviderBehaviour
  }
  /** Demands that cannot be met or shown, each with its reason; printed on every run. */
  readonly skips?: Skips<PaymentCheckId>
}

/**
 * What the host relies on in every payment plugin. Call it in `test/conformance.test.ts`.
 * @example
 * describePaymentProvider({
 *   plugin: mpesa,
 *   settings,
 *   reset: () => nock.cleanAll(),
 *   samples: [{ name: 'a paid prompt', request: callbackRequest({ channel: 'stk', body: paid }), expected: [notice] }],
 *   callbackOf: (amount) => callbackRequest({ channel: 'stk', body: paidWith(toDecimal(amount)) }),
 *   skips: { changedByte: 'the provider does not sign its calls; the token in the path names the intent' },
 * })
 */
export function describePaymentProvider(options: PaymentSuiteOptions): void {
  describeChecks(`${options.plugin.id}: payment provider`, paymentChecks(options))
}
