import {
  asId,
  type CallbackReply,
  type CallbackRequest,
  type CollectRequest,
  type Currency,
  type LookUpQuery,
  type Money,
  money,
  type PaymentEnquiry,
  type PaymentNotice,
  type PaymentProvider,
  parseMoney,
} from '@nyuzi/core'
import { expect } from 'vitest'
import { CallbackRejected, ProviderRateLimited, ProviderUnclear } from '../errors.ts'
import { changedVariants, unreadableVariants } from './callback-request.ts'
import { type Check, describeChecks, listChecks, needed, Skipped, type Skips } from './check.ts'
import { createFakeClock } from './fake-clock.ts'
import { observePurity } from './observe-purity.ts'
import { checkPaymentNotice } from './payment-notice-check.ts'
import type { CallbackSample, ProviderBehaviour } from './provider-behaviour.ts'
import { expectNoSecret, failureOf, printed, type SuiteHost, type SuiteOptions, samplePhone, withHost } from './suite-host.ts'

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

/** The checks of {@link describePaymentProvider} as plain functions. */
export function paymentChecks(options: PaymentSuiteOptions): readonly Check<PaymentCheckId>[] {
  const samples = () => needed(options.samples, 'samples', 'samples')
  const withPayments = (run: (payments: PaymentProvider, fake: SuiteHost) => Promise<void> | void) =>
    withHost(options, (fake) => run(paymentsOf(fake), fake))
  const withCallbacks = (run: (payments: CallbackVerbs, fake: SuiteHost) => Promise<void> | void) =>
    withPayments((payments, fake) => run(callbackVerbs(payments), fake))

  return listChecks<PaymentCheckId>(
    {
      wholeVerbs: [
        'offers whole verbs only: what is absent is absent, and every channel has the verbs it needs',
        () => withPayments((payments) => checkWholeVerbs(payments, options)),
      ],
      rules: ['its rules of collection can be scheduled by', () => withPayments(checkRules)],
      samples: [
        'each sample call is accepted and becomes the notices it stands for',
        () =>
          withCallbacks((payments) => {
            for (const { name, request, expected } of samples()) {
              expect(payments.verifyCallback(request).reply.status, `${name}: the reply`).toBeLessThan(300)
              const notices = payments.translateCallback(request)
              expect(notices, name).toEqual(expected)
              for (const notice of notices) checkPaymentNotice(notice, name)
            }
          }),
      ],
      foreignCall: [
        'a call that is not the provider’s is rejected',
        () =>
          withCallbacks((payments) => {
            for (const { name, request } of needed(options.foreignCalls, 'foreignCalls', 'foreignCall'))
              expectRejected(payments, request, name)
          }),
      ],
      changedByte: [
        'a call with one byte changed is rejected',
        () =>
          withCallbacks((payments) => {
            for (const { name, request } of samples())
              for (const changed of changedVariants(request)) expectRejected(payments, changed, `${name}, changed`)
          }),
      ],
      sameKey: [
        'the same call has the same dedupe key, on another server and another day too',
        async () => {
          const laterClock = createFakeClock(new Date('2027-02-28T23:59:59Z'))
          const keysOf = (fake: SuiteHost) =>
            samples().map(({ request }) => callbackVerbs(paymentsOf(fake)).verifyCallback(request).dedupeKey)
          await withHost(options, async (fake) => {
            const keys = keysOf(fake)
            expect(keysOf(fake)).toEqual(keys)
            await withHost(options, (later) => expect(keysOf(later)).toEqual(keys), { clock: laterClock })
            for (const { name, first, again } of options.repeats ?? [])
              expect(keyOf(fake, again), `${name}: the key of the repeat`).toBe(keyOf(fake, first))
          })
        },
      ],
      differentKeys: [
        'different calls have different dedupe keys',
        () =>
          withCallbacks((_, fake) => {
            const named = samples().map(({ name, request }) => [keyOf(fake, request), name] as const)
            expectDistinct(named)
          }),
      ],
      sameReply: [
        'a repeat gets the reply that the first call got',
        () =>
          withCallbacks((payments) => {
            const pairs = samples().map(({ name, request }) => ({ name, first: request, again: structuredClone(request) }))
            for (const { name, first, again } of [...pairs, ...(options.repeats ?? [])])
              expect(payments.verifyCallback(again).reply, name).toEqual(payments.verifyCallback(first).reply)
          }),
      ],
      unknownStatus: [
        'a status that is not plain is never a failure',
        () =>
          withCallbacks((payments) => {
            for (const { name, request } of needed(options.unknownStatuses, 'unknownStatuses', 'unknownStatus')) {
              payments.verifyCallback(request)
              for (const notice of payments.translateCallback(request)) expectNotFinal(notice, name)
            }
          }),
      ],
      unknownLookUp: [
        'a look-up whose answer is not plain is never a failure',
        () =>
          withPayments(async (payments, fake) => {
            const lookUp = payments.lookUpPayment
            if (!lookUp) throw new Skipped('the plugin looks nothing up')
            const answers = options.provider?.lookUpPayment?.unknownAnswers
            for (const [index, answer] of needed(answers, 'provider.lookUpPayment.unknownAnswers', 'unknownLookUp').entries()) {
              await options.reset?.()
              await answer()
              expectNotFinal(await lookUp(lookUpQuery(payments, fake, options)), `unknown answer ${index + 1}`)
            }
          }),
      ],
      amounts: [
        'an amount survives the round trip to the last cent',
        () =>
          withCallbacks((payments) => {
            const callbackOf = needed(options.callbackOf, 'callbackOf', 'amounts')
            for (const amount of options.amounts ?? payments.currencies.flatMap(awkwardAmounts)) {
              const [notice] = payments.translateCallback(callbackOf(amount))
              expect(notice, `${amount.amountMinor} ${amount.currency}`).toMatchObject({ status: 'succeeded', amount })
            }
          }),
      ],
      amountAsked: [
        'a prompt asks for exactly the amount it was told',
        () =>
          withPayments(async (payments, fake) => {
            if (!payments.collect) throw new Skipped('the plugin does not collect')
            const behaviour = options.provider?.collect
            const amountAsked = needed(behaviour?.amountAsked, 'provider.collect.amountAsked', 'amountAsked')
            for (const amount of askableAmounts(payments, collectRequest(payments, fake, options).amount.currency)) {
              await options.reset?.()
              await behaviour?.answers()
              await payments.collect.request({ ...collectRequest(payments, fake, options), amount })
              expect(amountAsked()).toEqual(amount)
            }
          }),
      ],
      pure: [
        'verifying and translating make no call and do not read the clock',
        async () => {
          const clock = createFakeClock()
          let hostClockReads = 0
          const counting = {
            ...clock,
            now: () => {
              hostClockReads += 1
              return clock.now()
            },
          }
          await withHost(
            options,
            (fake) => {
              const payments = callbackVerbs(paymentsOf(fake))
              hostClockReads = 0
              for (const { name, request } of [...samples(), ...(options.enquiries ?? [])]) {
                const isEnquiry = payments.channels?.[request.channel]?.purpose === 'enquiry'
                const seen = observePurity(() => {
                  payments.verifyCallback(request)
                  return isEnquiry ? payments.enquiries?.translateEnquiry(request) : payments.translateCallback(request)
                })
                expect(seen.value, `${name}: a pure verb answers at once`).not.toBeInstanceOf(Promise)
                expect(seen.networkCalls, `${name}: network calls`).toBe(0)
                expect(seen.clockReads + hostClockReads, `${name}: clock reads`).toBe(0)
              }
            },
            { clock: counting },
          )
        },
      ],
      unreadable: [
        'bytes that cannot be read are accepted under a stable key, and translating them throws',
        () =>
          withCallbacks((payments, fake) => {
            const calls =
              options.unreadable ??
              samples().flatMap(({ name, request }) =>
                unreadableVariants(request).map((call) => ({ name: `${name}, unreadable`, request: call })),
              )
            for (const { name, request } of calls) {
              const shown = `${name}: ${JSON.stringify(new TextDecoder().decode(request.rawBody).slice(0, 80))}`
              expect(
                failureOfSync(() => payments.verifyCallback(request)),
                `${shown} is accepted`,
              ).toBeUndefined()
              expect(keyOf(fake, structuredClone(request)), `${shown}: the key`).toBe(keyOf(fake, request))
              expect(
                failureOfSync(() => payments.translateCallback(request)),
                `${shown}: translating throws`,
              ).toBeInstanceOf(Error)
            }
          }),
      ],
      enquiries: [
        'an enquiry is read, and a refusal is not answered like a consent',
        () =>
          withPayments((payments) => {
            if (!payments.enquiries) throw new Skipped('the provider does not ask before it takes a payment')
            const { translateEnquiry, answerEnquiry } = payments.enquiries
            for (const { name, request, expected } of needed(options.enquiries, 'enquiries', 'enquiries'))
              expect(translateEnquiry(request), name).toEqual(expected)
            const consent: CallbackReply = answerEnquiry({ accept: true })
            for (const reason of ['unknown_account', 'amount', 'other'] as const)
              expect(answerEnquiry({ accept: false, reason }), `refusal for ${reason}`).not.toEqual(consent)
          }),
      ],
      plainAnswer: [
        'each verb that calls the provider reads a plain answer',
        () =>
          eachProviderVerb(options, 'plainAnswer', 'answers', async ({ verb, call }) => {
            const answer = await call()
            if (verb === 'collect') expect(answer).toMatchObject({ outcome: 'accepted', providerReference: expect.stringMatching(/./) })
            if (verb === 'lookUpPayment') checkPaymentNotice(answer as PaymentNotice, 'the looked-up notice')
          }),
      ],
      lateAnswer: [
        'an answer that does not come after sending is ProviderUnclear',
        () =>
          eachProviderVerb(options, 'lateAnswer', 'answersLate', async ({ verb, call }) => {
            expect(await failureOf(call), verb).toBeInstanceOf(ProviderUnclear)
          }),
      ],
      tooManyRequests: [
        'an answer that we are too fast is ProviderRateLimited',
        () =>
          eachProviderVerb(options, 'tooManyRequests', 'answersTooManyRequests', async ({ verb, call }) => {
            expect(await failureOf(call), verb).toBeInstanceOf(ProviderRateLimited)
          }),
      ],
      secretsInLog: [
        'no secret reaches the log or an error, whatever the provider does',
        async () => {
          const look = async ({ call, fake }: ProviderVerb) => {
            const failure = await failureOf(call)
            const secrets = [...fake.secrets, ...(options.alsoSecret ?? [])]
            expectNoSecret(fake.log.lines.join('\n'), secrets, 'the log')
            expectNoSecret(printed(failure), secrets, 'an error')
          }
          for (const behaviour of ['answers', 'answersLate', 'answersTooManyRequests'] as const)
            await eachProviderVerb(options, 'secretsInLog', behaviour, look)
          await withPayments((payments, fake) => {
            for (const { request } of [...(options.samples ?? []), ...(options.foreignCalls ?? []), ...(options.unknownStatuses ?? [])]) {
              const failure = failureOfSync(() => payments.verifyCallback?.(request) && payments.translateCallback?.(request))
              expectNoSecret(printed(failure), fake.secrets, 'an error')
            }
            expectNoSecret(fake.log.lines.join('\n'), fake.secrets, 'the log')
          })
        },
      ],
      secretsInCapabilities: [
        'no secret can be read out of what setup returns',
        () => withHost(options, (fake) => expectNoSecret(printed(fake.capabilities), fake.secrets, 'the capabilities')),
      ],
    },
    options.skips,
  )
}

