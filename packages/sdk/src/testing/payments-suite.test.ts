import { createHash } from 'node:crypto'
import nock from 'nock'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Change, sign, tinyPayments } from '../../test/tiny-payments.ts'
import { type Money, money, type PaymentNotice, type Phone, ProviderRefused, parseMoney, toDecimal } from '../index.ts'
import {
  callbackRequest,
  describePaymentProvider,
  noAnswer,
  type PaymentCheckId,
  type PaymentSuiteOptions,
  paymentChecks,
  Skipped,
} from './index.ts'

const baseUrl = 'https://tiny-pay.example'
const settings = { apiKey: 'api-key-0123456789', signingKey: 'signing-key-0123456789', baseUrl }

beforeAll(() => nock.disableNetConnect())
afterAll(() => {
  nock.cleanAll()
  nock.enableNetConnect()
})

const signed = (channel: string, body: object | string | Uint8Array) => {
  const unsigned = callbackRequest({ channel, body })
  return { ...unsigned, headers: { ...unsigned.headers, 'x-signature': sign(unsigned.rawBody, settings.signingKey) } }
}

const paidBody = { id: 'pr-1', status: 'PAID', receipt: ' tx81abc ', amount: '1500.50', phone: '0700111222', account: 'A10042' }
const paidNotice: PaymentNotice = {
  status: 'succeeded',
  evidence: 'callback',
  providerReference: 'pr-1',
  accountReference: 'A10042',
  payer: { kind: 'clear', phone: '+254700111222' as Phone },
  providerTransaction: 'TX81ABC',
  amount: money(150_050n, 'KES'),
}
const declined = { id: 'pr-2', status: 'DECLINED', phone: 'hidden' }
const declinedNotice: PaymentNotice = {
  status: 'failed',
  evidence: 'callback',
  providerReference: 'pr-2',
  payer: { kind: 'absent' },
  failure: { code: 'DECLINED', class: 'payer', message: 'declined' },
}

const gateway = () => nock(baseUrl)
let asked: { amount: string } | undefined
const promptTaken = (body: unknown) => {
  asked = body as { amount: string }
  return true
}

const options = (change?: Change): PaymentSuiteOptions => ({
  plugin: tinyPayments(change),
  settings,
  reset: () => nock.cleanAll(),
  samples: [
    { name: 'a paid prompt', request: signed('paid', paidBody), expected: [paidNotice] },
    { name: 'a declined prompt', request: signed('paid', declined), expected: [declinedNotice] },
  ],
  foreignCalls: [{ name: 'a call without a signature', request: callbackRequest({ channel: 'paid', body: paidBody }) }],
  unknownStatuses: [{ name: 'a status of next year', request: signed('paid', { ...declined, status: 'HELD' }) }],
  unreadable: ['{"id":', '', 'null', '{"unheard":"of"}', Uint8Array.of(0xff, 0xfe)].map((body) => ({
    name: 'signed, but unreadable',
    request: signed('paid', body),
  })),
  callbackOf: (amount: Money) => signed('paid', { ...paidBody, amount: toDecimal(amount) }),
  enquiries: [
    {
      name: 'may A10042 pay',
      request: signed('question', { account: 'A10042', amount: '29.99' }),
      expected: { accountReference: 'A10042', amount: money(2_999n, 'KES') },
    },
  ],
  provider: {
    collect: {
      answers: () => void gateway().post('/prompts', promptTaken).reply(201, { id: 'pr-1', status: 'WAITING' }),
      answersLate: () => void gateway().post('/prompts').reply(noAnswer),
      answersTooManyRequests: () => void gateway().post('/prompts').reply(429),
      amountAsked: () => parseMoney(asked?.amount ?? '', 'KES') ?? money(0n, 'KES'),
    },
    lookUpPayment: {
      answers: () =>
        void gateway()
          .get(/prompts/)
          .reply(200, { id: 'pr-1', status: 'PAID', receipt: 'TX81ABC' }),
      answersLate: () =>
        void gateway()
          .get(/prompts/)
          .reply(noAnswer),
      answersTooManyRequests: () =>
        void gateway()
          .get(/prompts/)
          .reply(429),
      unknownAnswers: [
        () =>
          void gateway()
            .get(/prompts/)
            .reply(200, { id: 'pr-1', status: 'HELD' }),
      ],
    },
    registerCallbacks: {
      answers: () => void gateway().post('/callbacks').reply(200, {}),
      answersLate: () => void gateway().post('/callbacks').reply(noAnswer),
      answersTooManyRequests: () => void gateway().post('/callbacks').reply(429),
    },
  },
})

