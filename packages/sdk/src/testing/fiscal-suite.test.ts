import nock from 'nock'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { credit, sale } from '../../test/fiscal-documents.ts'
import { type Change, tinyFiscal } from '../../test/tiny-fiscal.ts'
import { type FiscalDevice, ProviderMisconfigured, ProviderRefused, ProviderUnavailable } from '../index.ts'
import { describeFiscalDevice, type FiscalCheckId, type FiscalSuiteOptions, fiscalChecks, noAnswer } from './index.ts'

const baseUrl = 'https://tiny-fiscal.example'
const key = 'fiscal-key-0123456789'

beforeAll(() => nock.disableNetConnect())
afterAll(() => {
  nock.cleanAll()
  nock.enableNetConnect()
})

const documents = () => nock(baseUrl).post('/documents')

const options = (change?: Change): FiscalSuiteOptions => ({
  plugin: tinyFiscal(change),
  settings: { key, baseUrl },
  sale,
  credit,
  reset: () => nock.cleanAll(),
  provider: {
    answers: () => void documents().reply(200, { code: 'OK', number: 'TINY-1/1' }),
    answersLate: () => void documents().reply(noAnswer),
    answersTooManyRequests: () => void documents().reply(429),
    refusesDocument: () => void documents().reply(200, { code: 'BAD' }),
    refusesDevice: () => void documents().reply(200, { code: 'DEVICE' }),
    knowsDocument: () => void documents().reply(200, { code: 'KNOWN' }),
    expectsNumber: (expected) => void documents().reply(200, { code: 'COUNT', expected: `${expected}` }),
  },
})

describeFiscalDevice(options())

const failing =
  (failure: () => Error): Change =>
  (sound) => ({ ...sound, sign: () => Promise.reject(failure()) })
const answering =
  (answer: Awaited<ReturnType<FiscalDevice['sign']>>): Change =>
  (sound) => ({ ...sound, sign: async () => answer })
let calls = 0

/** One wrong plugin for each check, wrong in that one matter. */
const wrong: Record<FiscalCheckId, Record<string, Change>> = {
  proof: {
    'signs without a number': answering({
      outcome: 'signed',
      answer: 'x',
      proof: { number: '', device: 'x', url: 'https://x.example', signedAt: new Date(0), details: [] },
    }),
  },
  sameRequest: {
    'makes another request each time': (sound) => ({
      ...sound,
      prepare: (document, number) => `${sound.prepare(document, number)}${calls++}`,
    }),
  },
  creditNote: {
    'forgets the original': (sound) => ({ ...sound, prepare: (document, number) => sound.prepare({ ...document, kind: 'sale' }, number) }),
  },
  lateAnswer: { 'takes silence for an outage, and so takes a fresh number': failing(() => new ProviderUnavailable('no answer')) },
  tooManyRequests: { 'takes a pause for a no': failing(() => new ProviderRefused('too many')) },
  refusedDocument: { 'stops everything for one document': failing(() => new ProviderMisconfigured('bad')) },
  refusedDevice: { 'blames the document for the device': failing(() => new ProviderRefused('device')) },
  takenEarlier: { 'takes a repeat for a no': failing(() => new ProviderRefused('known')) },
  renumber: { 'takes another count for a no': failing(() => new ProviderRefused('count')) },
  secretsInRequest: {
    'writes the key into the request': (sound, host) => ({
      ...sound,
      prepare: (document, number) => sound.prepare(document, number) + host.config.key.reveal(),
    }),
  },
  secretsInLog: {
    'tells the key in an error': (sound, host) => ({ ...sound, sign: () => Promise.reject(new ProviderRefused(host.config.key.reveal())) }),
  },
  secretsInCapabilities: { 'shows the key': (sound, host) => ({ ...sound, counter: host.config.key.reveal() }) },
}

describe('finds the plugin that', () => {
  for (const [id, changes] of Object.entries(wrong))
    test.each(Object.entries(changes))(`${id}: %s`, async (_name, change) => {
      const check = fiscalChecks(options(change)).find((one) => one.id === id)
      await expect(check?.run()).rejects.toThrow()
    })
})