function paymentsOf({ capabilities }: SuiteHost): PaymentProvider {
  if (!capabilities.payments) throw new Error('the plugin offers no payments')
  return capabilities.payments
}

type CallbackVerbs = PaymentProvider & Required<Pick<PaymentProvider, 'verifyCallback' | 'translateCallback'>>

function callbackVerbs(payments: PaymentProvider): CallbackVerbs {
  if (!payments.verifyCallback || !payments.translateCallback) throw new Skipped('the provider does not call us')
  return payments as CallbackVerbs
}

const keyOf = (fake: SuiteHost, request: CallbackRequest): string => callbackVerbs(paymentsOf(fake)).verifyCallback(request).dedupeKey

function checkWholeVerbs(payments: PaymentProvider, options: PaymentSuiteOptions): void {
  for (const [name, verb] of Object.entries(payments)) expect(verb, `${name} is left out, not set to nothing`).toBeDefined()
  expect(payments.currencies.length, 'it takes at least one currency').toBeGreaterThan(0)
  const channels = Object.entries(payments.channels ?? {})
  for (const [name] of channels) expect(name, 'a channel is named in lower case').toMatch(/^[a-z][a-z0-9-]*$/)
  const hasPurpose = (purpose: string) => channels.some(([, channel]) => channel.purpose === purpose)
  expect(payments.verifyCallback !== undefined, 'channels and verifyCallback come together').toBe(channels.length > 0)
  expect(payments.translateCallback !== undefined, 'notice channels and translateCallback come together').toBe(hasPurpose('notice'))
  expect(payments.enquiries !== undefined, 'enquiry channels and enquiries come together').toBe(hasPurpose('enquiry'))
  for (const verb of providerVerbs)
    if (payments[verb] && !options.provider?.[verb])
      expect(
        options.skips?.plainAnswer,
        `${verb} is offered, but nothing shows that it is more than a stub: give provider.${verb}`,
      ).toBeDefined()
}

