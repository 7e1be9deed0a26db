// Walks the route table: what holds for one route holds for all of them, also for those that are not written yet.
import { randomUUID } from 'node:crypto'
import { showId } from '@nyuzi/core'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/http/app.ts'
import type { Endpoint } from '../../src/http/endpoint.ts'
import { routeTable } from '../../src/http/route-table.ts'
import { asKey, payboxBody, planBody, routerBody, startApi, type TestApi } from './api-under-test.ts'

const table = routeTable({ store: {}, clock: {} } as never)
const title = ({ method, path }: Endpoint): string => `${method.toUpperCase()} ${path}`
const withIds = table.filter(({ params }) => Object.keys(params).length > 0)
const ofOrganisations = table.filter(({ permission }) => permission !== 'operator')

let api: TestApi
/** Two organisations with a row of every noun, and a key that may do everything in each. */
let ours: World
let theirs: World
beforeAll(async () => {
  api = await startApi()
  ours = await populate('ours')
  theirs = await populate('theirs')
})
afterAll(() => api.stop())

/** Three days from now, as text. */
const soon = (): string => new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10)

type World = { key: string; ids: Record<string, string>; body(route: string): object | undefined }

async function populate(slug: string): Promise<World> {
  const org = await api.createOrganisation(slug)
  const as = asKey(api, org.key)
  const once = () => ({ 'idempotency-key': randomUUID() })
  const plan = await as.post('/v1/plans', planBody('HOME'))
  const subscriber = await as.post('/v1/subscribers', { branch: org.branch, name: 'A', phone: '0700111222' })
  const subscription = await as.post('/v1/subscriptions', { subscriber: subscriber.id, plan: plan.id, startsOn: '2026-01-01' })
  const installation = await as.post('/v1/installations', routerBody)
  const paybill = await as.post('/v1/installations', payboxBody)
  const service = await as.post('/v1/services', {
    subscription: subscription.id,
    installation: installation.id,
    kind: 'pppoe',
    username: 'a',
    password: 'b',
  })
  await as.post('/v1/billing/run', { date: '2026-01-01' })
  const [invoice] = (await as.get('/v1/invoices')).items
  const intent = await as.post('/v1/payment-intents', { subscriber: subscriber.id }, once())
  const amount = { amountMinor: '100', currency: 'KES' }
  const payment = await as.post('/v1/payments', { branch: org.branch, subscriber: subscriber.id, amount, reference: 'R1' }, once())
  const extension = await as.post(`/v1/subscribers/${subscriber.id}/extensions`, { until: soon(), reason: 'salary' })
  const instalmentPlan = await as.post(`/v1/subscribers/${subscriber.id}/instalment-plans`, { instalments: [{ dueOn: soon() }] })
  const credit = await as.post('/v1/credit-notes', { invoice: invoice.id, reason: 'x', lines: [{ position: 1, net: amount }] }, once())
  const other = await as.post('/v1/subscribers', { branch: org.branch, name: 'B' })
  const value = { kind: 'percentage', rateBp: 1000 }
  const coupon = await as.post('/v1/coupons', { code: 'C1', title: 'c', value })
  const promotion = await as.post('/v1/promotions', { code: 'P1', title: 'p', value, plans: [plan.id] })
  const bundleBody = { title: 'd', unit: 'MB', units: '1', validDays: 1, amount }
  const dataBundle = await as.post('/v1/data-bundles', { code: 'D1', ...bundleBody })
  await as.patch('/v1/organisation', { policy: { taxPack: 'KE' } })
  const charge = await as.post('/v1/charges', { subscriber: other.id, description: 'x', amount }, once())
  const certificate = { certificate: 'E1', taxes: ['vat'], from: '2026-01-01' }
  const exemption = await as.post(`/v1/subscribers/${other.id}/tax-exemptions`, certificate)
  const apiKey = await as.post('/v1/api-keys', { name: 'spare', permissions: ['read'] })
  await api.parts.store.inOrganisation(org.organisationId, (tx) =>
    tx.tasks.open({ kind: 'k', subjectNoun: 'payment', subjectId: 'x', title: 't', at: new Date() }),
  )
  const [task] = (await as.get('/v1/tasks')).items
  const billingPreview = await as.post('/v1/billing/previews', { subscriber: subscriber.id }, once())
  const dunningPolicy = await as.post('/v1/dunning-policies', { plan: plan.id, steps: [] })
  await api.owner`insert into cut_off_batches (organisation_id, opened_on, refreshed_on, created_at) values (${org.organisationId}, '2026-01-01', '2026-01-01', now())`
  await api.owner`insert into fiscal_counters (organisation_id, counter, next_attempt_at) values (${org.organisationId}, 'test', now())`
  const [fiscal] = await api.owner`
    insert into fiscal_documents (organisation_id, installation_id, counter, invoice_id, document_number, issued_at)
    select organisation_id, uuidv7(), 'test', id, number, now() from invoices where organisation_id = ${org.organisationId} limit 1 returning id`
  const [cutOffBatch] = (await as.get('/v1/cut-off-batches')).items
  const { effectiveFrom: _, ...price } = planBody('x').price
  const bodies: Record<string, object> = {
    'PATCH /v1/organisation': { name: 'New' },
    'PATCH /v1/chart-of-accounts': { codes: [{ kind: 'revenue', code: '4000' }] },
    'PATCH /v1/organisation/branding': { footer: 'x' },
    'POST /v1/fiscal-documents/{document}/resolve': { outcome: 'taken', reason: 'x' },
    'POST /v1/branches': { code: 'X1', name: 'x' },
    'POST /v1/api-keys': { name: 'x', permissions: ['read'] },
    'POST /v1/plans': planBody('X1'),
    'POST /v1/plans/{plan}/prices': price,
    'POST /v1/dunning-policies': { branch: org.branch, steps: [] },
    'PATCH /v1/dunning-policies/{dunningPolicy}': { steps: [] },
    'POST /v1/cut-off-batches/{cutOffBatch}/take-out': { services: [service.id], reason: 'x' },
    'POST /v1/cut-off-batches/{cutOffBatch}/reject': { reason: 'x' },
    'POST /v1/subscribers': { branch: org.branch, name: 'x' },
    'PATCH /v1/subscribers/{subscriber}': { name: 'x' },
    'POST /v1/subscriptions': { subscriber: subscriber.id, plan: plan.id },
    'POST /v1/subscriptions/{subscription}/change-plan': { price: plan.prices[0].id, when: 'at_period_end' },
    'POST /v1/subscriptions/{subscription}/pause': { reason: 'x' },
    'POST /v1/subscriptions/{subscription}/cancel': { on: '2026-03-01' },
    'POST /v1/coupons': { code: 'C2', title: 'c', value },
    'POST /v1/promotions': { code: 'P2', title: 'p', value, plans: [plan.id] },
    'POST /v1/promotions/{promotion}/end': {},
    'POST /v1/subscriptions/{subscription}/coupons': { code: 'c1' },
    'POST /v1/subscribers/{subscriber}/referral': { code: 'nobody' },
    'POST /v1/data-bundles': { code: 'D2', ...bundleBody },
    'POST /v1/subscriptions/{subscription}/data-bundles': { dataBundle: dataBundle.id },
    'POST /v1/usage-records': {
      source: 'radius',
      records: [{ key: 'r1', subscription: subscription.id, unit: 'MB', quantity: '1', at: '2026-01-02T00:00:00Z' }],
    },
    'POST /v1/subscriptions/{subscription}/allowances': { title: 'a', unit: 'MB', units: '1', validUntil: '2999-01-01T00:00:00Z' },
    'POST /v1/services': { subscription: subscription.id, installation: installation.id, kind: 'pppoe', username: 'c', password: 'd' },
    'POST /v1/services/{service}/hold': { hold: 'held', reason: 'x' },
    'POST /v1/installations': { ...payboxBody, name: 'x' },
    'PATCH /v1/installations/{installation}': { name: 'y' },
    'POST /v1/installations/{installation}/pause': { reason: 'x' },
    'POST /v1/billing/run': { dryRun: true },
    'POST /v1/billing/previews': { subscriber: subscriber.id },
    'POST /v1/payments': { branch: org.branch, subscriber: subscriber.id, amount, reference: 'R2' },
    'POST /v1/payment-intents': { subscriber: subscriber.id, amount },
    'POST /v1/subscribers/{subscriber}/parent': { parent: null },
    'POST /v1/subscribers/{subscriber}/extensions': { until: soon(), reason: 'x' },
    'POST /v1/extensions/{extension}/approve': { note: 'x' },
    'POST /v1/extensions/{extension}/refuse': { note: 'x' },
    'POST /v1/extensions/{extension}/withdraw': { note: 'x' },
    'POST /v1/subscribers/{subscriber}/tax-exemptions': certificate,
    'POST /v1/tax-exemptions/{exemption}/end': {},
    'POST /v1/subscribers/{subscriber}/instalment-plans': { instalments: [{ dueOn: soon() }] },
    'POST /v1/instalment-plans/{plan}/withdraw': { reason: 'x' },
    'POST /v1/subscribers/{subscriber}/overdraft': { amount, reason: 'x' },
    'POST /v1/suspense/{payment}/resolve': { subscriber: subscriber.id },
    'POST /v1/credits': { kind: 'goodwill', subscriber: subscriber.id, amount, reason: 'x' },
    'POST /v1/credit-notes': { invoice: invoice.id, reason: 'x' },
    'POST /v1/credit-transfers': { from: subscriber.id, to: other.id, amount, reason: 'x' },
    'POST /v1/credit-refunds': { subscriber: subscriber.id, branch: org.branch, amount, reason: 'x' },
    'POST /v1/debit-notes': {
      subscriber: subscriber.id,
      reason: 'x',
      lines: [{ description: 'x', category: 'late_fee', taxClass: 'exempt', amount }],
    },
    'POST /v1/charges/{charge}/withdraw': { reason: 'x' },
    'POST /v1/charges': { subscriber: subscriber.id, description: 'x', amount },
    'POST /v1/deposits': { subscriber: subscriber.id, amount, description: 'x' },
    'POST /v1/deposit-releases': { subscriber: subscriber.id, amount, reason: 'x' },
    'POST /v1/invoices/{invoice}/void': { reason: 'x' },
    'POST /v1/invoices/{invoice}/write-off': { reason: 'x' },
    'POST /v1/invoices/{invoice}/recover': { reason: 'x' },
    'POST /v1/invoices/{invoice}/withholding-certificates': { certificate: 'W1', amount },
  }
  return {
    key: org.key,
    ids: {
      apiKey: apiKey.id,
      plan: plan.id,
      subscriber: subscriber.id,
      subscription: subscription.id,
      service: service.id,
      installation: paybill.id,
      invoice: invoice.id,
      payment: payment.id,
      credit: credit.id,
      intent: intent.id,
      task: task.id,
      dunningPolicy: dunningPolicy.id,
      charge: charge.id,
      exemption: exemption.id,
      extension: extension.id,
      instalmentPlan: instalmentPlan.id,
      cutOffBatch: cutOffBatch.id,
      billingPreview: billingPreview.id,
      coupon: coupon.id,
      promotion: promotion.id,
      dataBundle: dataBundle.id,
      fiscalDocument: showId('fiscalDocument', fiscal?.['id']),
    },
    body: (route) => bodies[route],
  }
}

