import { readFileSync } from 'node:fs'
import type { IntentId, PaymentProvider, Phone } from '@nyuzi/sdk'
import { money, parsePhone } from '@nyuzi/sdk'
import { createFakeHost } from '@nyuzi/sdk/testing'
import nock from 'nock'
import { mpesa } from '../src/index.ts'

export const production = 'https://api.safaricom.co.ke'
export const token = 'Zk3vQ8mT1yB6nR0pX4wL9sD2hJ7c'
export const checkout = 'ws_CO_141120261030152700111222'

export const settings = {
  shortcode: '400123',
  consumerKey: 'ck_Qw7eR2tYuI9oP3aS',
  consumerSecret: 'cs_Zx8cV4bNm1LkJ6hG',
  passkey: '6d1f0c9a7be24835a1c7d09e3b5f8642c0de71a95b3846f2917c3ad5e8b06f14',
} as const

/** An installation over nock. Two calls to it are two servers of one installation, but for their shared secrets. */
export function install(overrides: Record<string, unknown> = {}) {
  const fake = createFakeHost({ plugin: mpesa, settings: { ...settings, ...overrides }, timeoutMsMax: 400 })
  const payments = fake.capabilities.payments as Required<PaymentProvider>
  return { ...fake, payments }
}

export const fixture = (id: string) => {
  const { rawBody, http, body } = JSON.parse(readFileSync(new URL(`./fixtures/${id}.json`, import.meta.url), 'utf8'))
  return { rawBody: rawBody as string, status: (http?.status ?? 200) as number, type: http?.headers?.['Content-Type'] as string, body }
}

/** Makes the token call succeed, `times` times. */
export const mints = (times = 1, value: string = token) =>
  nock(production)
    .get('/oauth/v1/generate')
    .query({ grant_type: 'client_credentials' })
    .times(times)
    .reply(200, { access_token: value, expires_in: '3599' })

/** Answers one POST with a fixture. */
export function answers(path: string, id: string, matching?: (body: Record<string, unknown>) => boolean) {
  const { rawBody, status, type } = fixture(id)
  return nock(production).post(path, matching).reply(status, rawBody, { 'content-type': type })
}

/** A reply that never comes. nock's `delay` trips over an aborted fetch, so it is not used. */
export const never = (): Promise<never> => new Promise(() => {})

const phone = parsePhone('0700111222', 'KE') as Phone

export const collectRequest = {
  intentId: '019a8c00-0000-7000-8000-00000000a001' as IntentId,
  amount: money(150_000n, 'KES'),
  phone,
  accountReference: 'FN10023',
  description: 'Internet',
  callbackUrl: 'https://pay.example-isp.co.ke/hooks/saf/stk/5f0c2a9e7b1d4c83',
}

export const lookUpQuery = {
  intentId: collectRequest.intentId,
  providerReference: checkout,
  amount: collectRequest.amount,
  phone,
  requestedAt: new Date('2026-11-14T07:30:15Z'),
}
