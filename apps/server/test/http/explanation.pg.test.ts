import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asKey, planBody, startApi, type TestApi } from './api-under-test.ts'

let api: TestApi
let org: Awaited<ReturnType<TestApi['createOrganisation']>>
let as: ReturnType<typeof asKey>
let id: string
beforeAll(async () => {
  api = await startApi()
  org = await api.createOrganisation('maelezo')
  as = asKey(api, org.key)
  await as.patch('/v1/organisation', { policy: { taxPack: 'KE' } })
  const plan = await as.post('/v1/plans', planBody('HOME'))
  const subscriber = await as.post('/v1/subscribers', { branch: org.branch, name: 'Achieng' })
  await as.post('/v1/subscriptions', { subscriber: subscriber.id, plan: plan.id, startsOn: '2026-06-12', anchorDay: 1 })
  await as.post('/v1/billing/run', { date: '2026-06-12' })
  ;[{ id }] = (await as.get('/v1/invoices')).items
  const amount = { amountMinor: '100000', currency: 'KES' }
  const payment = { branch: org.branch, subscriber: subscriber.id, amount, reference: 'SLIP-1' }
  await as.post('/v1/payments', payment, { 'idempotency-key': randomUUID() })
})
afterAll(() => api.stop())

const kes = (amountMinor: string, text: string) => ({ amountMinor, currency: 'KES', text })
const taxes = [
  {
    code: 'excise',
    title: 'excise',
    rateBp: 1500,
    base: kes('118690', 'KES 1,186.90'),
    amount: kes('17804', 'KES 178.04'),
    certificate: null,
  },
  { code: 'vat', title: 'VAT', rateBp: 1600, base: kes('136494', 'KES 1,364.94'), amount: kes('21839', 'KES 218.39'), certificate: null },
]
const figures = { net: kes('118690', 'KES 1,186.90'), taxes, total: kes('158333', 'KES 1,583.33') }

test('an invoice tells where each figure comes from, and where its money came from', async () => {
  const explanation = await as.get(`/v1/invoices/${id}/explanation`)
  expect(explanation).toMatchObject({
    invoice: { id, number: 'NRB-000001', total: figures.total, paid: kes('100000', 'KES 1,000') },
    timeZone: 'Africa/Nairobi',
    agrees: true,
    differences: [],
    recomputedTotal: figures.total,
    allocations: [{ invoice: id, receipt: 'SLIP-1', amount: kes('100000', 'KES 1,000') }],
  })
  expect(explanation.lines).toEqual([
    {
      position: 1,
      validFrom: null,
      validUntil: null,
      description: 'Internet, 12 Jun 2026 to 30 Jun 2026',
      source: {
        plan: expect.stringMatching(/^pln_/),
        planCode: 'HOME',
        planName: 'Home 10',
        price: expect.stringMatching(/^prc_/),
        priceVersion: 1,
        priceEffectiveFrom: '2020-01-01',
        amount: kes('250000', 'KES 2,500'),
        every: '1 month',
        subscription: expect.stringMatching(/^scn_/),
        terms: 1,
        countedFrom: '2026-06-12',
        anchorDay: 1,
        cancelledOn: null,
      },
      periodStart: '2026-06-12',
      periodEnd: '2026-07-01',
      dueOn: '2026-06-12',
      part: null,
      tariff: null,
      usage: null,
      discounts: [],
      rule: 'The rest of a period, from the start or from where new terms or service began: price × days ÷ days of the whole period',
      arithmetic: '2500.00 × 19 ÷ 30 = 1583.33 incl.: VAT 16 % 218.39, excise 15 % 178.04, net 1186.90',
      taxClass: 'internet',
      pricing: 'inclusive',
      taxPoint: expect.stringMatching(/^2026-06-/),
      ...figures,
      recomputed: { periodStart: '2026-06-12', periodEnd: '2026-07-01', ...figures, steps: expect.any(Array) },
    },
  ])
  expect(explanation.lines[0].recomputed.steps).toHaveLength(6)
})

test('one that was changed behind the back of the database says what differs', async () => {
  await api.owner.begin(async (sql) => {
    await sql`set local session_replication_role = replica`
    await sql`update invoice_lines set net_minor = net_minor + 1`
  })
  const explanation = await as.get(`/v1/invoices/${id}/explanation`)
  expect(explanation).toMatchObject({ agrees: false })
  expect(explanation.differences).toEqual([{ line: 1, field: 'net', issued: '1186.91 KES', recomputed: '1186.90 KES' }])
})

test('the invoice of another organisation is not found', async () => {
  const other = await api.createOrganisation('jirani')
  expect(await api.call('GET', `/v1/invoices/${id}/explanation`, other.key)).toMatchObject({ status: 404, body: { code: 'not_found' } })
})
