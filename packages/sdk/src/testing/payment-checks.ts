import type { CallbackReply, PaymentProvider } from '@nyuzi/core'
import { expect } from 'vitest'
import { type Check, listChecks, needed, Skipped } from './check.ts'
import * as calls from './payment-call-checks.ts'
import * as callbacks from './payment-callback-checks.ts'
import type { PaymentCheckId, PaymentSuiteOptions } from './payments-suite.ts'
import { paymentsOf, showsNoSecrets, withHost } from './suite-host.ts'

/** The checks of `describePaymentProvider` as plain functions. */
export function paymentChecks(options: PaymentSuiteOptions): readonly Check<PaymentCheckId>[] {
  return listChecks<PaymentCheckId, PaymentSuiteOptions>(options, {
    wholeVerbs: ['offers whole verbs only, and every channel has the verbs it needs', offersWholeVerbs],
    rules: ['its rules of collection can be scheduled by', hasUsableRules],
    samples: ['each sample call is accepted and becomes the notices it stands for', callbacks.translatesSamples],
    foreignCall: ['a call that is not the provider’s is rejected', callbacks.rejectsForeignCalls],
    changedByte: ['a call with one byte changed is rejected', callbacks.rejectsChangedBytes],
    sameKey: ['the same call has the same dedupe key, on another server and another day too', callbacks.repeatsKeys],
    differentKeys: ['different calls have different dedupe keys', callbacks.tellsCallsApart],
    sameReply: ['a repeat gets the reply that the first call got', callbacks.repeatsReplies],
    unknownStatus: ['a status that is not plain is never a failure', callbacks.guessesNoStatus],
    unknownLookUp: ['a look-up whose answer is not plain is never a failure', calls.guessesNoLookUp],
    amounts: ['an amount survives the round trip to the last cent', callbacks.keepsAmounts],
    amountAsked: ['a prompt asks for exactly the amount it was told', calls.asksExactAmounts],
    pure: ['verifying and translating make no call and do not read the clock', callbacks.staysPure],
    unreadable: ['bytes that cannot be read are accepted under a stable key, and translating them throws', callbacks.keepsUnreadable],
    enquiries: ['an enquiry is read, and a refusal is not answered like a consent', answersEnquiries],
    plainAnswer: ['each verb that calls the provider reads a plain answer', calls.readsPlainAnswers],
    lateAnswer: ['an answer that does not come after sending is ProviderUnclear', calls.leavesLateAnswersOpen],
    tooManyRequests: ['an answer that we are too fast is ProviderRateLimited', calls.slowsDown],
    secretsInLog: ['no secret reaches the log or an error, whatever the provider does', keepsSecrets],
    secretsInCapabilities: ['no secret can be read out of what setup returns', showsNoSecrets],
  })
}

async function keepsSecrets(options: PaymentSuiteOptions): Promise<void> {
  await calls.keepsSecretsInCalls(options)
  await callbacks.keepsSecretsInCallbacks(options)
}

const offersWholeVerbs = (options: PaymentSuiteOptions) =>
  withHost(options, (fake) => {
    const payments = paymentsOf(fake)
    for (const [name, verb] of Object.entries(payments)) expect(verb, `${name} is left out, not set to nothing`).toBeDefined()
    expect(payments.currencies.length, 'it takes at least one currency').toBeGreaterThan(0)
    checkChannels(payments)
    for (const verb of calls.providerVerbs)
      if (payments[verb] && !options.provider?.[verb])
        expect(options.skips?.plainAnswer, `${verb} may be a stub for all the suite can see: give provider.${verb}`).toBeDefined()
  })

function checkChannels({ channels = {}, verifyCallback, translateCallback, enquiries }: PaymentProvider): void {
  for (const name of Object.keys(channels)) expect(name, 'a channel is named in lower case').toMatch(/^[a-z][a-z0-9-]*$/)
  const purposes = Object.values(channels).map(({ purpose }) => purpose)
  expect(verifyCallback !== undefined, 'channels and verifyCallback come together').toBe(purposes.length > 0)
  expect(translateCallback !== undefined, 'notice channels and translateCallback come together').toBe(purposes.includes('notice'))
  expect(enquiries !== undefined, 'enquiry channels and enquiries come together').toBe(purposes.includes('enquiry'))
}

const hasUsableRules = (options: PaymentSuiteOptions) =>
  withHost(options, (fake) => {
    const rules = paymentsOf(fake).collect?.rules
    if (!rules) throw new Skipped('the plugin does not collect')
    expect(rules.amountMinorMin, 'the smallest amount').toBeGreaterThan(0n)
    expect(rules.amountMinorMax, 'the largest amount').toBeGreaterThanOrEqual(rules.amountMinorMin)
    expect(rules.accountReferenceMaxLength, 'room for an account number').toBeGreaterThanOrEqual(6)
    expect(rules.expiresAfterMs, 'how long a prompt lives').toBeGreaterThan(0)
    for (const pauseMs of [...rules.lookUpPausesMs, rules.samePhonePauseMs, rules.sameAmountPauseMs])
      expect(pauseMs, 'a pause').toBeGreaterThanOrEqual(0)
  })

const answersEnquiries = (options: PaymentSuiteOptions) =>
  withHost(options, (fake) => {
    const { enquiries } = paymentsOf(fake)
    if (!enquiries) throw new Skipped('the provider does not ask before it takes a payment')
    for (const { name, request, expected } of needed(options.enquiries, 'enquiries', 'enquiries'))
      expect(enquiries.translateEnquiry(request), name).toEqual(expected)
    const consent: CallbackReply = enquiries.answerEnquiry({ accept: true })
    for (const reason of ['unknown_account', 'amount', 'other'] as const)
      expect(enquiries.answerEnquiry({ accept: false, reason }), `the refusal for ${reason}`).not.toEqual(consent)
  })