describePaymentProvider(options())

const failed: PaymentNotice = {
  status: 'failed',
  evidence: 'status_query',
  payer: { kind: 'absent' },
  failure: { code: 'HELD', class: 'technical', message: 'guessed' },
}
const hash = (text: string) => createHash('sha256').update(text).digest('hex')
const verified = (dedupeKey: string, body = 'thanks') => ({ dedupeKey, reply: { status: 200, contentType: 'text/plain', body } })
let calls = 0

/** One wrong plugin for each check, wrong in that one matter. */
const wrong: Record<PaymentCheckId, Record<string, Change>> = {
  wholeVerbs: {
    'has a verb set to nothing': (sound) => ({ ...sound, registerCallbacks: undefined }) as never,
    'has a channel that nothing translates': ({ translateCallback: _, ...sound }) => sound,
  },
  rules: {
    'has limits the wrong way round': (sound) => ({
      ...sound,
      collect: { request: (prompt) => ask(sound, prompt), rules: { ...rulesOf(sound), amountMinorMax: 1n } },
    }),
  },
  samples: {
    'keeps the receipt as it came': (sound) => ({
      ...sound,
      translateCallback: (call) => translated(sound, call).map((notice) => ({ ...notice, providerTransaction: ' tx81abc ' }) as never),
    }),
  },
  foreignCall: {
    'takes any call for the provider’s': (sound) => ({ ...sound, verifyCallback: ({ rawBody }) => verified(hash(`${rawBody}`)) }),
  },
  changedByte: {
    'checks that there is a signature only': (sound) => ({ ...sound, verifyCallback: ({ rawBody }) => verified(hash(`${rawBody}`)) }),
  },
  sameKey: {
    'counts calls into the key': (sound) => ({ ...sound, verifyCallback: () => verified(`${calls++}`) }),
    'puts the day into the key': (sound, { clock }) => ({
      ...sound,
      verifyCallback: ({ rawBody }) => verified(hash(`${rawBody}`) + clock.now().toISOString().slice(0, 10)),
    }),
  },
  differentKeys: { 'has one key for all': (sound) => ({ ...sound, verifyCallback: () => verified('callback') }) },
  sameReply: { 'numbers its replies': (sound) => ({ ...sound, verifyCallback: () => verified('callback', `${calls++}`) }) },
  unknownStatus: { 'takes an unknown status for a no': (sound) => ({ ...sound, translateCallback: () => [failed] }) },
  unknownLookUp: { 'takes an unknown answer for a no': (sound) => ({ ...sound, lookUpPayment: async () => failed }) },
  amounts: {
    'multiplies a float': (sound) => ({
      ...sound,
      translateCallback: (call) =>
        translated(sound, call).map((notice) =>
          notice.status === 'succeeded' && notice.amount
            ? { ...notice, amount: money(BigInt(Math.trunc(Number(toDecimal(notice.amount)) * 100)), 'KES') }
            : notice,
        ),
    }),
  },
  amountAsked: {
    'asks for whole shillings': (sound) => ({
      ...sound,
      collect: {
        rules: rulesOf(sound),
        request: (prompt) => ask(sound, { ...prompt, amount: money((prompt.amount.amountMinor / 100n) * 100n, 'KES') }),
      },
    }),
  },
  pure: {
    'reads the process’s clock': (sound) => ({
      ...sound,
      translateCallback: (call) => translated(sound, call).filter(() => Date.now() > 0),
    }),
    'reads the host’s clock': (sound, { clock }) => ({
      ...sound,
      translateCallback: (call) => translated(sound, call).filter(() => clock.now()),
    }),
    'asks the provider': (sound, { http }) => ({
      ...sound,
      translateCallback: (call) => {
        http.getJson(`${baseUrl}/prompts`)
        return translated(sound, call)
      },
    }),
  },
  unreadable: {
    'rejects what it cannot read': (sound) => ({
      ...sound,
      verifyCallback: ({ rawBody }) => verified(JSON.parse(new TextDecoder().decode(rawBody)).id),
    }),
    'finds nothing in what it cannot read': (sound) => ({ ...sound, translateCallback: () => [] }),
  },
  enquiries: {
    'consents to all': (sound) => ({ ...sound, enquiries: { ...enquiriesOf(sound), answerEnquiry: () => verified('').reply } }),
  },
  plainAnswer: {
    'has a stub': (sound) => ({ ...sound, registerCallbacks: () => Promise.reject(new Error('not supported')) }),
  },
  lateAnswer: {
    'takes silence for a no': (sound) => ({
      ...sound,
      collect: {
        rules: rulesOf(sound),
        request: (prompt) => ask(sound, prompt).catch(() => ({ outcome: 'refused', code: 'TIMEOUT', message: 'no answer' })),
      },
    }),
  },
  tooManyRequests: {
    'takes a pause for a no': (sound) => ({
      ...sound,
      registerCallbacks: () => Promise.reject(new ProviderRefused('too many requests')),
    }),
  },
  secretsInLog: {
    'logs its headers': (sound, { log, config }) => ({
      ...sound,
      registerCallbacks: async () => {
        log.info('registering', { headers: { authorization: `Bearer ${config.apiKey.reveal()}` } })
        return { outcome: 'registered' }
      },
    }),
    'logs a header as it goes over the wire': (sound, { log, config }) => ({
      ...sound,
      lookUpPayment: async () => {
        log.info(`Basic ${Buffer.from(config.apiKey.reveal()).toString('base64')}`)
        return failed
      },
    }),
    'quotes the key in an error': (sound, { config }) => ({
      ...sound,
      translateCallback: () => {
        throw new Error(`key ${config.signingKey.reveal()} does not fit`)
      },
    }),
  },
  secretsInCapabilities: { 'carries its settings along': (sound, { config }) => ({ ...sound, key: config.apiKey.reveal() }) },
}