const addressIn = (endpoint: Endpoint, ids: Record<string, string>): string =>
  endpoint.path.replace(/\{(\w+)\}/g, (_, name: string) => ids[endpoint.params[name] as string] ?? `no-${name}`)

function ask(endpoint: Endpoint, ids: Record<string, string>, key: string | undefined, body = ours.body(title(endpoint))) {
  const headers = endpoint.idempotent ? { 'idempotency-key': randomUUID() } : {}
  return api.call(endpoint.method.toUpperCase(), addressIn(endpoint, ids), key, endpoint.bodySchema ? body : undefined, headers)
}

describe.each(ofOrganisations.map((endpoint) => [title(endpoint), endpoint] as const))('%s', (_title, endpoint) => {
  test('is closed without a key, and with a wrong one', async () => {
    const none = await ask(endpoint, ours.ids, undefined)
    expect(none).toMatchObject({ status: 401, body: { code: 'unauthenticated', status: 401 } })
    expect(none.headers.get('www-authenticate')).toBe('Bearer')
    expect((await ask(endpoint, ours.ids, 'nyz_00000000000000000000000000000000')).status).toBe(401)
  })

  test('is refused to a key that has every other permission', async () => {
    const others = ['read', 'write', 'money', 'admin'].filter((permission) => permission !== endpoint.permission)
    const key = await asKey(api, ours.key).post('/v1/api-keys', { name: 'others', permissions: others })
    expect(await ask(endpoint, ours.ids, key.key)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  })

  test('refuses a query field that it does not know', async () => {
    const answer = await api.call(
      endpoint.method.toUpperCase(),
      `${addressIn(endpoint, ours.ids)}?colour=red`,
      ours.key,
      endpoint.bodySchema ? ours.body(title(endpoint)) : undefined,
      {
        'idempotency-key': randomUUID(),
      },
    )
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_input', errors: [{ field: 'colour', rule: 'unknown_field' }] } })
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/)
  })

  test('says nothing that may be kept, framed or sniffed, and carries a request id', async () => {
    const { headers } = await ask(endpoint, ours.ids, undefined)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })
})

