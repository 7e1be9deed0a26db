import { afterAll, beforeAll, expect, test } from 'vitest'
import { asKey, planBody, routerBody, startApi, type TestApi } from './api-under-test.ts'

let api: TestApi
let org: Awaited<ReturnType<TestApi['createOrganisation']>>
let as: ReturnType<typeof asKey>
beforeAll(async () => {
  api = await startApi()
  org = await api.createOrganisation('kumbusha')
  as = asKey(api, org.key)
})
afterAll(() => api.stop())

const due = { key: 'due', daysFromDue: 0, message: 'invoice_due', prompt: true }
const firm = { key: 'firm', daysFromDue: 7, message: 'invoice_overdue', channels: ['email', 'sms'], lateDays: 3 }

test('a policy is made, read, changed and removed, and each leaves its audit record', async () => {
  const made = await as.post('/v1/dunning-policies', { branch: org.branch, segment: 'school', steps: [due] })
  expect(made).toMatchObject({ branch: org.branch, segment: 'school', plan: null, steps: [{ ...due, since: expect.any(String) }] })
  const address = `/v1/dunning-policies/${made.id}`
  expect(await as.patch(address, { steps: [due, firm] })).toMatchObject({ id: made.id, steps: [due, firm] })
  expect(await as.get(address)).toMatchObject({ steps: [due, firm] })
  expect((await as.get('/v1/dunning-policies')).items).toMatchObject([{ id: made.id }])
  expect(await as.post(`${address}/remove`)).toMatchObject({ id: made.id })
  expect((await api.call('GET', address, org.key)).status).toBe(404)
  expect((await api.call('POST', `${address}/remove`, org.key)).status).toBe(404)
  expect((await as.get('/v1/dunning-policies')).items).toEqual([])
  const written = await api.owner`select action, detail from audit_records where subject_noun = 'dunning_policy' order by at, id`
  expect(written.map((row) => row['action'])).toEqual(['dunning_policy.create', 'dunning_policy.change', 'dunning_policy.remove'])
  expect(written[1]?.['detail']).toMatchObject({ before: [due], steps: [due, firm] })
})

test('one scope has one policy, and may have another once that is removed', async () => {
  const plan = await as.post('/v1/plans', planBody('HOME'))
  for (const scope of [{}, { segment: 'firm' }, { branch: org.branch }, { branch: org.branch, segment: 'firm' }, { plan: plan.id }]) {
    const { id } = await as.post('/v1/dunning-policies', { ...scope, steps: [] })
    expect(await api.call('POST', '/v1/dunning-policies', org.key, { ...scope, steps: [due] })).toMatchObject({
      status: 409,
      body: { code: 'scope_taken' },
    })
    await as.post(`/v1/dunning-policies/${id}/remove`)
    await as.post('/v1/dunning-policies', { ...scope, steps: [due] })
  }
})

test('what cannot be followed is refused, with its field', async () => {
  const refused = async (body: object) => {
    const answer = await api.call('POST', '/v1/dunning-policies', org.key, body)
    return [answer.status, answer.body.errors?.[0]?.field]
  }
  const plan = await as.post('/v1/plans', planBody('OFFICE'))
  expect(await refused({ plan: plan.id, segment: 'school', steps: [] })).toEqual([400, 'plan'])
  expect(await refused({ segment: 'School', steps: [] })).toEqual([400, 'segment'])
  expect(await refused({ steps: [due, { ...due, daysFromDue: 1 }] })).toEqual([400, 'steps.1.key'])
  expect(await refused({ steps: [{ ...due, key: 'A b' }] })).toEqual([400, 'steps.0.key'])
  expect(await refused({ steps: [{ ...due, message: 'receipt' }] })).toEqual([400, 'steps.0.message'])
  expect(await refused({ steps: [{ ...due, daysFromDue: 400 }] })).toEqual([400, 'steps.0.daysFromDue'])
  expect(await refused({ steps: [{ ...due, lateDays: -1 }] })).toEqual([400, 'steps.0.lateDays'])
  expect(await refused({ steps: [{ ...due, channels: ['sms', 'sms'] }] })).toEqual([400, 'steps.0.channels'])
  expect(await refused({ steps: [{ ...due, channels: ['pigeon'] }] })).toEqual([400, 'steps.0.channels.0'])
})

