import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asKey, type Json, planBody, routerBody, startApi, type TestApi } from './api-under-test.ts'

describe('Previews over the API', () => {
  let api: TestApi
  let key: string
  let as: ReturnType<typeof asKey>
  let plan: Json
  let subscriber: Json
  let subscription: Json
  const once = () => ({ 'idempotency-key': randomUUID() })
  const today = () => new Date(Date.now() + 3 * 3_600_000).toISOString().slice(0, 10)

  beforeAll(async () => {
    api = await startApi()
    const org = await api.createOrganisation('savanna')
    key = org.key
    as = asKey(api, key)
    plan = await as.post('/v1/plans', planBody('HOME'))
    subscriber = await as.post('/v1/subscribers', { branch: org.branch, name: 'Amina', phone: '0700111222' })
    subscription = await as.post('/v1/subscriptions', { subscriber: subscriber.id, plan: plan.id, startsOn: today() })
    const installation = await as.post('/v1/installations', routerBody)
    await as.post('/v1/services', {
      subscription: subscription.id,
      installation: installation.id,
      kind: 'pppoe',
      username: 'amina',
      password: 'x',
    })
  })
  afterAll(() => api.stop())

  it('are made, read, paged and applied, and a repeat of either is told the same', async () => {
    const again = once()
    const made = await as.post('/v1/billing/previews', {}, again)
    expect(await as.post('/v1/billing/previews', {}, again)).toEqual(made)
    expect(made).toMatchObject({
      status: 'open',
      subscriber: null,
      change: null,
      days: [today()],
      appliesFrom: today(),
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      totals: { subscribers: 1, documents: [{ kind: 'invoice', count: 1, total: { text: 'KES 2,500' } }] },
      parts: {
        nextCursor: null,
        items: [
          {
            position: 1,
            status: 'planned',
            subscribers: [{ id: subscriber.id, name: 'Amina', accountNumber: subscriber.accountNumber }],
            effects: expect.arrayContaining([
              expect.objectContaining({
                effect: 'document_issued',
                text: expect.stringMatching(/^\+ invoice NRB-… \(provisional\) KES 2,500 due /),
              }),
            ]),
          },
        ],
      },
    })
    expect(await as.get(`/v1/billing/previews/${made.id}`)).toEqual(made)
    expect((await as.get(`/v1/billing/previews/${made.id}/parts?limit=1`)).items).toEqual(made.parts.items)
    expect((await as.get('/v1/invoices')).items).toEqual([])
    const applying = once()
    expect(await as.post(`/v1/billing/previews/${made.id}/apply`, undefined, applying)).toEqual({ applied: 1, changed: 0 })
    const repeat = await api.call('POST', `/v1/billing/previews/${made.id}/apply`, key, undefined, applying)
    expect({ status: repeat.status, body: repeat.body, replayed: repeat.headers.get('idempotent-replayed') }).toEqual({
      status: 200,
      body: { applied: 1, changed: 0 },
      replayed: 'true',
    })
    expect((await as.get('/v1/invoices')).items).toHaveLength(1)
    expect(await api.call('POST', `/v1/billing/previews/${made.id}/apply`, key, undefined, once())).toMatchObject({
      status: 409,
      body: { code: 'preview_applied' },
    })
    expect(await as.get(`/v1/billing/previews/${made.id}`)).toMatchObject({
      status: 'applied',
      partsApplied: 1,
      appliedBy: expect.any(String),
    })
  })

  it('of a change of plan show what is credited and charged, and make it so', async () => {
    const better = await as.post('/v1/plans', {
      ...planBody('BETTER'),
      price: { ...planBody('x').price, amount: { amountMinor: '500000', currency: 'KES' } },
    })
    const change = { kind: 'change_plan', subscription: subscription.id, change: { plan: better.id, when: 'now_prorated' } }
    const made = await as.post('/v1/billing/previews', { change }, once())
    expect(made.totals.documents).toMatchObject([
      { kind: 'invoice', count: 1, total: { text: 'KES 5,000' } },
      { kind: 'credit_note', count: 1, total: { text: 'KES 2,500' } },
    ])
    expect(made.totals.settled).toMatchObject([{ text: 'KES 2,500' }])
    await as.post(`/v1/billing/previews/${made.id}/apply`, undefined, once())
    expect((await as.get('/v1/invoices')).items.map(({ total }: Json) => total.text).sort()).toEqual(['KES 2,500', 'KES 5,000'])
    const pause = { kind: 'pause', subscription: subscription.id, pause: { reason: 'vacation' } }
    const paused = await as.post('/v1/billing/previews', { change: pause }, once())
    expect(paused.parts.items[0].effects.map(({ effect }: Json) => effect)).toEqual(expect.arrayContaining(['access_moved', 'row_written']))
  })

  it('of a change are read, applied, and refused when something else changed it first', async () => {
    const change = { kind: 'cancel', subscription: subscription.id, cancellation: { on: today() } }
    const first = await as.post('/v1/billing/previews', { change }, once())
    const second = await as.post('/v1/billing/previews', { change: { ...change } }, once())
    expect(first).toMatchObject({ subscriber: subscriber.id, change, days: [], fingerprint: second.fingerprint })
    expect(first.parts.items[0].effects.map(({ text }: Json) => text)).toEqual(
      expect.arrayContaining([expect.stringContaining(`ends ${today()}`), expect.stringContaining('active → closed (cancelled)')]),
    )
    expect(await as.get(`/v1/subscriptions/${subscription.id}`)).toMatchObject({ status: 'active' })
    await as.post(`/v1/billing/previews/${first.id}/apply`, undefined, once())
    expect(await as.get(`/v1/subscriptions/${subscription.id}`)).toMatchObject({ status: 'cancelled', cancelledOn: today() })
    expect(await api.call('POST', `/v1/billing/previews/${second.id}/apply`, key, undefined, once())).toMatchObject({
      status: 409,
      body: { code: 'already_cancelled' },
    })
  })

  it('of a sale, a price and a policy are taken as their routes take them', async () => {
    const sale = await as.post(
      '/v1/billing/previews',
      { change: { kind: 'new_subscription', subscription: { subscriber: subscriber.id, plan: plan.id } } },
      once(),
    )
    expect(sale.parts.items[0].effects.map(({ effect }: Json) => effect)).toContain('subscription_changed')
    const { effectiveFrom: _, ...price } = planBody('x').price
    const priced = await as.post('/v1/billing/previews', { change: { kind: 'new_price', plan: plan.id, price } }, once())
    expect(priced.parts.items[0].effects).toMatchObject([
      { effect: 'row_written', facts: { table: 'prices', row: { version: '2', amount_minor: '250000' } } },
    ])
    await as.post(`/v1/billing/previews/${priced.id}/apply`, undefined, once())
    expect((await as.get(`/v1/plans/${plan.id}`)).prices).toHaveLength(2)
    const policy = await as.post(
      '/v1/billing/previews',
      { change: { kind: 'policy', policy: { invoiceLeadDays: 3, messageCost: { perPartMinor: '80' } } } },
      once(),
    )
    await as.post(`/v1/billing/previews/${policy.id}/apply`, undefined, once())
    expect((await as.get('/v1/organisation')).policy).toMatchObject({ invoiceLeadDays: 3, messageCost: { perPartMinor: '80' } })
  })

  it('need the permission of the change, and say which field of it is wrong', async () => {
    const money = await as.post('/v1/api-keys', { name: 'till', permissions: ['money', 'read'] })
    const change = { kind: 'policy', policy: { invoiceLeadDays: 1 } }
    expect(await api.call('POST', '/v1/billing/previews', money.key, { change }, once())).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    })
    const made = await as.post('/v1/billing/previews', { change }, once())
    expect(await api.call('POST', `/v1/billing/previews/${made.id}/apply`, money.key, undefined, once())).toMatchObject({ status: 403 })
    const wrong = await api.call('POST', '/v1/billing/previews', key, { change: { ...change, policy: { invoiceLeadDays: -1 } } }, once())
    expect(wrong).toMatchObject({ status: 400, body: { errors: [{ field: 'change.policy.invoiceLeadDays', rule: 'too_small' }] } })
    expect(await api.call('POST', '/v1/billing/previews', key, { date: '2999-01-01' }, once())).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'date' }] },
    })
  })
})
