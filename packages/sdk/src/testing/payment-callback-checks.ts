import type { CallbackRequest, PaymentProvider } from '@nyuzi/core'
import { expect } from 'vitest'
import { CallbackRejected } from '../errors.ts'
import { awkwardAmounts } from './awkward-amounts.ts'
import { changedVariants, unreadableVariants } from './callback-request.ts'
import { needed, Skipped } from './check.ts'
import { createFakeClock } from './fake-clock.ts'
import { observePurity } from './observe-purity.ts'
import { checkNothingGuessed, checkPaymentNotice } from './payment-notice-check.ts'
import type { PaymentSuiteOptions } from './payments-suite.ts'
import { expectNoSecret, failureOfSync, paymentsOf, printed, type SuiteHost, withHost } from './suite-host.ts'

type CallbackVerbs = PaymentProvider & Required<Pick<PaymentProvider, 'verifyCallback' | 'translateCallback'>>

function callbackVerbs(fake: SuiteHost): CallbackVerbs {
  const payments = paymentsOf(fake)
  if (!payments.verifyCallback || !payments.translateCallback) throw new Skipped('the provider does not call us')
  return payments as CallbackVerbs
}

const withCallbacks = (options: PaymentSuiteOptions, run: (payments: CallbackVerbs) => Promise<void> | void) =>
  withHost(options, (fake) => run(callbackVerbs(fake)))

const samplesOf = (options: PaymentSuiteOptions) => needed(options.samples, 'samples', 'samples')

export const translatesSamples = (options: PaymentSuiteOptions) =>
  withCallbacks(options, (payments) => {
    for (const { name, request, expected } of samplesOf(options)) {
      expect(payments.channels?.[request.channel], `${name}: channel ${request.channel}`).toBeDefined()
      expect(payments.verifyCallback(request).reply.status, `${name}: the reply`).toBeLessThan(300)
      const notices = payments.translateCallback(request)
      expect(notices, name).toEqual(expected)
      for (const notice of notices) checkPaymentNotice(notice, name)
    }
  })

export const rejectsForeignCalls = (options: PaymentSuiteOptions) =>
  withCallbacks(options, (payments) => {
    for (const { name, request } of needed(options.foreignCalls, 'foreignCalls', 'foreignCall')) expectRejected(payments, request, name)
  })

export const rejectsChangedBytes = (options: PaymentSuiteOptions) =>
  withCallbacks(options, (payments) => {
    for (const { name, request } of samplesOf(options))
      for (const changed of changedVariants(request)) expectRejected(payments, changed, `${name}, changed`)
  })

function expectRejected(payments: CallbackVerbs, request: CallbackRequest, name: string): void {
  expect(
    failureOfSync(() => payments.verifyCallback(request)),
    `${name}: what verifying throws`,
  ).toBeInstanceOf(CallbackRejected)
}

export const repeatsKeys = (options: PaymentSuiteOptions) =>
  withHost(options, async (fake) => {
    const keys = keysOf(fake, options)
    expect(keysOf(fake, options), 'keys asked for again').toEqual(keys)
    const laterClock = createFakeClock(new Date('2027-02-28T23:59:59Z'))
    await withHost(options, (later) => expect(keysOf(later, options), 'keys of another server, later').toEqual(keys), { clock: laterClock })
    for (const { name, first, again } of options.repeats ?? []) expect(keyOf(fake, again), name).toBe(keyOf(fake, first))
  })

export const tellsCallsApart = (options: PaymentSuiteOptions) =>
  withHost(options, (fake) => {
    const nameByKey = new Map<string, string>()
    for (const { name, request } of samplesOf(options)) {
      const key = keyOf(fake, request)
      expect(key, `${name}: its key`).not.toBe('')
      expect(nameByKey.get(key), `"${name}" has the key ${key} of another call`).toBeUndefined()
      nameByKey.set(key, name)
    }
  })

const keyOf = (fake: SuiteHost, request: CallbackRequest): string => callbackVerbs(fake).verifyCallback(request).dedupeKey
const keysOf = (fake: SuiteHost, options: PaymentSuiteOptions): readonly string[] =>
  samplesOf(options).map(({ request }) => keyOf(fake, structuredClone(request)))

