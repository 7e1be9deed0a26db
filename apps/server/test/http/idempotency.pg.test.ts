import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { routeTable } from '../../src/http/route-table.ts'
import { asKey, startApi, type TestApi } from './api-under-test.ts'

let api: TestApi
let org: Awaited<ReturnType<TestApi['createOrganisation']>>
let subscriber: string
beforeAll(async () => {
  api = await startApi()
  org = await api.createOrganisation('once')
  subscriber = (await asKey(api, org.key).post('/v1/subscribers', { branch: org.branch, name: 'A' })).id
})
afterAll(() => api.stop())

const cash = (reference: string, amountMinor = '5000') => ({
  branch: org.branch,
  subscriber,
  amount: { amountMinor, currency: 'KES' },
  reference,
})
const pay = (body: object, key?: string) =>
  api.call('POST', '/v1/payments', org.key, body, key === undefined ? {} : { 'idempotency-key': key })
const payments = async () => (await asKey(api, org.key).get('/v1/payments?limit=200')).items

test('every money route demands a key', async () => {
  const money = routeTable(api.parts).filter(({ idempotent }) => idempotent)
  expect(money.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
    'post /v1/billing/previews',
    'post /v1/billing/previews/{billingPreview}/apply',
    'post /v1/charges',
    'post /v1/credit-notes',
    'post /v1/credit-refunds',
    'post /v1/credit-transfers',
    'post /v1/credits',
    'post /v1/debit-notes',
    'post /v1/deposit-releases',
    'post /v1/deposits',
    'post /v1/invoices/{invoice}/recover',
    'post /v1/invoices/{invoice}/void',
    'post /v1/invoices/{invoice}/withholding-certificates',
    'post /v1/invoices/{invoice}/write-off',
    'post /v1/payment-intents',
    'post /v1/payments',
    'post /v1/subscriptions/{subscription}/cancel',
    'post /v1/subscriptions/{subscription}/change-plan',
    'post /v1/subscriptions/{subscription}/data-bundles',
    'post /v1/subscriptions/{subscription}/passes',
    'post /v1/subscriptions/{subscription}/pause',
    'post /v1/subscriptions/{subscription}/resume',
    'post /v1/suspense/{payment}/resolve',
  ])
  for (const { path } of money) {
    const address = path
      .replace('{payment}', 'pay_019a6f0e7c3b7d109a523f1c5b8e2d47')
      .replace('{subscription}', 'scn_019a6f0e7c3b7d109a523f1c5b8e2d47')
      .replace('{billingPreview}', 'bpv_019a6f0e7c3b7d109a523f1c5b8e2d47')
      .replace('{invoice}', 'inv_019a6f0e7c3b7d109a523f1c5b8e2d47')
    const answer = await api.call('POST', address, org.key, {})
    expect(answer).toMatchObject({ status: 400, body: { code: 'idempotency_key_required', errors: [{ field: 'Idempotency-Key' }] } })
  }
  expect((await pay(cash('X'), 'with space')).body.code).toBe('idempotency_key_required')
})

test('a repeat is told the same to the letter, and nothing happens again', async () => {
  const key = randomUUID()
  const first = await pay(cash('A1'), key)
  expect(first.status).toBe(201)
  expect(first.headers.has('idempotent-replayed')).toBe(false)
  const { amount, ...rest } = cash('A1')
  const repeat = await pay({ amount, ...rest }, key)
  expect(repeat.status).toBe(201)
  expect(repeat.text).toBe(first.text)
  expect(repeat.headers.get('idempotent-replayed')).toBe('true')
  expect((await payments()).filter((one: { receipt: string }) => one.receipt === 'A1')).toHaveLength(1)
})

test('the same key with another body is refused', async () => {
  const key = randomUUID()
  await pay(cash('B1'), key)
  expect(await pay(cash('B1', '6000'), key)).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
  const elsewhere = await api.call('POST', '/v1/payment-intents', org.key, { subscriber }, { 'idempotency-key': key })
  expect(elsewhere.status).not.toBe(201)
})

test('twenty at once have one effect', async () => {
  const key = randomUUID()
  const answers = await Promise.all(Array.from({ length: 20 }, () => pay(cash('C1'), key)))
  const statuses = answers.map(({ status }) => status)
  expect(new Set(statuses).size).toBeLessThanOrEqual(2)
  expect(statuses.every((status) => status === 201 || status === 409)).toBe(true)
  expect(answers.filter(({ status, headers }) => status === 201 && !headers.has('idempotent-replayed'))).toHaveLength(1)
  for (const { status, headers, body } of answers.filter((answer) => answer.status === 409)) {
    expect({ status, code: body.code, retry: headers.get('retry-after') }).toEqual({
      status: 409,
      code: 'idempotency_in_progress',
      retry: '1',
    })
  }
  expect((await payments()).filter((one: { receipt: string }) => one.receipt === 'C1')).toHaveLength(1)
})

test('a refused attempt leaves nothing and may be made again with the same key', async () => {
  const key = randomUUID()
  const wrong = { ...cash('D1'), subscriber: 'sub_019a6f0e7c3b7d109a523f1c5b8e2d47' }
  expect((await pay(wrong, key)).status).toBe(404)
  expect(await api.owner`select from idempotency_keys where key = ${key}`).toHaveLength(0)
  expect((await pay(cash('D1'), key)).status).toBe(201)
})

test('a key belongs to who sent it', async () => {
  const other = await asKey(api, org.key).post('/v1/api-keys', { name: 'till', permissions: ['money'] })
  const key = randomUUID()
  expect((await pay(cash('E1'), key)).status).toBe(201)
  const answer = await api.call('POST', '/v1/payments', other.key, cash('E2'), { 'idempotency-key': key })
  expect(answer.status).toBe(201)
  expect(answer.headers.has('idempotent-replayed')).toBe(false)
})