describe.each(ofOrganisations.filter(({ bodySchema }) => bodySchema).map((endpoint) => [title(endpoint), endpoint] as const))(
  '%s',
  (_title, endpoint) => {
    test('refuses a body field that it does not know', async () => {
      const body = ours.body(title(endpoint))
      expect(body, 'every route with a body has an example here').toBeDefined()
      const answer = await ask(endpoint, ours.ids, ours.key, { ...body, organisationId: 'x' } as object)
      expect(answer).toMatchObject({
        status: 400,
        body: { errors: expect.arrayContaining([expect.objectContaining({ field: 'organisationId', rule: 'unknown_field' })]) },
      })
    })
  },
)

describe.each(withIds.map((endpoint) => [title(endpoint), endpoint] as const))('%s', (_title, endpoint) => {
  test("does not find what is another organisation's, what does not exist, or what is no id", async () => {
    for (const name of Object.values(endpoint.params)) expect(theirs.ids[name], `this test needs a ${name}`).toBeDefined()
    const before = await fingerprint()
    expect(await ask(endpoint, theirs.ids, ours.key)).toMatchObject({ status: 404, body: { code: 'not_found' } })
    expect(await fingerprint()).toBe(before)
    const absent = Object.fromEntries(
      Object.values(endpoint.params).map((noun) => [noun, showId(noun, '019a6f0e-7c3b-7d10-9a52-3f1c5b8e2d47')]),
    )
    expect((await ask(endpoint, absent, ours.key)).status).toBe(404)
    for (const wrong of ['1', "'%20or%201=1", ours.ids['plan']?.replace('pln', 'xxx') ?? '']) {
      const all = Object.fromEntries(Object.values(endpoint.params).map((noun) => [noun, wrong]))
      expect((await ask(endpoint, all, ours.key)).status).toBe(404)
    }
  })
})

