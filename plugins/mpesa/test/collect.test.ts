import { money, type Phone } from '@nyuzi/sdk'
import nock from 'nock'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { promptPath } from '../src/client/prompt.ts'
import { readPromptAnswer } from '../src/collect.ts'
import { answers, checkout, collectRequest, fixture, install, mints, never, production } from './daraja.ts'

beforeEach(() => nock.disableNetConnect())
afterEach(() => {
  nock.cleanAll()
  nock.enableNetConnect()
})

describe('a prompt', () => {
  it('for a paybill is sent exactly as the provider documents it', async () => {
    const { payments } = install()
    mints()
    const sent = answers(promptPath, 'stk-response-accepted', (body) => {
      expect(body).toEqual(fixture('stk-request-paybill').body)
      return true
    })
    expect(await payments.collect.request(collectRequest)).toEqual({
      outcome: 'accepted',
      providerReference: checkout,
      message: 'Success. Request accepted for processing',
    })
    expect(sent.isDone()).toBe(true)
  })

  it('for a till is sent in the name of the store', async () => {
    const { payments } = install({ shortcode: '5123456', kind: 'till', storeNumber: '7654321' })
    mints()
    const sent = answers(promptPath, 'stk-response-accepted-legacy-ids', (body) => {
      expect(body).toEqual(fixture('stk-request-till').body)
      return true
    })
    expect(await payments.collect.request(collectRequest)).toMatchObject({ providerReference: 'ws_CO_141120261030154718' })
    expect(sent.isDone()).toBe(true)
  })

  it('carries a description of at most 13 characters, and never none', async () => {
    const { payments } = install()
    mints()
    const seen: unknown[] = []
    nock(production)
      .post(promptPath, (body) => seen.push(body.TransactionDesc) > 0)
      .times(2)
      .reply(200, fixture('stk-response-accepted').rawBody)
    await payments.collect.request({ ...collectRequest, description: 'Home 20M for November' })
    await payments.collect.request({ ...collectRequest, description: ' ' })
    expect(seen).toEqual(['Home 20M for', 'Payment'])
  })

  it.each([
    ['cents', { amount: money(150_050n, 'KES') }, 'amount_not_whole'],
    ['another currency', { amount: money(150_000n, 'USD') }, 'amount_not_whole'],
    ['too little', { amount: money(0n, 'KES') }, 'amount_out_of_limits'],
    ['too much', { amount: money(25_000_100n, 'KES') }, 'amount_out_of_limits'],
    ['a reference of 13 characters', { accountReference: 'FN10023456789' }, 'reference_length'],
    ['no reference', { accountReference: ' ' }, 'reference_length'],
    ['a phone of another country', { phone: '+8801711222333' as Phone }, 'phone_not_supported'],
  ])('with %s is refused before anything is sent', async (_, override, code) => {
    const { payments } = install()
    expect(await payments.collect.request({ ...collectRequest, ...override })).toMatchObject({ outcome: 'refused', code })
  })

  it.each([
    ['http://pay.example-isp.co.ke/hooks/stk/1', /must be https/],
    ['https://mpesa.example-isp.co.ke/hooks/stk/1', /“mpesa”/],
    ['https://pay.example-isp.co.ke/M-Pesa/1', /“M-Pesa”/],
    ['https://pay.example-isp.co.ke/query/1', /“query”/],
    ['pay.example-isp.co.ke', /full http/],
  ])('with the callback address %s is a matter of configuration', async (callbackUrl, message) => {
    const { payments } = install()
    const failure = await payments.collect.request({ ...collectRequest, callbackUrl }).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'provider_misconfigured', message: expect.stringMatching(message) })
  })

  it.each([
    ['error-400-002-02-invalid-amount', { outcome: 'refused', code: '400.002.02' }],
    ['error-400-002-02-invalid-phonenumber', { outcome: 'refused', code: '400.002.02' }],
    ['error-400-002-05-invalid-request-payload', { outcome: 'refused', code: '400.002.05' }],
    ['error-500-001-1001-unable-to-lock-subscriber', { outcome: 'refused', code: '1001' }],
  ])('answered by %s is refused with the reason', async (id, expected) => {
    const { payments } = install()
    mints()
    answers(promptPath, id)
    expect(await payments.collect.request(collectRequest)).toMatchObject(expected)
  })

  it.each([
    ['error-400-002-02-invalid-callbackurl', 'provider_misconfigured'],
    ['error-400-002-02-invalid-businessshortcode', 'provider_misconfigured'],
    ['error-400-002-02-invalid-timestamp', 'provider_misconfigured'],
    ['error-404-001-01-resource-not-found', 'provider_misconfigured'],
    ['error-500-001-1001-wrong-credentials', 'provider_misconfigured'],
    ['error-500-001-1001-merchant-does-not-exist', 'provider_misconfigured'],
    ['error-500-003-02-spike-arrest', 'provider_rate_limited'],
    ['error-500-003-02-system-busy', 'provider_rate_limited'],
    ['error-500-003-03-quota-violation', 'provider_rate_limited'],
    ['error-500-003-1001-internal-server-error', 'provider_unclear'],
    ['error-503-html', 'provider_unclear'],
    ['error-200-with-error-envelope', 'provider_unclear'],
  ])('answered by %s raises %s', async (id, code) => {
    const { payments } = install()
    mints()
    answers(promptPath, id)
    await expect(payments.collect.request(collectRequest)).rejects.toMatchObject({ code })
  })

  it('whose answer does not come, or is broken, is unclear', async () => {
    const { payments } = install()
    mints()
    nock(production).post(promptPath).reply(never)
    await expect(payments.collect.request(collectRequest)).rejects.toMatchObject({ code: 'provider_unclear' })
    for (const body of ['', '{"ResponseCode":"0"', '{"ResponseCode":"0"}', '{}', '[]']) {
      nock(production).post(promptPath).reply(200, body)
      await expect(payments.collect.request(collectRequest), body).rejects.toMatchObject({ code: 'provider_unclear' })
    }
  })

  it.each([
    [408, 'provider_unclear'],
    [429, 'provider_rate_limited'],
    [403, 'provider_misconfigured'],
    [404, 'provider_misconfigured'],
    [302, 'provider_unclear'],
    [502, 'provider_unclear'],
  ])('answered by a gateway with HTTP %i raises %s', async (status, code) => {
    const { payments } = install()
    mints()
    nock(production).post(promptPath).reply(status, '<html>')
    await expect(payments.collect.request(collectRequest)).rejects.toMatchObject({ code })
  })

  it('answered with a result code of the tables is refused, with any other unclear', () => {
    const answer = (ResponseCode: string) => ({ kind: 'fields', fields: { ResponseCode, CheckoutRequestID: checkout } }) as const
    expect(readPromptAnswer(answer('17'))).toMatchObject({ outcome: 'refused', code: '17' })
    expect(readPromptAnswer(answer('1001'))).toMatchObject({ outcome: 'refused', code: '1001' })
    expect(() => readPromptAnswer(answer('4108'))).toThrow(/not understood/)
  })
})

describe('the rules of collection', () => {
  it('follow the limits in the settings', () => {
    const { rules } = install({ amountMin: 10, amountMax: 150_000 }).payments.collect
    expect(rules).toMatchObject({
      wholeUnitsOnly: true,
      amountMinorMin: 1_000n,
      amountMinorMax: 15_000_000n,
      accountReferenceMaxLength: 12,
    })
  })

  it('space look-ups by 20 s or more and end after about ten minutes', () => {
    const { lookUpPausesMs } = install().payments.collect.rules
    expect(Math.min(...lookUpPausesMs)).toBeGreaterThanOrEqual(20_000)
    const wholeMs = lookUpPausesMs.reduce((sum, pauseMs) => sum + pauseMs, 0)
    expect(wholeMs).toBeGreaterThan(9 * 60_000)
    expect(wholeMs).toBeLessThan(12 * 60_000)
  })
})