describe('the payments suite fails a plugin that', () => {
  const cases = Object.entries(wrong).flatMap(([id, changes]) => Object.entries(changes).map(([name, change]) => ({ id, name, change })))
  test.each(cases)('$name ($id)', async ({ id, change }) => {
    const failure = await paymentChecks(options(change))
      .find((check) => check.id === id)
      ?.run()
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(Error)
    expect(failure).not.toBeInstanceOf(Skipped)
  })
})

describe('what the author leaves out of the payments suite', () => {
  const run = (given: PaymentSuiteOptions, id: PaymentCheckId) =>
    paymentChecks(given)
      .find((check) => check.id === id)
      ?.run()

  test('fails with the name of the option to give', async () => {
    const { foreignCalls: _, ...given } = options()
    await expect(run(given, 'foreignCall')).rejects.toThrow('give the suite `foreignCalls`, or a reason in `skips.foreignCall`')
  })

  test('is skipped with a reason', async () => {
    const skips = { foreignCall: 'the gateway signs nothing' }
    await expect(run({ ...options(), skips }, 'foreignCall')).rejects.toEqual(new Skipped('the gateway signs nothing'))
  })

  test('is skipped by itself where the plugin offers no such verb', async () => {
    const { enquiries: _, provider: __, ...given } = options(() => ({ currencies: ['KES'] }))
    for (const id of ['rules', 'samples', 'enquiries', 'unknownLookUp', 'amountAsked', 'lateAnswer'] as const)
      await expect(run(given, id), id).rejects.toBeInstanceOf(Skipped)
    await run(given, 'wholeVerbs')
  })

  test('is a stub for all the suite can see when nothing shows the verb at work', async () => {
    const { provider: _, ...given } = options()
    await expect(run(given, 'wholeVerbs')).rejects.toThrow('give provider.collect')
  })

  test('short test secrets are refused, since they would be found by chance', async () => {
    await expect(run({ ...options(), settings: { ...settings, apiKey: 'short' } }, 'secretsInCapabilities')).rejects.toThrow('8 characters')
  })
})

type Payments = Parameters<Change>[0]
type Call = Parameters<NonNullable<Payments['translateCallback']>>[0]
type Collect = NonNullable<Payments['collect']>

const translated = (sound: Payments, call: Call): readonly PaymentNotice[] => sound.translateCallback?.(call) ?? []
const ask = (sound: Payments, prompt: Parameters<Collect['request']>[0]) => (sound.collect as Collect).request(prompt)
const rulesOf = (sound: Payments) => (sound.collect as Collect).rules
const enquiriesOf = (sound: Payments) => sound.enquiries as NonNullable<Payments['enquiries']>
