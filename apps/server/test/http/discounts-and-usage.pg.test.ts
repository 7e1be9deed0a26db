import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asKey, planBody, startApi, type TestApi } from './api-under-test.ts'

let api: TestApi
let org: Awaited<ReturnType<TestApi['createOrganisation']>>
let as: ReturnType<typeof asKey>
const kes = (amountMinor: string) => ({ amountMinor, currency: 'KES' })
const once = () => ({ 'idempotency-key': randomUUID() })
const sold = async (code: string, price: object = {}) => {
  const { price: usual, ...plan } = planBody(code)
  const { id } = await as.post('/v1/plans', { ...plan, price: { ...usual, billing: 'postpaid', ...price } })
  const subscriber = await as.post('/v1/subscribers', { branch: org.branch, name: code })
  const subscription = await as.post('/v1/subscriptions', { subscriber: subscriber.id, plan: id, startsOn: '2026-01-01', anchorDay: 1 })
  return { plan: id, subscriber: subscriber.id, subscription: subscription.id, accountNumber: subscriber.accountNumber }
}

beforeAll(async () => {
  api = await startApi()
  org = await api.createOrganisation('bei')
  as = asKey(api, org.key)
})
afterAll(() => api.stop())

test('a coupon is made, redeemed as it was typed, seen on the line, and explained', async () => {
  const { subscriber, subscription } = await sold('COUPONED')
  const coupon = await as.post('/v1/coupons', { code: 'KARIBU', title: 'Karibu', value: { kind: 'percentage', rateBp: 2500 }, periods: 1 })
  expect(coupon).toMatchObject({ code: 'KARIBU', periods: 1, redemptions: 0, plans: null, exclusive: false })
  const given = await as.post(`/v1/subscriptions/${subscription}/coupons`, { code: ' karibu' })
  expect(given).toMatchObject({ source: 'coupon', code: 'KARIBU', from: '2026-01-01', until: '2026-02-01' })
  expect(await api.call('POST', `/v1/subscriptions/${subscription}/coupons`, org.key, { code: 'KARIBU' })).toMatchObject({
    status: 409,
    body: { code: 'coupon_redeemed_already' },
  })
  expect((await as.get(`/v1/subscriptions/${subscription}/discounts`)).items).toEqual([given])
  expect(await as.get(`/v1/coupons/${coupon.id}`)).toMatchObject({ redemptions: 1 })
  await as.post('/v1/billing/run', { date: '2026-01-01' })
  const [{ id }] = (await as.get(`/v1/invoices?subscriber=${subscriber}`)).items
  const [line] = (await as.get(`/v1/invoices/${id}`)).lines
  const [listMinor, offMinor] = [BigInt(line.listPrice.amountMinor), BigInt(line.discounts[0].amount.amountMinor)]
  expect(offMinor * 4n).toBe(listMinor)
  expect(line).toMatchObject({ rate: { amountMinor: String(listMinor - offMinor) }, discounts: [{ source: 'coupon', code: 'KARIBU' }] })
  const explanation = await as.get(`/v1/invoices/${id}/explanation`)
  expect(explanation).toMatchObject({ agrees: true, differences: [] })
  expect(explanation.lines[0].recomputed.steps.join()).toContain('KARIBU')
  expect(await as.post(`/v1/coupons/${coupon.id}/expire`, {})).toMatchObject({ validUntil: expect.any(String) })
})

test('a promotion is for plans that exist, and ends', async () => {
  const { plan } = await sold('PROMOTED')
  const terms = { code: 'LAUNCH', title: 'Launch', value: { kind: 'fixed', amount: kes('10000') } }
  const promotion = await as.post('/v1/promotions', { ...terms, plans: [plan], periods: 3 })
  expect(promotion).toMatchObject({ plans: [plan], periods: 3, endsOn: null, value: { amount: kes('10000') } })
  expect(await as.post(`/v1/promotions/${promotion.id}/end`, {})).toMatchObject({ endsOn: expect.any(String) })
  expect((await as.get('/v1/promotions')).items).toHaveLength(1)
  expect(await api.call('POST', '/v1/promotions', org.key, { ...terms, plans: [] })).toMatchObject({ status: 400 })
})