function checkRules({ collect, channels }: PaymentProvider): void {
  if (!collect) throw new Skipped('the plugin does not collect')
  const { rules } = collect
  expect(rules.amountMinorMin, 'the smallest amount').toBeGreaterThan(0n)
  expect(rules.amountMinorMax, 'the largest amount').toBeGreaterThanOrEqual(rules.amountMinorMin)
  expect(rules.accountReferenceMaxLength, 'room for an account number').toBeGreaterThanOrEqual(6)
  expect(rules.expiresAfterMs, 'how long a prompt lives').toBeGreaterThan(0)
  for (const pauseMs of [...rules.lookUpPausesMs, rules.samePhonePauseMs, rules.sameAmountPauseMs])
    expect(pauseMs, 'a pause').toBeGreaterThanOrEqual(0)
  for (const channel of Object.values(channels ?? {})) expect(['installation', 'intent'], 'the token of a channel').toContain(channel.token)
}

function expectRejected(payments: CallbackVerbs, request: CallbackRequest, name: string): void {
  expect(
    failureOfSync(() => payments.verifyCallback(request)),
    `${name}: verifying`,
  ).toBeInstanceOf(CallbackRejected)
}

function failureOfSync(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}

function expectDistinct(named: readonly (readonly [key: string, name: string])[]): void {
  const seen = new Map<string, string>()
  for (const [key, name] of named) {
    expect(key, `${name}: a key`).not.toBe('')
    expect(seen.get(key), `"${name}" has the key "${key}" of another call`).toBeUndefined()
    seen.set(key, name)
  }
}

