import { asId, type CollectRequest, type LookUpQuery, type Money, money, type PaymentNotice, type PaymentProvider } from '@nyuzi/core'
import { expect } from 'vitest'
import { ProviderRateLimited, ProviderUnclear } from '../errors.ts'
import { awkwardAmounts, oneUnit } from './awkward-amounts.ts'
import { needed, Skipped } from './check.ts'
import { checkNothingGuessed, checkPaymentNotice } from './payment-notice-check.ts'
import type { PaymentCheckId, PaymentSuiteOptions } from './payments-suite.ts'
import type { ProviderBehaviour } from './provider-behaviour.ts'
import { expectNoSecret, failureOf, impatient, paymentsOf, printed, type SuiteHost, samplePhone, withHost } from './suite-host.ts'

export const providerVerbs = ['collect', 'lookUpPayment', 'registerCallbacks'] as const

export const readsPlainAnswers = (options: PaymentSuiteOptions) =>
  eachVerb(options, 'plainAnswer', 'answers', async ({ verb, call }) => {
    const answer = await call()
    if (verb === 'collect') expect(answer).toMatchObject({ outcome: 'accepted', providerReference: expect.stringMatching(/\S/) })
    if (verb === 'lookUpPayment') checkPaymentNotice(answer as PaymentNotice, 'what was looked up')
    if (verb === 'registerCallbacks') expect(['registered', 'already_registered']).toContain((answer as { outcome: string }).outcome)
  })

export const leavesLateAnswersOpen = (options: PaymentSuiteOptions) =>
  eachVerb(options, 'lateAnswer', 'answersLate', async ({ verb, call }) => {
    expect(await failureOf(call), `what ${verb} throws`).toBeInstanceOf(ProviderUnclear)
  })

export const slowsDown = (options: PaymentSuiteOptions) =>
  eachVerb(options, 'tooManyRequests', 'answersTooManyRequests', async ({ verb, call }) => {
    expect(await failureOf(call), `what ${verb} throws`).toBeInstanceOf(ProviderRateLimited)
  })

export const guessesNoLookUp = (options: PaymentSuiteOptions) =>
  withHost(options, async (fake) => {
    const payments = paymentsOf(fake)
    if (!payments.lookUpPayment) throw new Skipped('the plugin looks nothing up')
    const answers = options.provider?.lookUpPayment?.unknownAnswers
    for (const [index, answer] of needed(answers, 'provider.lookUpPayment.unknownAnswers', 'unknownLookUp').entries()) {
      await options.reset?.()
      await answer()
      checkNothingGuessed(await payments.lookUpPayment(lookUpQuery(fake, options)), `unknown answer ${index + 1}`)
    }
  })

export const asksExactAmounts = (options: PaymentSuiteOptions) =>
  withHost(options, async (fake) => {
    const { collect } = paymentsOf(fake)
    if (!collect) throw new Skipped('the plugin does not collect')
    const provider = options.provider?.collect
    const amountAsked = needed(provider?.amountAsked, 'provider.collect.amountAsked', 'amountAsked')
    const request = collectRequest(fake, options)
    for (const amount of askableAmounts(collect.rules, request.amount)) {
      await options.reset?.()
      await provider?.answers()
      await collect.request({ ...request, amount })
      expect(amountAsked(), 'the amount the provider was asked for').toEqual(amount)
    }
  })

export async function keepsSecretsInCalls(options: PaymentSuiteOptions): Promise<void> {
  for (const behaviour of ['answers', 'answersLate', 'answersTooManyRequests'] as const)
    await eachVerb(options, 'secretsInLog', behaviour, async ({ call, fake }) => {
      const failure = await failureOf(call)
      const secrets = [...fake.secrets, ...(options.alsoSecret ?? [])]
      expectNoSecret(fake.log.lines.join('\n'), secrets, 'the log')
      expectNoSecret(printed(failure), secrets, 'an error')
    })
}

type Offered = {
  readonly verb: (typeof providerVerbs)[number]
  readonly call: () => Promise<unknown>
  readonly fake: SuiteHost
}

/** Runs `check` for each verb that the plugin offers, with the provider's stand-in set to one behaviour before each. */
async function eachVerb(
  options: PaymentSuiteOptions,
  checkId: PaymentCheckId,
  behaviour: keyof ProviderBehaviour,
  check: (offered: Offered) => Promise<void>,
): Promise<void> {
  let offered = 0
  const checkVerb = (verb: Offered['verb']) => async (fake: SuiteHost) => {
    const payments = paymentsOf(fake)
    if (!payments[verb]) return
    offered += 1
    await needed(options.provider?.[verb], `provider.${verb}`, checkId)[behaviour]()
    await check({ verb, fake, call: callOf(payments, fake, options)[verb] })
  }
  for (const verb of providerVerbs) await withHost(options, checkVerb(verb), behaviour === 'answersLate' ? impatient : {})
  if (offered === 0 && checkId !== 'secretsInLog') throw new Skipped('the plugin does not call its provider')
}

const callOf = (
  payments: PaymentProvider,
  fake: SuiteHost,
  options: PaymentSuiteOptions,
): Record<Offered['verb'], () => Promise<unknown>> => ({
  collect: async () => payments.collect?.request(collectRequest(fake, options)),
  lookUpPayment: async () => payments.lookUpPayment?.(lookUpQuery(fake, options)),
  registerCallbacks: async () => payments.registerCallbacks?.(),
})

function collectRequest(fake: SuiteHost, { collectRequest: overrides }: PaymentSuiteOptions): CollectRequest {
  const { channels = {}, collect, currencies } = paymentsOf(fake)
  const [currency] = currencies
  if (!currency) throw new Error('the plugin takes no currency')
  const [channel = 'notices'] = Object.entries(channels).find(([, { token }]) => token === 'intent') ?? []
  return {
    intentId: asId('intent', '019a8c00-0000-7000-8000-000000000a11'),
    amount: money(within(1500n * oneUnit(currency), collect?.rules), currency),
    phone: overrides?.phone ?? samplePhone(fake.host.installation.country),
    accountReference: 'A10042',
    description: 'Home 10',
    callbackUrl: fake.callbackUrl(channel),
    ...overrides,
  }
}

function lookUpQuery(fake: SuiteHost, options: PaymentSuiteOptions): LookUpQuery {
  const { intentId, amount, phone } = collectRequest(fake, options)
  return { intentId, amount, phone, providerReference: 'ws_CO_14112026103015000700111222', requestedAt: new Date('2026-11-14T07:29:45Z') }
}

type Limits = { readonly amountMinorMin: bigint; readonly amountMinorMax: bigint; readonly wholeUnitsOnly: boolean }

function within(amountMinor: bigint, limits: Limits | undefined): bigint {
  if (!limits) return amountMinor
  const { amountMinorMin, amountMinorMax } = limits
  if (amountMinor < amountMinorMin) return amountMinorMin
  return amountMinor > amountMinorMax ? amountMinorMax : amountMinor
}

function askableAmounts(limits: Limits, { currency }: Money): readonly Money[] {
  const ends = [money(limits.amountMinorMin, currency), money(limits.amountMinorMax, currency)]
  return [...ends, ...awkwardAmounts(currency)].filter(
    ({ amountMinor }) => within(amountMinor, limits) === amountMinor && !(limits.wholeUnitsOnly && amountMinor % oneUnit(currency) !== 0n),
  )
}
