import {
  type ProviderError,
  ProviderMisconfigured,
  ProviderRateLimited,
  ProviderRefused,
  ProviderUnavailable,
  ProviderUnclear,
} from '@nyuzi/sdk'
import nock from 'nock'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { advantaSettings, africasTalkingSettings, apiKey, messageId, openSms, text } from './open-sms.ts'

beforeAll(() => nock.disableNetConnect())
afterEach(() => nock.cleanAll())
afterAll(() => nock.enableNetConnect())

const africasTalking = (baseUrl = 'https://api.africastalking.com') => nock(baseUrl).post('/version1/messaging')
const advanta = (baseUrl = 'https://quicksms.advantasms.com') => nock(baseUrl).post('/api/services/sendsms/')

const recipient = (over: object) => ({
  SMSMessageData: {
    Message: '',
    Recipients: [{ statusCode: 101, number: '+254712000111', status: '', cost: '0', messageId: 'None', ...over }],
  },
})
const entry = (over: object) => ({ responses: [{ mobile: '254712000111', ...over }] })

const failureOf = (sent: Promise<unknown>): Promise<ProviderError> =>
  sent.then(
    () => expect.unreachable('it was sent'),
    (error) => error,
  )

describe("Africa's Talking", () => {
  it.each([
    [401, ProviderUnavailable],
    [402, ProviderMisconfigured],
    [403, ProviderRefused],
    [404, ProviderRefused],
    [405, ProviderMisconfigured],
    [406, ProviderRefused],
    [407, ProviderRefused],
    [409, ProviderRefused],
    [500, ProviderUnavailable],
    [501, ProviderUnavailable],
    [502, ProviderUnavailable],
    [999, ProviderUnclear],
  ])('status code %i of the recipient raises %o with the code', async (statusCode, expected) => {
    africasTalking().reply(201, recipient({ statusCode }))
    const failure = await failureOf(openSms(africasTalkingSettings).messages.send(text()))
    expect(failure).toBeInstanceOf(expected)
    expect(failure.providerCode).toBe(String(statusCode))
  })

  it.each(['None', '', '0', 0, null])('message id %j is not kept', async (id) => {
    africasTalking().reply(201, recipient({ statusCode: 102, messageId: id, cost: 'KES 0.8000' }))
    const sent = await openSms(africasTalkingSettings).messages.send(text())
    expect(sent).toEqual({ parts: 1, cost: { amountMinor: 80n, currency: 'KES' } })
  })

  it.each([
    ['InvalidSenderId', ProviderMisconfigured],
    ['InsufficientBalance', ProviderMisconfigured],
    ['Sent to 0/1', ProviderUnclear],
  ])('an answer that lists nobody and says %j raises %o', async (Message, expected) => {
    africasTalking().reply(201, { SMSMessageData: { Message, Recipients: [] } })
    expect(await failureOf(openSms(africasTalkingSettings).messages.send(text()))).toBeInstanceOf(expected)
  })

  it('an answer about another number is unclear', async () => {
    africasTalking().reply(201, recipient({ number: '+254722000222', messageId: 'ATXid_02' }))
    expect(await failureOf(openSms(africasTalkingSettings).messages.send(text()))).toBeInstanceOf(ProviderUnclear)
  })

  it('sends to the sandbox under its user name, and without a sender id when there is none', async () => {
    const sandbox = africasTalking('https://api.sandbox.africastalking.com').reply(201, recipient({ messageId: 'ATXid_1' }))
    let form = ''
    sandbox.on('request', (_request, _interceptor, body) => {
      form = body
    })
    const { messages } = openSms({ gateway: 'africastalking', username: 'sandbox', apiKey })
    expect(await messages.send(text())).toMatchObject({ providerReference: 'ATXid_1' })
    expect(Object.keys(Object.fromEntries(new URLSearchParams(form)))).toEqual(['username', 'to', 'message'])
  })

  it('sends plain characters when the installation asks for it, and measures what it sends', async () => {
    let form = ''
    africasTalking()
      .reply(201, recipient({ messageId: 'ATXid_1' }))
      .on('request', (_request, _interceptor, body) => {
        form = body
      })
    const { messages } = openSms({ ...africasTalkingSettings, replaceTypography: true })
    expect(messages.measure?.('It’s due')).toEqual({ encoding: 'GSM-7', units: 8, parts: 1 })
    await messages.send(text({ text: 'It’s due' }))
    expect(new URLSearchParams(form).get('message')).toBe("It's due")
  })
})