test('quiet hours are set and forgotten', async () => {
  expect((await as.get('/v1/organisation')).policy.quietHours).toBeNull()
  const quietHours = { from: '21:00', until: '07:00' }
  expect((await as.patch('/v1/organisation', { policy: { quietHours } })).policy.quietHours).toEqual(quietHours)
  for (const wrong of [{ from: '21:00', until: '21:00' }, { from: '9pm', until: '07:00' }, { from: '21:00' }])
    expect((await api.call('PATCH', '/v1/organisation', org.key, { policy: { quietHours: wrong } })).status).toBe(400)
  expect((await as.patch('/v1/organisation', { policy: { quietHours: null } })).policy.quietHours).toBeNull()
})

test('a subscriber has a segment, home by default', async () => {
  const home = await as.post('/v1/subscribers', { branch: org.branch, name: 'Amina' })
  expect(home.segment).toBe('home')
  const school = await as.post('/v1/subscribers', { branch: org.branch, name: 'Shule', segment: 'school' })
  expect(school.segment).toBe('school')
  expect((await as.patch(`/v1/subscribers/${home.id}`, { segment: 'business' })).segment).toBe('business')
  expect((await as.patch(`/v1/subscribers/${home.id}`, { name: 'Amina W' })).segment).toBe('business')
  for (const segment of ['Business', '', 'a b', '1st'])
    expect((await api.call('PATCH', `/v1/subscribers/${home.id}`, org.key, { segment })).status).toBe(400)
})

test('a batch of cut-offs is looked at, thinned out and approved', async () => {
  expect((await as.get('/v1/organisation')).policy.cutOffMode).toBe('automatic')
  expect((await as.patch('/v1/organisation', { policy: { cutOffMode: 'approved' } })).policy.cutOffMode).toBe('approved')
  const { price, ...debt } = planBody('DEBT')
  const plan = await as.post('/v1/plans', { ...debt, price: { ...price, billing: 'postpaid' } })
  const installation = await as.post('/v1/installations', routerBody)
  const services: string[] = []
  for (const name of ['Baraka', 'Chebet']) {
    const subscriber = await as.post('/v1/subscribers', { branch: org.branch, name })
    const subscription = await as.post('/v1/subscriptions', { subscriber: subscriber.id, plan: plan.id, startsOn: '2026-01-01' })
    const line = { subscription: subscription.id, installation: installation.id, kind: 'pppoe', username: name, password: 'b' }
    services.push((await as.post('/v1/services', line)).id)
  }
  await as.post('/v1/billing/run', { date: '2026-01-01' })
  expect(await as.post('/v1/billing/run', { date: '2026-01-10' })).toMatchObject({ servicesSuspended: 0, cutOffsListed: 2 })
  const [batch] = (await as.get('/v1/cut-off-batches?status=open')).items
  expect(batch).toMatchObject({ status: 'open', listed: 2, debts: [{ amountMinor: '500000' }] })
  const address = `/v1/cut-off-batches/${batch.id}`
  const page = await as.get(`${address}/members?limit=1`)
  expect(page.items).toMatchObject([{ service: services[1], subscriberName: 'Chebet', daysOverdue: 9, status: 'listed' }])
  expect((await as.get(`${address}/members?cursor=${page.nextCursor}`)).items).toMatchObject([{ service: services[0] }])
  expect(await as.post(`${address}/take-out`, { services: [services[0]], reason: 'a clinic' })).toMatchObject({ listed: 1, takenOut: 1 })
  expect(await api.call('POST', `${address}/take-out`, org.key, { services, reason: 'again' })).toMatchObject({
    status: 404,
    body: { errors: [{ field: 'services' }] },
  })
  expect(await as.post(`${address}/approve`)).toMatchObject({
    status: 'approved',
    listed: 0,
    cutOff: 1,
    debts: [{ amountMinor: '250000' }],
  })
  expect(await as.get(`/v1/services/${services[1]}/access`)).toMatchObject({ wanted: { state: 'suspended', reason: 'overdue' } })
  expect(await as.get(`/v1/services/${services[0]}/access`)).toMatchObject({ wanted: { state: 'active', reason: 'awaiting_approval' } })
  expect(await api.call('POST', `${address}/reject`, org.key, { reason: 'x' })).toMatchObject({
    status: 409,
    body: { code: 'cut_off_batch_decided' },
  })
  expect((await as.get('/v1/cut-off-batches?status=open')).items).toEqual([])
})
