import { CallbackRejected, type CallbackRequest, ProviderMisconfigured, ProviderUnavailable, ProviderUnclear } from '@nyuzi/sdk'
import nock from 'nock'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { advantaSettings, africasTalkingSettings, openSms } from './open-sms.ts'

const form = {
  id: 'ATXid_1',
  status: 'Success',
  phoneNumber: '+254712000111',
  networkCode: '63902',
  retryCount: '0',
}

const post = (over: Record<string, string> = {}, request: Partial<CallbackRequest> = {}): CallbackRequest => ({
  channel: 'delivery',
  method: 'POST',
  rawBody: new TextEncoder().encode(new URLSearchParams({ ...form, ...over }).toString()),
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  query: {},
  ...request,
})

describe("Africa's Talking's reports", () => {
  const { reports } = openSms(africasTalkingSettings).messages
  const verify = (request: CallbackRequest) => reports?.verifyCallback(request)
  const translate = (over: Record<string, string>) => reports?.translateReport(post(over))[0]

  it('come once under one key, and under another for another status, message or try', () => {
    const keys = [post(), post(), post({ status: 'Buffered' }), post({ id: 'ATXid_2' }), post({ retryCount: '1' })].map(
      (request) => verify(request)?.dedupeKey,
    )
    expect(keys[1]).toBe(keys[0])
    expect(new Set(keys).size).toBe(4)
  })

  it.each(['Sent', 'Submitted', 'Buffered', 'SomethingNew'])('%s is on its way', (status) => {
    expect(translate({ status })).toEqual({ providerReference: 'ATXid_1', state: 'sent' })
  })

  it.each([
    ['Failed', 'UserDoesNotExist', true],
    ['Failed', 'UserInBlackList', true],
    ['Failed', 'DoNotDisturbRejection', true],
    ['Failed', 'InsufficientCredit', false],
    ['Failed', 'DeliveryFailure', false],
    ['Failed', 'SomethingNew', false],
    ['Rejected', 'UserAccountSuspended', true],
  ])('%s for %s is a failure', (status, failureReason, permanent) => {
    expect(translate({ status, failureReason })).toEqual({
      providerReference: 'ATXid_1',
      state: 'failed',
      reason: failureReason,
      permanent,
    })
  })

  it.each(['AbsentSubscriber', 'Expired'])('%s is a failure that may pass', (status) => {
    expect(translate({ status })).toMatchObject({ state: 'failed', reason: status, permanent: false })
  })

  it.each([
    ['without an id', post({ id: '' })],
    ['with a placeholder for an id', post({ id: 'None' })],
    ['without a status', post({ status: '' })],
    ['without a number', post({ phoneNumber: '' })],
    ['that are empty', post({}, { rawBody: new Uint8Array() })],
    ['that are JSON', post({}, { rawBody: new TextEncoder().encode('{"id":"ATXid_1","status":"Success"}') })],
  ])('%s are kept under their own bytes and not translated', (_how, request) => {
    expect(verify(request)?.dedupeKey).toMatch(/^unreadable:[0-9a-f]{64}$/)
    expect(() => reports?.translateReport(request)).toThrow('not a delivery report')
  })

  it.each([
    ['on another channel', post({}, { channel: 'opt-out' })],
    ['asked for with GET', post({}, { method: 'GET' })],
  ])('%s are rejected', (_how, request) => {
    expect(() => verify(request)).toThrow(CallbackRejected)
  })
})

describe("Advanta's reports", () => {
  beforeAll(() => nock.disableNetConnect())
  afterEach(() => nock.cleanAll())
  afterAll(() => nock.enableNetConnect())

  async function lookUp(answer: object | string, settings: object = {}) {
    nock('https://quicksms.advantasms.com').post('/api/services/getdlr/').reply(200, answer)
    return openSms({ ...advantaSettings, ...settings }).messages.lookUpDelivery?.('8290842')
  }
  const delivery = (text: string) => ({ 'respose-code': '200', 'message-id': 8290842, 'delivery-description': text })

  it.each([
    ['DeliveredToTerminal', { state: 'delivered' }],
    ['delivered to terminal', { state: 'delivered' }],
    ['DeliveredToNetwork', { state: 'sent' }],
    ['SomethingNew', { state: 'sent' }],
    ['', { state: 'sent' }],
    ['DeliveryImpossible', { state: 'failed', reason: 'DeliveryImpossible', permanent: false }],
    ['SenderName Blacklisted', { state: 'failed', reason: 'SenderName Blacklisted', permanent: true }],
  ])('%j is read by the known texts', async (text, expected) => {
    expect(await lookUp(delivery(text))).toEqual({ providerReference: '8290842', ...expected })
  })

  it("are read by the installation's own texts first", async () => {
    const deliveryTexts = { 'Handset OK': 'delivered', DeliveryImpossible: 'failed_permanently' }
    expect(await lookUp(delivery('HANDSET OK'), { deliveryTexts })).toMatchObject({ state: 'delivered' })
    expect(await lookUp(delivery('DeliveryImpossible'), { deliveryTexts })).toMatchObject({ permanent: true })
  })

  it.each([1008, 4093])('code %i keeps waiting', async (code) => {
    expect(await lookUp({ 'response-code': code })).toEqual({ providerReference: '8290842', state: 'sent' })
  })

  it.each([
    [{ 'response-code': 1006 }, ProviderMisconfigured],
    [{ 'response-code': 1005 }, ProviderUnavailable],
    [{ ...delivery('DeliveredToTerminal'), 'message-id': 1 }, ProviderUnclear],
    ['<html></html>', ProviderUnclear],
  ])('%j raises %o', async (answer, expected) => {
    await expect(lookUp(answer)).rejects.toBeInstanceOf(expected)
  })
})
