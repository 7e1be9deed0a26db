import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { logoBytes } from '../logo-bytes.ts'
import { asKey, planBody, startApi, type TestApi } from './api-under-test.ts'

let api: TestApi
let org: Awaited<ReturnType<TestApi['createOrganisation']>>
let paths: { invoice: string; receipt: string; statement: string }
beforeAll(async () => {
  api = await startApi()
  org = await api.createOrganisation('papers')
  const as = asKey(api, org.key)
  const plan = await as.post('/v1/plans', planBody('HOME'))
  const subscriber = await as.post('/v1/subscribers', {
    branch: org.branch,
    name: 'Amina',
    addressLines: ['Ngong Road'],
    taxPin: 'A001234567Z',
  })
  expect(subscriber).toMatchObject({ addressLines: ['Ngong Road'], taxPin: 'A001234567Z' })
  await as.post('/v1/subscriptions', { subscriber: subscriber.id, plan: plan.id, startsOn: '2026-01-01' })
  await as.post('/v1/billing/run', { date: '2026-01-01' })
  const [invoice] = (await as.get('/v1/invoices')).items
  const payment = await as.post(
    '/v1/payments',
    { branch: org.branch, subscriber: subscriber.id, amount: { amountMinor: '100', currency: 'KES' }, reference: 'SLIP 1/2026' },
    { 'idempotency-key': randomUUID() },
  )
  paths = {
    invoice: `/v1/invoices/${invoice.id}/pdf`,
    receipt: `/v1/payments/${payment.id}/receipt.pdf`,
    statement: `/v1/subscribers/${subscriber.id}/statement.pdf`,
  }
})
afterAll(() => api.stop())

const get = (path: string) => api.call('GET', path, org.key)
const brand = (body: object) => api.call('PATCH', '/v1/organisation/branding', org.key, body)

test('documents come as PDF, named after their number, and are the same each time', async () => {
  const answer = await get(paths.invoice)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('application/pdf')
  expect(answer.headers.get('content-disposition')).toBe('inline; filename="NRB-000001.pdf"')
  expect(answer.text).toMatch(/^%PDF-1\.\d\n[\s\S]*%%EOF\n$/)
  expect((await get(paths.invoice)).text).toBe(answer.text)
  const payment = paths.receipt.replace('/receipt.pdf', '')
  expect((await get(payment)).body).toMatchObject({ receipt: 'SLIP 1/2026', receiptNumber: null, receiptIssuedOn: null })
  const receipt = await get(paths.receipt)
  expect(receipt.headers.get('content-disposition')).toBe('inline; filename="NRB-RC-000001.pdf"')
  expect((await get(paths.receipt)).text).toBe(receipt.text)
  expect((await get(payment)).body).toMatchObject({
    receiptNumber: 'NRB-RC-000001',
    receiptIssuedOn: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
  })
  expect((await get('/v1/payments')).body.items).toMatchObject([{ receiptNumber: 'NRB-RC-000001' }])
})

test('a statement has its span, and none that ends before it begins', async () => {
  const name = (await get(`${paths.statement}?from=2026-01-01&until=2026-01-31`)).headers.get('content-disposition')
  expect(name).toMatch(/^inline; filename="\d+_2026-01-01_2026-01-31\.pdf"$/)
  expect(await get(`${paths.statement}?from=2026-02-01&until=2026-01-31`)).toMatchObject({
    status: 400,
    body: { errors: [{ field: 'from', rule: 'order' }] },
  })
})

test('branding begins with a colour and is changed field by field', async () => {
  expect((await get('/v1/organisation/branding')).body).toEqual({
    addressLines: [],
    phone: null,
    email: null,
    colour: '#24435c',
    footer: null,
    paymentInstructions: null,
    logo: null,
  })
  const changed = await brand({
    addressLines: ['Ngong Road', 'Nairobi'],
    colour: '#1a6b54',
    logo: Buffer.from(logoBytes(30, 10)).toString('base64'),
  })
  expect(changed.body).toMatchObject({
    colour: '#1a6b54',
    footer: null,
    logo: { width: 30, height: 10, png: expect.stringMatching(/^iVBOR/) },
  })
  expect((await brand({ logo: null, colour: null })).body).toMatchObject({
    colour: '#24435c',
    logo: null,
    addressLines: ['Ngong Road', 'Nairobi'],
  })
  const [audited] = await api.owner`select detail from audit_records where action = 'branding.change' order by at, id limit 1`
  expect(audited?.['detail']).toMatchObject({
    colour: '#1a6b54',
    logo: { width: 30, height: 10, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
  })
})

test.each([
  ['logo', 'no base64!', 'invalid_format'],
  ['logo', Buffer.from('GIF89a').toString('base64'), 'png'],
  ['logo', Buffer.from(logoBytes(1_200, 1)).toString('base64'), 'size'],
  ['logo', Buffer.alloc(200_100, 1).toString('base64'), 'too_big'],
  ['colour', 'green', 'invalid_format'],
  ['footer', 'two\nlines', 'custom'],
  ['addressLines', Array.from({ length: 7 }, () => 'x'), 'too_big'],
])('refuses a %s that is not as described, and says what to send', async (field, value, rule) => {
  const answer = await brand({ [field]: value })
  expect(answer.status).toBe(400)
  expect(answer.body.errors).toEqual([{ field, rule, fix: expect.stringMatching(/\w/) }])
})
