import { phoneDigits } from '@nyuzi/sdk'
import { callbackRequest, describeMessenger, lateAnswerMs, type MessageSuiteOptions } from '@nyuzi/sdk/testing'
import { afterAll, describe } from 'vitest'
import { sms } from '../src/index.ts'
import { type SmsGatewaySimulator, type SmsGatewayStyle, startSmsGatewaySimulator } from '../src/simulator/index.ts'
import { advantaSettings, africasTalkingSettings, phone } from './open-sms.ts'

const to = phone()

function against(style: SmsGatewayStyle, settings: Readonly<Record<string, unknown>>): MessageSuiteOptions {
  let simulator: SmsGatewaySimulator | undefined
  const gateway = (): SmsGatewaySimulator => simulator ?? missing()
  const close = () => simulator?.close()
  afterAll(close)
  return {
    plugin: sms,
    settings: () => ({ ...settings, baseUrl: gateway().url }),
    message: { to },
    async reset() {
      await close()
      simulator = await startSmsGatewaySimulator({ style })
    },
    provider: {
      answers: () => undefined,
      answersLate: () => void Object.assign(gateway().behaviour, { answerDelayMs: lateAnswerMs }),
      answersTooManyRequests: () => gateway().next('rate-limit'),
      refusesRecipient: () => void gateway().behaviour.refusedNumbers.add(phoneDigits(to)),
      hasNoCredit: () => void Object.assign(gateway().behaviour, { creditParts: 0 }),
    },
  }
}

function missing(): never {
  throw new Error('the suite resets before it asks for settings')
}

const report = (fields: Record<string, string>) =>
  callbackRequest({
    channel: 'delivery',
    body: new URLSearchParams({ id: 'ATXid_1', phoneNumber: to, networkCode: '63902', retryCount: '0', ...fields }).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })

const failed = { status: 'Failed', failureReason: 'UserDoesNotExist' }

describe("Africa's Talking", () => {
  describeMessenger({
    ...against('africastalking', africasTalkingSettings),
    reports: [
      { name: 'buffered', request: report({ status: 'Buffered' }), expected: [{ providerReference: 'ATXid_1', state: 'sent' }] },
      { name: 'delivered', request: report({ status: 'Success' }), expected: [{ providerReference: 'ATXid_1', state: 'delivered' }] },
      {
        name: 'failed',
        request: report(failed),
        expected: [{ providerReference: 'ATXid_1', state: 'failed', reason: 'UserDoesNotExist', permanent: true }],
      },
    ],
    unknownStatuses: ['Sent', 'Submitted', 'SomethingNew'].map((status) => ({ name: status, request: report({ status }) })),
    skips: { foreignCall: 'reports are not signed; the token in the path, which the host checks, is all there is' },
  })
})

describe('Advanta', () => {
  describeMessenger(against('advanta', advantaSettings))
})
