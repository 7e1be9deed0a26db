import { afterAll, beforeAll, expect, test } from 'vitest'
import { asKey, planBody, startApi, type TestApi } from './api-under-test.ts'

let api: TestApi
let org: Awaited<ReturnType<TestApi['createOrganisation']>>
let as: ReturnType<typeof asKey>
beforeAll(async () => {
  api = await startApi()
  org = await api.createOrganisation('kodi')
  as = asKey(api, org.key)
})
afterAll(() => api.stop())

test('an organisation chooses its taxes, and forgets what it held otherwise', async () => {
  expect((await as.get('/v1/organisation')).policy).toMatchObject({ taxPack: 'none', taxPin: null, taxSettings: null })
  const taxSettings = {
    rates: [{ code: 'excise', rateBp: 2000, from: '2099-07-01' }],
    classes: { installation: ['excise', 'vat'] },
  }
  const policy = { taxPack: 'KE', taxPin: 'P051234567X', taxSettings }
  expect((await as.patch('/v1/organisation', { policy })).policy).toMatchObject({ ...policy, invoiceLeadDays: 7 })
  expect((await as.patch('/v1/organisation', { policy: { payTo: 'Paybill 1' } })).policy).toMatchObject({ ...policy, payTo: 'Paybill 1' })
  const forgotten = await as.patch('/v1/organisation', { policy: { taxPin: null, taxSettings: null } })
  expect(forgotten.policy).toMatchObject({ taxPack: 'KE', taxPin: null, taxSettings: null })
})

test('what is no tax of the pack is refused', async () => {
  const patch = (policy: object) => api.call('PATCH', '/v1/organisation', org.key, { policy })
  expect(await patch({ taxPack: 'XX' })).toMatchObject({ status: 400, body: { code: 'invalid_input' } })
  expect(await patch({ taxSettings: { rates: [{ code: 'levy', rateBp: 100, from: '2026-01-01' }] } })).toMatchObject({
    status: 400,
    body: { code: 'unknown_tax' },
  })
  expect(await patch({ taxSettings: { rates: [{ code: 'vat', rateBp: -1, from: '2026-01-01' }] } })).toMatchObject({ status: 400 })
  expect(await patch({ taxSettings: { classes: { hats: ['vat'] } } })).toMatchObject({ status: 400 })
})

test('a price includes the taxes of internet unless it says otherwise', async () => {
  expect((await as.post('/v1/plans', planBody('HOME'))).prices[0]).toMatchObject({ taxClass: 'internet', pricing: 'inclusive' })
  const { price, ...plan } = planBody('ROUTER')
  const made = await as.post('/v1/plans', { ...plan, price: { ...price, taxClass: 'equipment', pricing: 'exclusive' } })
  expect(made.prices[0]).toMatchObject({ taxClass: 'equipment', pricing: 'exclusive' })
  for (const wrong of [{ taxClass: 'hats' }, { pricing: 'maybe' }])
    expect((await api.call('POST', `/v1/plans/${made.id}/prices`, org.key, { ...price, ...wrong })).status).toBe(400)
})

test('an invoice shows each line with its taxes, and their sums', async () => {
  const { price, ...plan } = planBody('FIRM')
  const firm = await as.post('/v1/plans', { ...plan, price: { ...price, pricing: 'exclusive' } })
  const subscriber = await as.post('/v1/subscribers', { branch: org.branch, name: 'Achieng' })
  await as.post('/v1/subscriptions', { subscriber: subscriber.id, plan: firm.id, startsOn: '2026-06-01' })
  expect(await as.post('/v1/billing/run', { date: '2026-06-01', dryRun: true })).toMatchObject({
    invoicesIssued: 1,
    subscriptionsParked: 0,
  })
  expect(await as.post('/v1/billing/run', { date: '2026-06-01' })).toMatchObject({ invoicesIssued: 1 })
  const [{ id }] = (await as.get(`/v1/invoices?subscriber=${subscriber.id}`)).items
  const invoice = await as.get(`/v1/invoices/${id}`)
  const kes = (amountMinor: string, text: string) => ({ amountMinor, currency: 'KES', text })
  const taxes = [
    { code: 'excise', title: 'excise', rateBp: 1500, base: kes('250000', 'KES 2,500'), amount: kes('37500', 'KES 375'), certificate: null },
    { code: 'vat', title: 'VAT', rateBp: 1600, base: kes('287500', 'KES 2,875'), amount: kes('46000', 'KES 460'), certificate: null },
  ]
  expect(invoice).toMatchObject({ net: { text: 'KES 2,500' }, total: { text: 'KES 3,335' }, open: { text: 'KES 3,335' } })
  expect(invoice.taxes).toEqual(taxes)
  expect(invoice.lines).toEqual([
    expect.objectContaining({
      taxClass: 'internet',
      pricing: 'exclusive',
      net: kes('250000', 'KES 2,500'),
      taxes,
      total: kes('333500', 'KES 3,335'),
      arithmetic: '2500.00 excl.: excise 15 % 375.00, VAT 16 % 460.00, total 3335.00',
    }),
  ])
  const accounts = (await as.get('/v1/ledger/accounts?kind=tax_payable')).items
  expect(accounts.map((one: { owner: string; balance: { text: string } }) => [one.owner, one.balance.text]).sort()).toEqual([
    ['excise', 'KES 375'],
    ['vat', 'KES 460'],
  ])
})
