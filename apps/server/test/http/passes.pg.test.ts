import { afterAll, beforeAll, expect, test } from 'vitest'
import { asKey, planBody, startApi, type TestApi } from './api-under-test.ts'

let api: TestApi
let org: Awaited<ReturnType<TestApi['createOrganisation']>>
let as: ReturnType<typeof asKey>
beforeAll(async () => {
  api = await startApi()
  org = await api.createOrganisation('hotspot')
  as = asKey(api, org.key)
})
afterAll(() => api.stop())

let plans = 0
const hourBody = (cadence: object, more: object = {}) => {
  plans += 1
  const { price, ...plan } = planBody(`PASS${plans}`)
  return { ...plan, price: { ...price, graceDays: 0, billing: 'prepaid', cadence, ...more } }
}

test('an hour is sold, paid, and bought once more for one key', async () => {
  const plan = await as.post('/v1/plans', hourBody({ unit: 'hour', count: 1 }, { policy: { passRenewal: 'on_payment' } }))
  expect(plan.prices[0]).toMatchObject({ cadence: { unit: 'hour', count: 1 }, policy: { passRenewal: 'on_payment' } })
  const subscriber = await as.post('/v1/subscribers', { branch: org.branch, name: 'Amina Juma' })
  const sold = await as.post('/v1/subscriptions', { subscriber: subscriber.id, plan: plan.id })
  expect(sold).toMatchObject({ awaits: 'credit', validUntil: null, renewal: { missing: sold.amount } })
  const buy = (key: string) => api.call('POST', `/v1/subscriptions/${sold.id}/passes`, org.key, undefined, { 'idempotency-key': key })
  expect(await buy('too-soon')).toMatchObject({ status: 409, body: { code: 'not_enough_credit' } })
  const slip = { subscriber: subscriber.id, branch: org.branch, amount: { amountMinor: '500000', currency: 'KES' }, reference: 'SLIP 1' }
  expect(await api.call('POST', '/v1/payments', org.key, slip, { 'idempotency-key': 'slip-1' })).toMatchObject({ status: 201 })
  const { validUntil } = await as.get(`/v1/subscriptions/${sold.id}`)
  const answer = await buy('one-more')
  expect(answer).toMatchObject({
    status: 201,
    body: { from: validUntil, invoice: expect.stringMatching(/^inv_/), subscription: { id: sold.id, validUntil: answer.body.until } },
  })
  expect(Date.parse(answer.body.until) - Date.parse(validUntil)).toBe(3_600_000)
  expect((await buy('one-more')).text).toBe(answer.text)
  const explanation = await as.get(`/v1/invoices/${answer.body.invoice}/explanation`)
  expect(explanation).toMatchObject({ agrees: true, lines: [{ validFrom: validUntil, validUntil: answer.body.until }] })
  expect(explanation.lines[0].description).toMatch(/^Internet, 1 hour, /)
})

test.each([
  ['price.cadence.count', hourBody({ unit: 'hour', count: 169 })],
  ['price.cadence.count', hourBody({ unit: 'minute', count: 10_081 })],
  ['price.cadence.count', hourBody({ unit: 'month', count: 367 })],
  ['billing', hourBody({ unit: 'minute', count: 30 }, { billing: 'postpaid' })],
])('what no pass can be is refused at %s', async (field, body) => {
  expect(await api.call('POST', '/v1/plans', org.key, body)).toMatchObject({ status: 400, body: { errors: [{ field }] } })
})
