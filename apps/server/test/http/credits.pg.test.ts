import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asKey, planBody, startApi, type TestApi } from './api-under-test.ts'

let api: TestApi
let org: Awaited<ReturnType<TestApi['createOrganisation']>>
let as: ReturnType<typeof asKey>
let subscriber: string
let invoice: string
beforeAll(async () => {
  api = await startApi()
  org = await api.createOrganisation('mikopo')
  as = asKey(api, org.key)
  await as.patch('/v1/organisation', { policy: { taxPack: 'KE' } })
  const plan = await as.post('/v1/plans', planBody('HOME'))
  subscriber = (await as.post('/v1/subscribers', { branch: org.branch, name: 'Achieng' })).id
  await as.post('/v1/subscriptions', { subscriber, plan: plan.id, startsOn: '2026-06-01' })
  await as.post('/v1/billing/run', { date: '2026-06-01' })
  invoice = (await as.get(`/v1/invoices?subscriber=${subscriber}`)).items.at(-1).id
})
afterAll(() => api.stop())

const kes = (amountMinor: string) => ({ amountMinor, currency: 'KES' })
const money = (path: string, body: object, key: string = randomUUID()) => api.call('POST', path, org.key, body, { 'idempotency-key': key })

test('a credit note gives back the days of a line with their taxes, and stands on the invoice and the timeline', async () => {
  const body = { invoice, reason: 'The line was down', lines: [{ position: 1, days: { start: '2026-06-11', end: '2026-06-21' } }] }
  const key = randomUUID()
  const made = await money('/v1/credit-notes', body, key)
  expect(made).toMatchObject({
    status: 201,
    body: {
      kind: 'credit_note',
      number: expect.stringMatching(/-CN-000001$/),
      reason: 'The line was down',
      free: { amountMinor: '0' },
      lines: [{ invoice, invoiceLine: 1, start: '2026-06-11', end: '2026-06-21', arithmetic: expect.stringContaining('× 10 ÷ 30') }],
      allocations: [{ invoice, payment: null, creditNumber: expect.stringMatching(/-CN-000001$/) }],
    },
  })
  expect((await money('/v1/credit-notes', body, key)).text).toBe(made.text)
  const { id, total, taxes } = made.body
  expect(taxes.map(({ code }: { code: string }) => code)).toEqual(['excise', 'vat'])
  expect(await as.get(`/v1/credit-notes/${id}`)).toEqual(made.body)
  expect((await as.get(`/v1/credit-notes?subscriber=${subscriber}`)).items).toMatchObject([{ id }])
  expect(await as.get(`/v1/invoices/${invoice}`)).toMatchObject({
    paid: total,
    allocations: [{ credit: id, payment: null, receipt: null }],
  })
  expect((await as.get(`/v1/subscribers/${subscriber}/timeline`)).items).toContainEqual(
    expect.objectContaining({ kind: 'credit_issued', title: expect.stringMatching(/^Credit note .* of KES/), detail: 'The line was down' }),
  )
  expect(await money('/v1/credit-notes', body)).toMatchObject({ status: 409, body: { code: 'days_not_charged' } })
  const wrong = { ...body, lines: [{ position: 1, days: { start: '2026-06-21', end: '2026-06-11' } }] }
  expect(await money('/v1/credit-notes', wrong)).toMatchObject({ status: 400, body: { code: 'invalid_input' } })
})

test('a debit note is a claim with its own number, and goodwill settles it', async () => {
  const lines = [{ description: 'Broken router', category: 'damage', taxClass: 'equipment', pricing: 'exclusive', amount: kes('100000') }]
  const stranger = (await as.post('/v1/subscribers', { branch: org.branch, name: 'Otieno' })).id
  const { body: note } = await money('/v1/debit-notes', { subscriber: stranger, reason: 'Broken', lines })
  expect(note).toMatchObject({ kind: 'debit_note', number: expect.stringMatching(/-DN-000001$/), total: { amountMinor: '116000' } })
  expect(note.lines).toMatchObject([{ subscription: null, price: null, periodStart: null, net: { amountMinor: '100000' } }])
  expect((await as.get('/v1/debit-notes')).items).toMatchObject([{ id: note.id }])
  expect((await as.get(`/v1/invoices?kind=debit_note`)).items).toHaveLength(1)
  const grant = { kind: 'goodwill', subscriber: stranger, amount: kes('120000'), reason: 'A good customer' }
  expect((await money('/v1/credits', grant)).body).toMatchObject({ free: { amountMinor: '4000' }, lines: [] })
  expect(await as.get(`/v1/subscribers/${stranger}`)).toMatchObject({ owed: { amountMinor: '0' }, credit: { amountMinor: '4000' } })
  const transfer = { from: stranger, to: subscriber, amount: kes('4000'), reason: 'Same household' }
  expect(await money('/v1/credit-transfers', transfer)).toMatchObject({
    status: 201,
    body: { kind: 'transfer_in', free: { amountMinor: '0' } },
  })
  expect(await money('/v1/credit-refunds', { subscriber: stranger, branch: org.branch, amount: kes('1'), reason: 'x' })).toMatchObject({
    status: 409,
    body: { code: 'not_enough_credit' },
  })
})

test('a deposit is held, released and refunded', async () => {
  const holder = (await as.post('/v1/subscribers', { branch: org.branch, name: 'Wanjiru' })).id
  const { body: deposit } = await money('/v1/deposits', { subscriber: holder, amount: kes('300000'), description: 'Router' })
  expect(deposit).toMatchObject({ kind: 'deposit', status: 'open', taxes: [] })
  await money('/v1/payments', { branch: org.branch, subscriber: holder, amount: kes('300000'), reference: 'D1' })
  expect((await as.get('/v1/deposits')).items).toMatchObject([{ id: deposit.id, status: 'paid' }])
  const release = { subscriber: holder, amount: kes('300000'), reason: 'Router came back' }
  expect((await money('/v1/deposit-releases', release)).body).toMatchObject({ kind: 'deposit_release', free: { amountMinor: '300000' } })
  const { body: refund } = await money('/v1/credit-refunds', { ...release, branch: org.branch })
  expect(refund).toMatchObject({ kind: 'refund', status: 'paid' })
})

test('an invoice is settled by a certificate, written off, recovered, and cannot be void by then', async () => {
  const certificate = { certificate: 'WHT-9', amount: kes('2000') }
  expect((await money(`/v1/invoices/${invoice}/withholding-certificates`, certificate)).body).toMatchObject({
    source: 'withholding',
    receipt: 'WHT-9',
    allocations: [{ invoice }],
  })
  expect(await money(`/v1/invoices/${invoice}/void`, { reason: 'x' })).toMatchObject({ status: 409, body: { code: 'claim_settled' } })
  expect((await money(`/v1/invoices/${invoice}/write-off`, { reason: 'Moved away' })).body).toMatchObject({
    status: 'uncollectible',
    open: { amountMinor: '0' },
  })
  await money('/v1/credits', { kind: 'reward', subscriber, amount: kes('10000000'), reason: 'Came back' })
  expect((await money(`/v1/invoices/${invoice}/recover`, { reason: 'Came back' })).body).toMatchObject({ status: 'paid' })
})