export const repeatsReplies = (options: PaymentSuiteOptions) =>
  withCallbacks(options, (payments) => {
    const sameBytes = samplesOf(options).map(({ name, request }) => ({ name, first: request, again: structuredClone(request) }))
    for (const { name, first, again } of [...sameBytes, ...(options.repeats ?? [])])
      expect(payments.verifyCallback(again).reply, name).toEqual(payments.verifyCallback(first).reply)
  })

export const guessesNoStatus = (options: PaymentSuiteOptions) =>
  withCallbacks(options, (payments) => {
    for (const { name, request } of needed(options.unknownStatuses, 'unknownStatuses', 'unknownStatus')) {
      payments.verifyCallback(request)
      const notices = payments.translateCallback(request)
      expect(notices.length, `${name}: it is kept in sight`).toBeGreaterThan(0)
      for (const notice of notices) checkNothingGuessed(notice, name)
    }
  })

export const keepsAmounts = (options: PaymentSuiteOptions) =>
  withCallbacks(options, (payments) => {
    const callbackOf = needed(options.callbackOf, 'callbackOf', 'amounts')
    for (const amount of options.amounts ?? payments.currencies.flatMap(awkwardAmounts)) {
      const notices = payments.translateCallback(callbackOf(amount))
      expect(notices, `${amount.amountMinor} ${amount.currency}`).toEqual([expect.objectContaining({ status: 'succeeded', amount })])
    }
  })

export async function staysPure(options: PaymentSuiteOptions): Promise<void> {
  const clock = createFakeClock()
  let hostClockReads = 0
  const counted = () => {
    hostClockReads += 1
    return clock.now()
  }
  await withHost(
    options,
    (fake) => {
      const payments = callbackVerbs(fake)
      const enquiries = (options.enquiries ?? []).map(
        ({ request }) =>
          () =>
            payments.enquiries?.translateEnquiry(request),
      )
      const notices = samplesOf(options).map(
        ({ request }) =>
          () =>
            payments.verifyCallback(request) && payments.translateCallback(request),
      )
      for (const verb of [...notices, ...enquiries]) {
        hostClockReads = 0
        const seen = observePurity<unknown>(verb)
        expect(seen.value, 'a pure verb answers at once').not.toBeInstanceOf(Promise)
        expect(seen.networkCalls, 'network calls').toBe(0)
        expect(seen.clockReads + hostClockReads, 'clock reads').toBe(0)
      }
    },
    { clock: { ...clock, now: counted } },
  )
}

export const keepsUnreadable = (options: PaymentSuiteOptions) =>
  withCallbacks(options, (payments) => {
    for (const request of unreadableOf(options)) {
      const shown = JSON.stringify(new TextDecoder().decode(request.rawBody).slice(0, 80))
      const verify = () => payments.verifyCallback(structuredClone(request))
      expect(failureOfSync(verify), `accepting ${shown}`).toBeUndefined()
      expect(verify().dedupeKey, `the key of ${shown}`).toBe(verify().dedupeKey)
      expect(
        failureOfSync(() => payments.translateCallback(request)),
        `translating ${shown}`,
      ).toBeInstanceOf(Error)
    }
  })

const unreadableOf = (options: PaymentSuiteOptions): readonly CallbackRequest[] =>
  options.unreadable?.map(({ request }) => request) ?? samplesOf(options).flatMap(({ request }) => unreadableVariants(request))

export const keepsSecretsInCallbacks = (options: PaymentSuiteOptions) =>
  withHost(options, (fake) => {
    const payments = paymentsOf(fake)
    const { samples = [], foreignCalls = [], unknownStatuses = [] } = options
    const secrets = [...fake.secrets, ...(options.alsoSecret ?? [])]
    for (const { request } of [...samples, ...foreignCalls, ...unknownStatuses]) {
      const failure = failureOfSync(() => payments.verifyCallback?.(request) && payments.translateCallback?.(request))
      expectNoSecret(printed(failure), secrets, 'an error')
    }
    expectNoSecret(fake.log.lines.join('\n'), secrets, 'the log')
  })