function expectNotFinal(notice: PaymentNotice, name: string): void {
  checkPaymentNotice(notice, name)
  expect(['pending', 'unknown'], `${name}: nothing is guessed, so the status`).toContain(notice.status)
}

/** Amounts that multiplying a float by a hundred gets wrong, and the ends of what people pay. */
function awkwardAmounts(currency: Currency): readonly Money[] {
  const texts = ['1', '10', '1500', '70000', '250000', '1.15', '4.35', '8.20', '70.07', '1500.50', '1999.99', '1234567.89']
  return texts.flatMap((text) => parseMoney(text, currency) ?? [])
}

function askableAmounts({ collect }: PaymentProvider, currency: Currency): readonly Money[] {
  if (!collect) return []
  const { amountMinorMin, amountMinorMax, wholeUnitsOnly } = collect.rules
  return [money(amountMinorMin, currency), ...awkwardAmounts(currency), money(amountMinorMax, currency)].filter(
    ({ amountMinor }) =>
      amountMinor >= amountMinorMin && amountMinor <= amountMinorMax && !(wholeUnitsOnly && amountMinor % oneUnit(currency) !== 0n),
  )
}

const oneUnit = (currency: Currency): bigint => parseMoney('1', currency)?.amountMinor ?? 1n

const providerVerbs = ['collect', 'lookUpPayment', 'registerCallbacks'] as const
type ProviderVerb = { verb: (typeof providerVerbs)[number]; call: () => Promise<unknown>; fake: SuiteHost }

