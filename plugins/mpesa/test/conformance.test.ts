import { type Money, money, type Phone, parseMoney, toDecimal } from '@nyuzi/sdk'
import { callbackRequest, describePaymentProvider } from '@nyuzi/sdk/testing'
import nock from 'nock'
import { afterAll, beforeAll } from 'vitest'
import { promptPath, promptQueryPath } from '../src/client/prompt.ts'
import { mpesa } from '../src/index.ts'
import { answers, checkout, fixture, mints, never, production, settings, token } from './daraja.ts'

beforeAll(() => nock.disableNetConnect())
afterAll(() => {
  nock.cleanAll()
  nock.enableNetConnect()
})

const peerAddress = '196.201.212.69'
const call = (channel: string, id: string) => callbackRequest({ channel, body: fixture(id).rawBody, peerAddress })
const confirmed = fixture('c2b-confirmation-masked-first-name-only').body
const amount = money(150_000n, 'KES')
let amountAsked: Money | undefined

/** How Daraja behaves at one path. Fixtures stand for its words. */
const behaviour = (path: string, plain: string) => ({
  answers() {
    mints()
    answers(path, plain, ({ Amount }) => {
      amountAsked = parseMoney(String(Amount), 'KES')
      return true
    })
  },
  answersLate() {
    mints()
    nock(production).post(path).reply(never)
  },
  answersTooManyRequests() {
    mints()
    answers(path, 'error-500-003-02-spike-arrest')
  },
})

const queryAnswers = [
  'stk-query-pending-4999',
  'stk-query-500-does-not-exist',
  'stk-query-500-empty-message',
  'error-200-with-error-envelope',
  'error-500-003-1001-internal-server-error',
  'error-503-html',
]

describePaymentProvider({
  plugin: mpesa,
  settings,
  alsoSecret: [token],
  reset: () => nock.cleanAll(),
  samples: [
    {
      name: 'a paid prompt',
      request: call('stk', 'stk-callback-success'),
      expected: [
        {
          evidence: 'callback',
          status: 'succeeded',
          providerReference: checkout,
          providerTransaction: 'UKE4T7Q2XM',
          amount,
          paidAt: new Date('2026-11-14T07:30:41Z'),
          payer: { kind: 'clear', phone: '+254700111222' as Phone },
        },
      ],
    },
    {
      name: 'a cancelled prompt',
      request: call('stk', 'stk-callback-failed-1032-cancelled'),
      expected: [
        {
          evidence: 'callback',
          status: 'failed',
          providerReference: checkout,
          failure: { code: '1032', class: 'payer', message: 'The payer cancelled the prompt.' },
          payer: { kind: 'absent' },
        },
      ],
    },
    {
      name: 'a payment that the payer started',
      request: call('confirmation', 'c2b-confirmation-masked-first-name-only'),
      expected: [
        {
          evidence: 'callback',
          status: 'succeeded',
          providerTransaction: 'UKE8B3M1ZD',
          amount,
          accountReference: 'FN10023',
          paidAt: new Date('2026-11-14T08:15:02Z'),
          payer: { kind: 'masked', pattern: '2547*****222' },
          payerName: 'AMINA',
        },
      ],
    },
    {
      name: 'a payment of an organisation',
      request: call('confirmation', 'c2b-confirmation-organisation-to-organisation'),
      expected: [
        {
          evidence: 'callback',
          status: 'succeeded',
          providerTransaction: 'UKE8B3MBCU',
          amount: money(1_250_000n, 'KES'),
          accountReference: 'FN10023',
          paidAt: new Date('2026-11-14T08:15:02Z'),
          payer: { kind: 'absent' },
          payerName: 'BARAKA TRADERS LTD',
        },
      ],
    },
  ],
  repeats: [
    {
      name: 'the same payment with its numbers as text',
      first: call('stk', 'stk-callback-success'),
      again: call('stk', 'stk-callback-success-values-as-strings'),
    },
  ],
  foreignCalls: [
    { name: 'from another address', request: callbackRequest({ channel: 'confirmation', body: confirmed, peerAddress: '203.0.113.9' }) },
    { name: 'from no known address', request: callbackRequest({ channel: 'confirmation', body: confirmed }) },
    { name: 'to no channel of ours', request: callbackRequest({ channel: 'pull', body: confirmed, peerAddress }) },
  ],
  unknownStatuses: [
    { name: 'a code in no table', request: call('stk', 'stk-callback-failed-unknown-code') },
    {
      name: 'still processing',
      request: callbackRequest({
        channel: 'stk',
        body: { Body: { stkCallback: { CheckoutRequestID: checkout, ResultCode: 4999 } } },
        peerAddress,
      }),
    },
  ],
  callbackOf: (paid) => callbackRequest({ channel: 'confirmation', body: { ...confirmed, TransAmount: toDecimal(paid) }, peerAddress }),
  enquiries: [
    {
      name: 'validation of an account',
      request: call('validation', 'c2b-validation-request-paybill'),
      expected: { accountReference: 'FN10023', amount },
    },
    {
      name: 'validation at a till',
      request: call('validation', 'c2b-validation-request-till'),
      expected: { accountReference: '', amount },
    },
  ],
  provider: {
    collect: {
      ...behaviour(promptPath, 'stk-response-accepted'),
      amountAsked: () => {
        if (!amountAsked) throw new Error('nothing was asked')
        return amountAsked
      },
    },
    lookUpPayment: {
      ...behaviour(promptQueryPath, 'stk-query-cancelled'),
      unknownAnswers: queryAnswers.map((id) => () => {
        mints()
        answers(promptQueryPath, id)
      }),
    },
    registerCallbacks: behaviour('/mpesa/c2b/v2/registerurl', 'c2b-register-response-ok'),
  },
  skips: {
    changedByte: 'Daraja signs nothing: trust is the random token in the path and the list of source addresses',
  },
})