test('volume, loyalty and rewards are policy, and a new subscriber names who brought it', async () => {
  const policy = {
    volumeSteps: [{ from: 3, rateBp: 500 }],
    loyaltySteps: [{ from: 12, rateBp: 200 }],
    referralReward: { referrer: { amountMinor: '30000', periods: 1 }, referred: { rateBp: 2000, periods: 2 } },
  }
  expect((await as.patch('/v1/organisation', { policy })).policy).toMatchObject(policy)
  const forgotten = { volumeSteps: null, loyaltySteps: null }
  expect((await as.patch('/v1/organisation', { policy: forgotten })).policy).toMatchObject({ ...policy, ...forgotten })
  const [referrer, referred] = [await sold('REFERRER'), await sold('REFERRED')]
  const referral = await as.post(`/v1/subscribers/${referred.subscriber}/referral`, { code: referrer.accountNumber })
  expect(referral).toMatchObject({ referrer: referrer.subscriber, referred: referred.subscriber, rewardedAt: null })
  expect((await as.get(`/v1/subscribers/${referrer.subscriber}/referrals`)).items).toEqual([referral])
})

test('use is reported twice and counted once, and a tariff that cannot be sold is refused by its field', async () => {
  const tariff = { scheme: 'graduated', unit: 'MB', tiers: [{ upTo: '100', price: kes('500') }, { price: kes('300') }] }
  const { subscription } = await sold('METERED', { usage: [{ key: 'data', title: 'Data', tariff }] })
  const records = [{ key: 's-1', subscription, unit: 'MB', quantity: '150', at: '2026-01-10T10:00:00+03:00' }]
  expect(await as.post('/v1/usage-records', { source: 'radius', records })).toEqual({ recorded: 1, repeated: 0 })
  expect(await as.post('/v1/usage-records', { source: 'radius', records })).toEqual({ recorded: 0, repeated: 1 })
  expect((await as.get(`/v1/subscriptions/${subscription}/usage?from=2026-01-01&until=2026-02-01`)).days).toMatchObject([
    { day: '2026-01-10', unit: 'MB', units: '150', coveredUnits: '0', ratedUnits: '0' },
  ])
  const { price, ...plan } = planBody('WRONG')
  const wrong = { key: 'data', title: 'Data', tariff: { ...tariff, tiers: [{ upTo: '100', price: kes('500') }] } }
  expect(await api.call('POST', '/v1/plans', org.key, { ...plan, price: { ...price, usage: [wrong] } })).toMatchObject({
    status: 400,
    body: { code: 'invalid_tariff', errors: [{ field: 'usage.0.tariff.tiers[0].upTo' }] },
  })
})

test('a data bundle is sold once for its key, and its balance is shown', async () => {
  const { subscription } = await sold('BUNDLED')
  const terms = { code: 'DATA10', title: '10 GB', unit: 'MB', units: '10240', validDays: 30, amount: kes('100000') }
  const bundle = await as.post('/v1/data-bundles', terms)
  const key = once()
  const sale = await as.post(`/v1/subscriptions/${subscription}/data-bundles`, { dataBundle: bundle.id }, key)
  expect(sale).toMatchObject({ title: '10 GB', grantedUnits: '10240', usedUnits: '0', dataBundle: bundle.id })
  expect(await as.post(`/v1/subscriptions/${subscription}/data-bundles`, { dataBundle: bundle.id }, key)).toEqual(sale)
  expect((await as.get(`/v1/subscriptions/${subscription}/allowances`)).items).toEqual([sale])
  expect(await as.get(`/v1/invoices/${sale.invoice}`)).toMatchObject({ total: kes('100000'), lines: [{ listPrice: null, discounts: [] }] })
})