/** Runs `check` for each verb that the plugin offers, with the provider's stand-in set to one behaviour before each. */
async function eachProviderVerb(
  options: PaymentSuiteOptions,
  checkId: PaymentCheckId,
  behaviour: keyof ProviderBehaviour,
  check: (offered: ProviderVerb) => Promise<void>,
): Promise<void> {
  let offered = 0
  for (const verb of providerVerbs)
    await withHost(options, async (fake) => {
      const payments = paymentsOf(fake)
      if (!payments[verb]) return
      offered += 1
      await needed(options.provider?.[verb], `provider.${verb}`, checkId)[behaviour]()
      const calls = {
        collect: async () => payments.collect?.request(collectRequest(payments, fake, options)),
        lookUpPayment: async () => payments.lookUpPayment?.(lookUpQuery(payments, fake, options)),
        registerCallbacks: async () => payments.registerCallbacks?.(),
      }
      await check({ verb, call: calls[verb], fake })
    })
  if (offered === 0 && checkId !== 'secretsInLog') throw new Skipped('the plugin does not call its provider')
}

function collectRequest(payments: PaymentProvider, fake: SuiteHost, { collectRequest: overrides }: PaymentSuiteOptions): CollectRequest {
  const phone = overrides?.phone ?? samplePhone(fake.host.installation.country)
  const currency = overrides?.amount?.currency ?? payments.currencies[0]
  if (!currency) throw new Error('the plugin takes no currency')
  const { amountMinorMin = 1n, amountMinorMax = 150_000n } = payments.collect?.rules ?? {}
  const amountMinor = [150_000n, amountMinorMax].reduce((one, other) => (one < other ? one : other))
  const channels = Object.entries(payments.channels ?? {})
  const [channel = 'notices'] = channels.find(([, { token }]) => token === 'intent') ?? channels[0] ?? []
  return {
    intentId: asId('intent', '019a8c00-0000-7000-8000-000000000a11'),
    amount: money(amountMinor < amountMinorMin ? amountMinorMin : amountMinor, currency),
    phone,
    accountReference: 'A10042',
    description: 'Home 10',
    callbackUrl: fake.callbackUrl(channel),
    ...overrides,
  }
}

function lookUpQuery(payments: PaymentProvider, fake: SuiteHost, options: PaymentSuiteOptions): LookUpQuery {
  const { intentId, amount, phone } = collectRequest(payments, fake, options)
  return { intentId, amount, phone, providerReference: 'ws_CO_14112026103015000700111222', requestedAt: new Date('2026-11-14T07:29:45Z') }
}
