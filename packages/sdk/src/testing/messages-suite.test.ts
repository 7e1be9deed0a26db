import nock from 'nock'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Change, sign, tinyMessages } from '../../test/tiny-messages.ts'
import { type Messenger, ProviderRefused, ProviderUnavailable } from '../index.ts'
import {
  callbackRequest,
  describeMessenger,
  type MessageCheckId,
  type MessageSuiteOptions,
  messageChecks,
  noAnswer,
  Skipped,
} from './index.ts'

const baseUrl = 'https://tiny-sms.example'
const apiKey = 'api-key-0123456789'

beforeAll(() => nock.disableNetConnect())
afterAll(() => {
  nock.cleanAll()
  nock.enableNetConnect()
})

const signed = (body: object | string | Uint8Array) => {
  const unsigned = callbackRequest({ channel: 'delivery', body })
  return { ...unsigned, headers: { 'x-signature': sign(unsigned.rawBody, apiKey) } }
}

const sending = () => nock(baseUrl).post('/messages')

const options = (change?: Change): MessageSuiteOptions => ({
  plugin: tinyMessages(change),
  settings: { apiKey, baseUrl },
  reset: () => nock.cleanAll(),
  provider: {
    answers: () => void sending().reply(200, { code: 'OK', id: 'msg-1' }),
    answersLate: () => void sending().reply(noAnswer),
    answersTooManyRequests: () => void sending().reply(429),
    refusesRecipient: () => void sending().reply(200, { code: 'BAD_NUMBER' }),
    hasNoCredit: () => void sending().reply(200, { code: 'NO_CREDIT' }),
  },
  reports: [
    {
      name: 'it arrived',
      request: signed({ id: 'msg-1', state: 'DELIVERED' }),
      expected: [{ providerReference: 'msg-1', state: 'delivered' }],
    },
    {
      name: 'the number is dead',
      request: signed({ id: 'msg-2', state: 'REJECTED', reason: 'ABSENT' }),
      expected: [{ providerReference: 'msg-2', state: 'failed', permanent: true, reason: 'ABSENT' }],
    },
  ],
  unknownStatuses: [{ name: 'a status of next year', request: signed({ id: 'msg-3', state: 'PONDERED' }) }],
  foreignCalls: [
    { name: 'without a signature', request: callbackRequest({ channel: 'delivery', body: { id: 'msg-1', state: 'DELIVERED' } }) },
  ],
  unreadable: ['', '{"id":', 'null', '{"unheard":"of"}', Uint8Array.of(0xff)].map((body) => ({
    name: 'signed, but unreadable',
    request: signed(body),
  })),
})

describeMessenger(options())

type Reports = NonNullable<Messenger['reports']>
const withReports = (change: (reports: Reports) => Partial<Reports>): Change => {
  return (sound) => ({ ...sound, reports: { ...(sound.reports as Reports), ...change(sound.reports as Reports) } })
}
const reply = { status: 200, contentType: 'text/plain', body: 'ok' }
let calls = 0

/** One wrong plugin for each check, wrong in that one matter. */
const wrong: Record<MessageCheckId, Record<string, Change>> = {
  reference: { 'throws the reference away': (sound) => ({ ...sound, send: async () => ({}) }) },
  refusedRecipient: { 'takes a refusal for success': (sound) => ({ ...sound, send: async () => ({ providerReference: 'msg-1' }) }) },
  noCredit: { 'blames the recipient for our credit': failing(() => new ProviderRefused('no credit')) },
  lateAnswer: { 'takes silence for an outage and so sends twice': failing(() => new ProviderUnavailable('no answer')) },
  tooManyRequests: { 'takes a pause for a no': failing(() => new ProviderRefused('too many')) },
  reports: {
    'takes every report for delivery': withReports(() => ({ translateReport: () => [{ providerReference: 'msg-1', state: 'delivered' }] })),
    'names no channel': withReports(() => ({ channels: {} })),
  },
  unknownStatus: {
    'takes an unknown status for failure': withReports(() => ({
      translateReport: () => [{ providerReference: 'msg-3', state: 'failed' }],
    })),
  },
  reportKeys: {
    'has one key for all': withReports(() => ({ verifyCallback: () => ({ dedupeKey: 'report', reply }) })),
    'counts calls into the key': withReports(() => ({ verifyCallback: () => ({ dedupeKey: `${calls++}`, reply }) })),
  },
  foreignCall: { 'takes any call for the provider’s': withReports(() => ({ verifyCallback: () => ({ dedupeKey: 'report', reply }) })) },
  unreadable: { 'finds nothing in what it cannot read': withReports(() => ({ translateReport: () => [] })) },
  pure: {
    'reads the clock': withReports(({ translateReport }) => ({
      translateReport: (call) => translateReport(call).filter(() => Date.now() > 0),
    })),
  },
  measure: {
    'counts bytes': (sound) => ({ ...sound, measure: (text) => ({ encoding: 'GSM-7', units: Buffer.byteLength(text), parts: 1 }) }),
  },
  secretsInLog: {
    'logs whom it writes to': (sound, { log }) => ({
      ...sound,
      send: (message) => {
        log.info('sending', { to: message.to })
        return sound.send(message)
      },
    }),
    'logs its key': (sound, { log, config }) => ({
      ...sound,
      send: (message) => {
        log.info('sending', { key: config.apiKey.reveal() })
        return sound.send(message)
      },
    }),
  },
  secretsInCapabilities: { 'carries its settings along': (sound, { config }) => ({ ...sound, key: config.apiKey.reveal() }) },
}

function failing(error: () => Error): Change {
  return (sound) => ({ ...sound, send: () => Promise.reject(error()) })
}

describe('the messages suite fails a plugin that', () => {
  const cases = Object.entries(wrong).flatMap(([id, changes]) => Object.entries(changes).map(([name, change]) => ({ id, name, change })))
  test.each(cases)('$name ($id)', async ({ id, change }) => {
    const failure = await run(options(change), id).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(Error)
    expect(failure).not.toBeInstanceOf(Skipped)
  })
})

test('the messages suite skips what a gateway without reports and measures cannot show', async () => {
  const change: Change = ({ reports: _, measure: __, ...sound }) => sound
  for (const id of ['reports', 'unknownStatus', 'reportKeys', 'foreignCall', 'unreadable', 'pure', 'measure'])
    await expect(run(options(change), id), id).rejects.toBeInstanceOf(Skipped)
})

async function run(given: MessageSuiteOptions, id: string): Promise<void> {
  await messageChecks(given)
    .find((check) => check.id === id)
    ?.run()
}
