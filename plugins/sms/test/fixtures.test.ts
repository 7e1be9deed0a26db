import { readdirSync, readFileSync } from 'node:fs'
import { type CallbackRequest, ProviderMisconfigured } from '@nyuzi/sdk'
import nock from 'nock'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { toDeliveryReport } from '../src/gateways/advanta/look-up-delivery.ts'
import { readEntries } from '../src/gateways/advanta/read.ts'
import { resultFor as advantaResultFor } from '../src/gateways/advanta/send.ts'
import { deliveryMeanings } from '../src/gateways/advanta/words.ts'
import { readMessaging } from '../src/gateways/africastalking/client.ts'
import { reports } from '../src/gateways/africastalking/reports.ts'
import { resultFor as africasTalkingResultFor } from '../src/gateways/africastalking/send.ts'
import { measureText } from '../src/segments.ts'
import type { SendResult } from '../src/status.ts'
import { advantaSettings, africasTalkingSettings, apiKey, openSms, phone, text } from './open-sms.ts'

const folder = new URL('fixtures/', import.meta.url)
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.json'))

describe('fixtures', () => {
  beforeAll(() => nock.disableNetConnect())
  afterEach(() => nock.cleanAll())

  it('are all there', () => expect(files.length).toBeGreaterThanOrEqual(14))

  it.each(files)('%s means what it says', async (name) => {
    const fixture = JSON.parse(readFileSync(new URL(name, folder), 'utf8'))
    const reading = readings[fixture.cases ? fixture.provider : `${fixture.direction} ${fixture.request.path}`]
    if (!reading) throw new Error(`${name} has no reading`)
    expect.hasAssertions()
    await reading(fixture)
  })
})

// biome-ignore lint/suspicious/noExplicitAny: fixtures are other people's JSON, each read by its own function.
type Fixture = any

const readings: Readonly<Record<string, (fixture: Fixture) => void | Promise<void>>> = {
  'inbound /webhooks/sms/africastalking/<unguessable token>': readPushedReport,
  'outbound /version1/messaging': readAfricasTalkingSend,
  'outbound /api/services/sendsms/': readAdvantaSend,
  'outbound /api/services/sendbulk/': readAdvantaBulk,
  'outbound /api/services/getdlr/': readAdvantaReport,
  'sms-segments': readSegments,
}

function readPushedReport({ request, normalised }: Fixture): void {
  const call: CallbackRequest = {
    channel: 'delivery',
    method: request.method,
    rawBody: new TextEncoder().encode(request.rawBody),
    headers: request.headers,
    query: {},
  }
  expect(reports.verifyCallback(call).reply.status).toBe(200)
  const [report] = reports.translateReport(call)
  expect({ ...report, providerId: report?.providerReference }).toMatchObject(normalised)
}

async function readAfricasTalkingSend({ request, response, normalised }: Fixture): Promise<void> {
  const form = new URLSearchParams(request.rawBody)
  const numbers = (form.get('to') ?? '').split(',')
  const [number = ''] = numbers
  if (numbers.length === 1) {
    const { messages } = openSms({ ...africasTalkingSettings, apiKey })
    nock('https://api.africastalking.com')
      .post(request.path, (body) => {
        expect(new URLSearchParams(body).toString()).toBe(request.rawBody)
        return true
      })
      .matchHeader('apiKey', apiKey)
      .matchHeader('accept', request.headers.accept)
      .matchHeader('content-type', new RegExp(request.headers['content-type']))
      .reply(response.status, response.body ?? response.rawBody)
    const sent = messages.send(text({ to: phone(number), text: form.get('message') ?? '' }))
    await expectMeaning(sent, normalised.outcome === 'error' ? { state: 'failed', permanent: false, pauseProvider: true } : normalised[0])
  }
  if (normalised.outcome === 'error') {
    // "Permanent" of the call: nothing goes out before a person has put the key right.
    expect(normalised).toEqual({ outcome: 'error', permanent: true })
    return
  }
  const data = readMessaging(response.body)
  expect(numbers.map((to) => ({ to, ...inWords(africasTalkingResultFor(to, data)) }))).toMatchObject(normalised)
}

async function readAdvantaSend({ request, response, normalised }: Fixture): Promise<void> {
  const { mobile, message, clientsmsid, ...fields } = request.body
  const { messages } = openSms({ ...advantaSettings, apiKey })
  nock('https://quicksms.advantasms.com')
    .post(request.path, (body) => {
      expect(body).toEqual({ ...fields, apikey: apiKey, mobile, message, clientsmsid: expect.stringMatching(/^\d{1,19}$/) })
      return true
    })
    .matchHeader('content-type', request.headers['content-type'])
    .reply(response.status, response.body)
  await expectMeaning(messages.send(text({ to: phone(mobile), text: message })), normalised[0])
  const result = advantaResultFor({ clientId: clientsmsid, mobile }, readEntries(response.body))
  expect({ to: `+${mobile}`, ...inWords(result) }).toMatchObject(normalised[0])
}

function readAdvantaBulk({ request, response, normalised }: Fixture): void {
  const entries = readEntries(response.body)
  const asked = request.body.smslist.map(({ clientsmsid, mobile }: Fixture) => ({ clientId: clientsmsid, mobile }))
  const read = (list: typeof entries) => asked.map((one: Fixture) => ({ ...one, ...inWords(advantaResultFor(one, list)) }))
  expect(read(entries)).toMatchObject(normalised)
  expect(read(entries.toReversed())).toMatchObject(normalised)
}

async function readAdvantaReport({ request, response, normalised }: Fixture): Promise<void> {
  const { messages } = openSms({ ...advantaSettings, apiKey })
  nock('https://quicksms.advantasms.com')
    .post(request.path, { ...request.body, apikey: apiKey })
    .reply(response.status, response.body)
  expect(await messages.lookUpDelivery?.(request.body.messageID)).toMatchObject(normalised)
  expect(toDeliveryReport(request.body.messageID, readEntries(response.body), deliveryMeanings({}))).toMatchObject(normalised)
}

function readSegments({ cases }: Fixture): void {
  for (const { text, encoding, segments, units } of cases) expect(measureText(text), text).toEqual({ encoding, units, parts: segments })
}

/** Our reading in the fixtures' words. */
function inWords(result: SendResult) {
  if (result.outcome !== 'accepted')
    return {
      state: 'failed',
      permanent: result.outcome === 'refused',
      pauseProvider: result.outcome === 'misconfigured',
      reason: result.reason,
    }
  const { providerReference, cost } = result
  return { state: 'accepted', providerId: providerReference, costMinor: cost?.amountMinor.toString(), currency: cost?.currency }
}

/** The same meaning as it comes out of the plugin: a value, or the error that makes the host do the right thing. */
async function expectMeaning(sent: Promise<unknown>, meaning: Fixture): Promise<void> {
  if (meaning.state !== 'accepted') {
    expect(meaning).toMatchObject({ permanent: false, pauseProvider: true })
    await expect(sent).rejects.toThrow(ProviderMisconfigured)
    if (meaning.reason) await expect(sent).rejects.toThrow(meaning.reason)
    return
  }
  const cost = meaning.costMinor && { amountMinor: BigInt(meaning.costMinor), currency: meaning.currency }
  expect(await sent).toEqual({ parts: 1, providerReference: meaning.providerId, ...(cost && { cost }) })
}
