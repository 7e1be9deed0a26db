import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asKey, planBody, routerBody, startApi, type TestApi } from './api-under-test.ts'

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
const kes = (amountMinor: string) => ({ amountMinor, currency: 'KES' })

describe('What spares a debt, over the API', () => {
  let api: TestApi
  let as: ReturnType<typeof asKey>
  let branch: string
  let key: string
  let subscriber: string
  let service: string

  beforeAll(async () => {
    api = await startApi()
    const org = await api.createOrganisation('spare')
    as = asKey(api, org.key)
    branch = org.branch
    key = org.key
    const { price, ...home } = planBody('HOME')
    const plan = await as.post('/v1/plans', { ...home, price: { ...price, billing: 'postpaid' } })
    subscriber = (await as.post('/v1/subscribers', { branch, name: 'Amina' })).id
    const subscription = await as.post('/v1/subscriptions', { subscriber, plan: plan.id, startsOn: '2026-01-01', graceDays: 0 })
    const installation = await as.post('/v1/installations', routerBody)
    const line = { subscription: subscription.id, installation: installation.id, kind: 'pppoe', username: 'a', password: 'b' }
    service = (await as.post('/v1/services', line)).id
    await as.post('/v1/billing/run', { date: '2026-01-01' })
    await as.post('/v1/billing/run', {})
  })
  afterAll(() => api.stop())

  const call = (method: string, path: string, body: object) => api.call(method, path, key, body)
  const wanted = async () => {
    const { wanted } = await as.get(`/v1/services/${service}/access`)
    return `${wanted.state} ${wanted.reason}`
  }

  test('the policy is kept as sent, with its defaults, and null goes back to them', async () => {
    const cutOff = { minimumDebtMinor: '50000', notOnWeekdays: ['friday'], holidays: ['2026-12-25'] }
    const { policy } = await as.patch('/v1/organisation', { policy: { cutOff, extensions: { automaticDaysMax: 2 } } })
    expect(policy).toMatchObject({ cutOff, extensions: { daysMax: 7, countMax: 2, perMonths: 3, automaticDaysMax: 2 } })
    expect((await as.get('/v1/organisation')).policy.cutOff).toEqual(cutOff)
    const reset = await as.patch('/v1/organisation', { policy: { cutOff: null, extensions: null } })
    expect(reset.policy).toMatchObject({
      cutOff: { minimumDebtMinor: '0', notOnWeekdays: [], holidays: [] },
      extensions: { automaticDaysMax: 0 },
    })
  })

  test.each([
    [{ notOnWeekdays: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] }, 'policy.cutOff.notOnWeekdays'],
    [{ minimumDebtMinor: '-1' }, 'policy.cutOff.minimumDebtMinor'],
    [{ holidays: ['2026-02-30'] }, 'policy.cutOff.holidays.0'],
  ])('a policy that no day or sum fits is refused, with its field: %j', async (cutOff, field) => {
    const answer = await call('PATCH', '/v1/organisation', { policy: { cutOff } })
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_input', errors: [expect.objectContaining({ field })] } })
  })

  test('a late fee is fixed or a share, and begins today unless it says otherwise', async () => {
    const set = async (lateFee: object | null) => (await as.patch('/v1/organisation', { policy: { lateFee } })).policy.lateFee
    expect(await set({ amountMinor: '10000', graceDays: 5 })).toMatchObject({
      amountMinor: '10000',
      rateBp: null,
      graceDays: 5,
      repeatEveryDays: null,
      countMax: 1,
      from: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      taxClass: 'exempt',
    })
    expect(await set({ rateBp: 250, repeatEveryDays: 30, from: '2026-02-01' })).toMatchObject({
      amountMinor: null,
      rateBp: 250,
      countMax: 12,
      from: '2026-02-01',
    })
    const both = await call('PATCH', '/v1/organisation', { policy: { lateFee: { amountMinor: '1', rateBp: 1 } } })
    expect(both).toMatchObject({ status: 400, body: { errors: [{ field: 'policy.lateFee.amountMinor' }] } })
    expect(await set(null)).toBe(null)
  })

  test('an extension is asked for, approved, listed and taken back', async () => {
    expect(await wanted()).toBe('suspended overdue')
    const asked = await as.post(`/v1/subscribers/${subscriber}/extensions`, { until: inDays(5), reason: 'salary on Friday' })
    expect(asked).toMatchObject({ subscriber, status: 'requested', until: inDays(5), reason: 'salary on Friday', answeredBy: null })
    const approved = await as.post(`/v1/extensions/${asked.id}/approve`, { until: inDays(3), note: 'ends on Tuesday' })
    expect(approved).toMatchObject({ status: 'approved', until: inDays(3), note: 'ends on Tuesday' })
    expect(await wanted()).toBe('active extended')
    expect((await as.get('/v1/extensions?status=approved')).items.map(({ id }: { id: string }) => id)).toEqual([asked.id])
    expect(await as.post(`/v1/extensions/${asked.id}/withdraw`, {})).toMatchObject({ status: 'withdrawn' })
    expect(await wanted()).toBe('suspended overdue')
    expect(await call('POST', `/v1/extensions/${asked.id}/refuse`, {})).toMatchObject({
      status: 409,
      body: { code: 'extension_answered' },
    })
    const far = await call('POST', `/v1/subscribers/${subscriber}/extensions`, { until: inDays(60), reason: 'x' })
    expect(far).toMatchObject({ status: 400, body: { errors: [{ field: 'until', rule: 'extension_too_long' }] } })
  })

  test('an instalment plan shows its parts, what they are of and what is covered', async () => {
    const [invoice] = (await as.get(`/v1/invoices?subscriber=${subscriber}&status=open`)).items.slice(-1)
    const total = BigInt(invoice.open.amountMinor)
    const dueOn = [inDays(10), inDays(20)]
    const made = await as.post(`/v1/subscribers/${subscriber}/instalment-plans`, {
      invoices: [invoice.id],
      instalments: dueOn.map((day) => ({ dueOn: day })),
      graceDays: 2,
    })
    expect(made).toMatchObject({
      status: 'running',
      total: kes(`${total}`),
      covered: kes('0'),
      graceDays: 2,
      invoices: [{ number: invoice.number }],
    })
    const parts = made.instalments.map(({ amount }: { amount: { amountMinor: string } }) => BigInt(amount.amountMinor))
    expect(parts[0] + parts[1]).toBe(total)
    const amount = kes('100')
    await as.post('/v1/payments', { branch, subscriber, amount, reference: 'R1' }, { 'idempotency-key': randomUUID() })
    expect(await as.get(`/v1/instalment-plans/${made.id}`)).toMatchObject({ covered: amount })
    expect((await as.get(`/v1/instalment-plans?subscriber=${subscriber}`)).items).toHaveLength(1)
    expect(await as.post(`/v1/instalment-plans/${made.id}/withdraw`, { reason: 'moved away' })).toMatchObject({ status: 'withdrawn' })
  })

  test('an overdraft is shown with the subscriber and lets the line back on', async () => {
    const { owed } = await as.get(`/v1/subscribers/${subscriber}`)
    const amount = { amountMinor: owed.amountMinor, currency: 'KES' }
    const changed = await as.post(`/v1/subscribers/${subscriber}/overdraft`, { amount, reason: 'a school' })
    expect(changed.overdraft).toMatchObject(amount)
    expect(await wanted()).toBe('active in_overdraft')
    expect((await as.post(`/v1/subscribers/${subscriber}/overdraft`, { amount: null, reason: 'x' })).overdraft).toMatchObject(kes('0'))
    expect(await wanted()).toBe('suspended overdue')
  })
})