describe('Advanta', () => {
  it.each([
    [1001, ProviderMisconfigured],
    [1002, ProviderMisconfigured],
    [1003, ProviderRefused],
    [1004, ProviderMisconfigured],
    [1005, ProviderUnavailable],
    [1006, ProviderMisconfigured],
    [1007, ProviderUnavailable],
    [1009, ProviderMisconfigured],
    [1010, ProviderMisconfigured],
    [1012, ProviderRefused],
    [4090, ProviderUnavailable],
    [4091, ProviderMisconfigured],
    [4092, ProviderMisconfigured],
    [4093, ProviderMisconfigured],
    [7777, ProviderUnclear],
  ])('response code %i raises %o with the code, in either spelling, as number or text', async (code, expected) => {
    for (const answer of [
      { 'respose-code': code },
      { 'response-code': code },
      { 'respose-code': `${code}` },
      { 'response-code': `${code}` },
    ]) {
      advanta().reply(200, entry(answer))
      const failure = await failureOf(openSms(advantaSettings).messages.send(text()))
      expect(failure).toBeInstanceOf(expected)
      expect(failure.providerCode).toBe(String(code))
    }
  })

  it('reads a code that comes without a list, or under another HTTP status', async () => {
    advanta().reply(401, { 'response-code': 1004, 'response-description': 'Low bulk credits' })
    const failure = await failureOf(openSms(advantaSettings).messages.send(text()))
    expect(failure).toMatchObject({ code: 'provider_misconfigured', providerCode: '1004' })
  })

  it.each([200, 1000])('code %i means taken', async (code) => {
    advanta().reply(200, entry({ 'response-code': code, messageid: 8290842 }))
    expect(await openSms(advantaSettings).messages.send(text())).toEqual({ parts: 1, providerReference: '8290842' })
  })

  it.each(['', 0, '0', 'None', null])('message id %j is not kept', async (messageid) => {
    advanta().reply(200, entry({ 'respose-code': 200, messageid }))
    expect(await openSms(advantaSettings).messages.send(text())).toEqual({ parts: 1 })
  })

  it('keeps an id of nineteen bare digits whole', async () => {
    advanta().reply(200, '{"responses":[{"respose-code":200,"mobile":254712000111,"messageid":8290842000000000001}]}')
    expect(await openSms(advantaSettings).messages.send(text())).toMatchObject({ providerReference: '8290842000000000001' })
  })

  it('passes our id on, the same for a repeat and another for another message, in at most nineteen digits', async () => {
    const ids: string[] = []
    const { messages } = openSms(advantaSettings)
    for (const id of [messageId(1), messageId(1), messageId(2)]) {
      advanta()
        .reply(200, entry({ 'respose-code': 200, messageid: 1 }))
        .on('request', (_request, _interceptor, body) => void ids.push(JSON.parse(body).clientsmsid))
      await messages.send(text({ id }))
    }
    expect(ids[1]).toBe(ids[0])
    expect(ids[2]).not.toBe(ids[0])
    for (const id of ids) expect(id).toMatch(/^\d{1,19}$/)
  })

  it.each(['0712000111', '+254712000111', 254712000111])('knows its number written as %j', async (mobile) => {
    advanta().reply(200, { responses: [{ 'respose-code': 200, mobile, messageid: 5 }] })
    expect(await openSms(advantaSettings).messages.send(text())).toMatchObject({ providerReference: '5' })
  })

  it('takes an answer about other messages for unclear', async () => {
    advanta().reply(200, { responses: [{ 'respose-code': 200, mobile: '254722000222', messageid: 5 }] })
    expect(await failureOf(openSms(advantaSettings).messages.send(text()))).toBeInstanceOf(ProviderUnclear)
  })

  it('serves a white label under its own address, with or without a slash at the end', async () => {
    for (const baseUrl of ['https://sms.example.co.ke', 'https://sms.example.co.ke/']) {
      advanta('https://sms.example.co.ke').reply(200, entry({ 'respose-code': 200, messageid: 9 }))
      expect(await openSms({ ...advantaSettings, baseUrl }).messages.send(text())).toMatchObject({ providerReference: '9' })
    }
  })

  it.each([404, 405])('a page under HTTP %i means that the address is wrong', async (status) => {
    advanta().reply(status, '<html>Not Found</html>')
    expect(await failureOf(openSms(advantaSettings).messages.send(text()))).toBeInstanceOf(ProviderMisconfigured)
  })
})

describe.each([
  ["Africa's Talking", africasTalkingSettings, africasTalking],
  ['Advanta', advantaSettings, advanta],
])('both gateways: %s', (_title, settings, post) => {
  it.each([
    [200, '<html><body>Maintenance</body></html>', ProviderUnclear],
    [201, '', ProviderUnclear],
    [200, '[]', ProviderUnclear],
    [200, 'null', ProviderUnclear],
    [200, '{"responses":[]}', ProviderUnclear],
    [500, 'Internal Server Error', ProviderUnclear],
    [502, '<html>Bad Gateway</html>', ProviderUnclear],
    [400, 'Request is missing required form field', ProviderRefused],
    [401, 'The supplied authentication is invalid', ProviderMisconfigured],
    [403, 'Forbidden', ProviderMisconfigured],
    [429, 'Too Many Requests', ProviderRateLimited],
  ])('HTTP %i with %j raises %o', async (status, body, expected) => {
    post().reply(status, body)
    expect(await failureOf(openSms(settings).messages.send(text()))).toBeInstanceOf(expected)
  })

  it('an empty text is refused without a call', async () => {
    expect(await failureOf(openSms(settings).messages.send(text({ text: '' })))).toBeInstanceOf(ProviderRefused)
  })

  it('neither the log nor an error shows the key, the text or the number', async () => {
    const { messages, lines } = openSms(settings)
    const failures: unknown[] = []
    for (const [status, body] of [
      [201, { ...recipient({ statusCode: 406 }), ...entry({ 'respose-code': 1003 }) }],
      [200, `<html>${apiKey} 254712000111 code 482913</html>`],
    ] as const) {
      post().reply(status, body)
      const failure = await failureOf(messages.send(text({ text: 'Your code is 482913' })))
      failures.push(failure.message, String(failure.cause ?? ''))
    }
    const seen = [...lines, ...failures].join('\n')
    expect(lines.length).toBeGreaterThan(0)
    for (const hidden of [apiKey, '482913', '254712000111']) expect(seen).not.toContain(hidden)
  })
})