const bodyIds: readonly (readonly [route: string, field: string, noun: string])[] = [
  ['POST /v1/subscribers', 'branch', 'branch'],
  ['POST /v1/dunning-policies', 'branch', 'branch'],
  ['POST /v1/subscriptions', 'subscriber', 'subscriber'],
  ['POST /v1/subscriptions', 'plan', 'plan'],
  ['POST /v1/services', 'subscription', 'subscription'],
  ['POST /v1/services', 'installation', 'installation'],
  ['POST /v1/billing/previews', 'subscriber', 'subscriber'],
  ['POST /v1/payments', 'branch', 'branch'],
  ['POST /v1/payments', 'subscriber', 'subscriber'],
  ['POST /v1/payment-intents', 'subscriber', 'subscriber'],
  ['POST /v1/credits', 'subscriber', 'subscriber'],
  ['POST /v1/credit-notes', 'invoice', 'invoice'],
  ['POST /v1/credit-transfers', 'from', 'subscriber'],
  ['POST /v1/credit-transfers', 'to', 'subscriber'],
  ['POST /v1/credit-refunds', 'subscriber', 'subscriber'],
  ['POST /v1/credit-refunds', 'branch', 'branch'],
  ['POST /v1/debit-notes', 'subscriber', 'subscriber'],
  ['POST /v1/deposits', 'subscriber', 'subscriber'],
  ['POST /v1/deposit-releases', 'subscriber', 'subscriber'],
]

