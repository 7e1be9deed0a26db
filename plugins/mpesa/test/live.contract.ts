// Against the sandbox, on a schedule: it needs keys of a sandbox app and an address that Daraja may call.
//   MPESA_SANDBOX_KEY  MPESA_SANDBOX_SECRET  MPESA_SANDBOX_PASSKEY  MPESA_SANDBOX_CALLBACK_BASE (https://…)
//   optional: MPESA_SANDBOX_SHORTCODE (174379), MPESA_SANDBOX_PHONE (254708374149)
import { money, type PaymentProvider, type Phone } from '@nyuzi/sdk'
import { createFakeClock, createFakeHost } from '@nyuzi/sdk/testing'
import { describe, expect, it } from 'vitest'
import { sandboxUrl } from '../src/config.ts'
import { mpesa } from '../src/index.ts'
import { collectRequest } from './daraja.ts'

const {
  MPESA_SANDBOX_KEY: consumerKey,
  MPESA_SANDBOX_SECRET: consumerSecret,
  MPESA_SANDBOX_PASSKEY: passkey,
  MPESA_SANDBOX_CALLBACK_BASE: callbackBase,
  MPESA_SANDBOX_SHORTCODE: shortcode = '174379',
  MPESA_SANDBOX_PHONE: msisdn = '254708374149',
} = process.env

describe.skipIf(!consumerKey || !consumerSecret || !passkey || !callbackBase)('the Daraja sandbox', () => {
  const open = () => {
    const settings = { shortcode, consumerKey, consumerSecret, passkey, baseUrl: sandboxUrl }
    // Daraja compares the timestamp with its own clock.
    const { host } = createFakeHost({ plugin: mpesa, settings, clock: createFakeClock(new Date()) })
    const callbackUrl = (channel: string) => `${callbackBase}/${channel}/5f0c2a9e7b1d4c83`
    const payments = mpesa.setup({ ...host, callbackUrl }).payments as Required<PaymentProvider>
    return { payments, callbackUrl }
  }

  it('accepts a prompt and knows its id afterwards', { timeout: 60_000 }, async () => {
    const { payments, callbackUrl } = open()
    const request = { ...collectRequest, phone: `+${msisdn}` as Phone, amount: money(100n, 'KES'), callbackUrl: callbackUrl('stk') }
    const answer = await payments.collect.request(request)
    expect(answer.outcome).toBe('accepted')
    if (answer.outcome !== 'accepted') return
    const { intentId, amount, phone } = request
    const notice = await payments.lookUpPayment({
      intentId,
      amount,
      phone,
      providerReference: answer.providerReference,
      requestedAt: new Date(),
    })
    expect(['pending', 'unknown', 'failed', 'succeeded']).toContain(notice.status)
  })

  it('registers addresses as often as asked', { timeout: 60_000 }, async () => {
    const { outcome } = await open().payments.registerCallbacks()
    expect(['registered', 'already_registered']).toContain(outcome)
  })
})
