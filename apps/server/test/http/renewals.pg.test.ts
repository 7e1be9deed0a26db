import { afterAll, beforeAll, expect, test } from 'vitest'
import { asKey, planBody, startApi, type TestApi } from './api-under-test.ts'

let api: TestApi
let org: Awaited<ReturnType<TestApi['createOrganisation']>>
let as: ReturnType<typeof asKey>
beforeAll(async () => {
  api = await startApi()
  org = await api.createOrganisation('lipa-kwanza')
  as = asKey(api, org.key)
})
afterAll(() => api.stop())

test('a prepaid subscription shows what it costs next and what is missing, and its subscriber what to pay', async () => {
  const body = planBody('HOME')
  const plan = await as.post('/v1/plans', { ...body, price: { ...body.price, billing: 'prepaid' } })
  const subscriber = await as.post('/v1/subscribers', { branch: org.branch, name: 'Amina Juma' })
  const sold = await as.post('/v1/subscriptions', { subscriber: subscriber.id, plan: plan.id })
  expect(sold).toMatchObject({ awaits: 'credit', renewal: { on: sold.startsOn, amount: sold.amount, missing: sold.amount } })
  expect(await as.get(`/v1/subscribers/${subscriber.id}/to-pay`)).toMatchObject({
    amount: sold.amount,
    owed: { amountMinor: '0' },
    renewals: sold.amount,
    credit: { amountMinor: '0' },
  })
  const { amountMinor, currency } = sold.amount
  const slip = { subscriber: subscriber.id, branch: org.branch, amount: { amountMinor, currency }, reference: 'SLIP 1' }
  expect(await api.call('POST', '/v1/payments', org.key, slip, { 'idempotency-key': 'slip-1' })).toMatchObject({ status: 201 })
  const bought = await as.get(`/v1/subscriptions/${sold.id}`)
  expect(bought).toMatchObject({ awaits: null, renewal: { on: bought.billedUntil, amount: sold.amount, missing: sold.amount } })
  expect(await as.get(`/v1/subscribers/${subscriber.id}/to-pay`)).toMatchObject({ amount: { amountMinor: '0' } })
  expect((await api.call('GET', '/v1/subscribers/sub_none/to-pay', org.key)).status).toBeGreaterThanOrEqual(400)
})