test.each(bodyIds)("%s does not find another organisation's %s", async (route, field) => {
  const endpoint = table.find((one) => title(one) === route) as Endpoint
  const foreign = (theirs.body(route) as Record<string, string>)[field] as string
  const before = await fingerprint()
  const answer = await ask(endpoint, ours.ids, ours.key, { ...ours.body(route), [field]: foreign } as object)
  expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } })
  expect(await fingerprint()).toBe(before)
})

test('every GET of our own answers, and shows nothing of theirs', async () => {
  for (const endpoint of ofOrganisations.filter(({ method }) => method === 'get')) {
    const answer = await ask(endpoint, ours.ids, ours.key)
    expect(answer.status, `${title(endpoint)}: ${answer.text}`).toBe(200)
    for (const id of Object.values(theirs.ids)) expect(answer.text, title(endpoint)).not.toContain(id)
  }
})

test('the route for the operator is closed to everyone else', async () => {
  const [endpoint] = table.filter(({ permission }) => permission === 'operator')
  expect(endpoint?.path).toBe('/v1/organisations')
  expect((await api.call('POST', '/v1/organisations', undefined, {})).status).toBe(401)
  expect((await api.call('POST', '/v1/organisations', ours.key, {})).status).toBe(403)
})

test('a route without a permission keeps the server from starting', () => {
  const [first] = routeTable(api.parts) as [Endpoint]
  const options = {
    parts: api.parts,
    operations: { readiness: async () => ({ ready: true, checks: {} }), metrics: async () => ({ contentType: '', body: '' }) },
    peerAddress: () => undefined,
  }
  expect(() => createApp({ ...options, endpoints: [{ ...first, permission: undefined as never }] })).toThrow('declares no permission')
  expect(() => createApp({ ...options, extraRoutes: (app) => app.get('/v1/open', (c) => c.text('x')) })).toThrow(
    'GET /v1/open is not in the route table',
  )
  expect(() =>
    createApp({
      ...options,
      extraRoutes: (app) =>
        app.route(
          '/callbacks',
          new Hono().post('/x', (c) => c.text('x')),
        ),
    }),
  ).not.toThrow()
})

/** Everything both organisations have, as one text. */
async function fingerprint(): Promise<string> {
  const tables = [
    'organisations',
    'api_keys',
    'installations',
    'prices',
    'subscribers',
    'subscriptions',
    'services',
    'access_states',
    'payments',
    'payment_intents',
    'tasks',
    'dunning_policies',
    'cut_off_batches',
    'billing_preview_parts',
    'audit_records',
    'invoices',
    'credits',
  ]
  const sums = await Promise.all(
    tables.map((name) => api.owner.unsafe(`select coalesce(md5(string_agg(t::text, ',' order by t::text)), '') as sum from ${name} t`)),
  )
  return sums.map(([row]) => row?.['sum']).join()
}
