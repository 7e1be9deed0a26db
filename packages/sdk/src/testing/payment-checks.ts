import type { CallbackReply, PaymentProvider } from '@nyuzi/core'
import { expect } from 'vitest'
import { ProviderRateLimited, ProviderUnclear } from '../errors.ts'
import { type Check, listChecks, needed, Skipped } from './check.ts'
import * as calls from './payment-call-checks.ts'
import * as callbacks from './payment-callback-checks.ts'
import type { PaymentCheckId, PaymentSuiteOptions } from './payments-suite.ts'
import { expectNoSecret, paymentsOf, printed, withHost } from './suite-host.ts'

/** The checks of `describePaymentProvider` as plain functions. */
export function paymentChecks(options: PaymentSuiteOptions): readonly Check<PaymentCheckId>[] {
  const demand = (name: string, check: (options: PaymentSuiteOptions) => Promise<void>) => [name, () => check(options)] as const
  return listChecks<PaymentCheckId>(
    {
      wholeVerbs: demand('offers whole verbs only, and every channel has the verbs it needs', offersWholeVerbs),
      rules: demand('its rules of collection can be scheduled by', hasUsableRules),
      samples: demand('each sample call is accepted and becomes the notices it stands for', callbacks.translatesSamples),
      foreignCall: demand('a call that is not the provider’s is rejected', callbacks.rejectsForeignCalls),
      changedByte: demand('a call with one byte changed is rejected', callbacks.rejectsChangedBytes),
      sameKey: demand('the same call has the same dedupe key, on another server and another day too', callbacks.repeatsKeys),
      differentKeys: demand('different calls have different dedupe keys', callbacks.tellsCallsApart),
      sameReply: demand('a repeat gets the reply that the first call got', callbacks.repeatsReplies),
      unknownStatus: demand('a status that is not plain is never a failure', callbacks.guessesNoStatus),
      unknownLookUp: demand('a look-up whose answer is not plain is never a failure', calls.guessesNoLookUp),
      amounts: demand('an amount survives the round trip to the last cent', callbacks.keepsAmounts),
      amountAsked: demand('a prompt asks for exactly the amount it was told', calls.asksExactAmounts),
      pure: demand('verifying and translating make no call and do not read the clock', callbacks.staysPure),
      unreadable: demand(
        'bytes that cannot be read are accepted under a stable key, and translating them throws',
        callbacks.keepsUnreadable,
      ),
      enquiries: demand('an enquiry is read, and a refusal is not answered like a consent', answersEnquiries),
      plainAnswer: demand('each verb that calls the provider reads a plain answer', calls.readsPlainAnswers),
      lateAnswer: demand('an answer that does not come after sending is ProviderUnclear', (given) =>
        calls.failsWith(given, 'lateAnswer', 'answersLate', ProviderUnclear),
      ),
      tooManyRequests: demand('an answer that we are too fast is ProviderRateLimited', (given) =>
        calls.failsWith(given, 'tooManyRequests', 'answersTooManyRequests', ProviderRateLimited),
      ),
      secretsInLog: demand('no secret reaches the log or an error, whatever the provider does', async (given) => {
        await calls.keepsSecretsInCalls(given)
        await callbacks.keepsSecretsInCallbacks(given)
      }),
      secretsInCapabilities: demand('no secret can be read out of what setup returns', (given) =>
        withHost(given, (fake) => expectNoSecret(printed(fake.capabilities), fake.secrets, 'the capabilities')),
      ),
    },
    options.skips,
  )
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
