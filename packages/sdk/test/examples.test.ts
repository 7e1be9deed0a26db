// The examples of the README are files, so that they compile, run and cannot grow old.
import { createHmac } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { asId } from '@nyuzi/core'
import { type Phone, ProviderRefused, ProviderUnclear, type WantedAccess } from '@nyuzi/sdk'
import { callbackRequest, createFakeHost } from '@nyuzi/sdk/testing'
import nock from 'nock'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { olt } from './examples/access.ts'
import { sms } from './examples/messages.ts'
import { bank } from './examples/payments.ts'

beforeAll(() => nock.disableNetConnect())
afterEach(() => nock.cleanAll())
afterAll(() => nock.enableNetConnect())

const read = (path: string) => readFile(new URL(path, import.meta.url), 'utf8')

test.each(['messages', 'payments', 'access'])('the README shows examples/%s.ts as it is', async (name) => {
  const [readme, example] = await Promise.all([read('../README.md'), read(`./examples/${name}.ts`)])
  expect(readme).toContain(`\`\`\`ts\n${example}\`\`\``)
})

test('the README names every code of a provider error', async () => {
  const [readme, errors] = await Promise.all([read('../README.md'), read('../src/errors.ts')])
  const codes = [...errors.matchAll(/readonly code = '(\w+)'/g)].map(([, code]) => code)
  expect(codes.length).toBeGreaterThan(5)
  for (const code of codes) expect(readme).toContain(`\`${code}\``)
})

describe('the messages example', () => {
  const { messages } = createFakeHost({ plugin: sms, settings: { username: 'isp', apiKey: 'key-0123456789' } }).capabilities
  const message = {
    id: asId('message', '019a8c00-0000-7000-8000-000000000b22'),
    channel: 'sms',
    to: '+254700111222' as Phone,
    text: 'Asante!',
  } as const
  const answered = (...Recipients: object[]) =>
    nock('https://api.africastalking.com').post('/version1/messaging').reply(200, { SMSMessageData: { Recipients } })

  test('returns the reference, refuses and doubts', async () => {
    answered({ messageId: 'ATXid_1', statusCode: 101 })
    expect(await messages?.send(message)).toEqual({ providerReference: 'ATXid_1' })
    answered({ messageId: 'None', statusCode: 403 })
    await expect(messages?.send(message)).rejects.toBeInstanceOf(ProviderRefused)
    answered()
    await expect(messages?.send(message)).rejects.toBeInstanceOf(ProviderUnclear)
  })
})

describe('the payments example', () => {
  const signingKey = 'signing-key-0123456789'
  const { payments } = createFakeHost({ plugin: bank, settings: { signingKey } }).capabilities
  const call = (state: string) => {
    const body = JSON.stringify({ receipt: 'fx1', state, amount: '1500.50', reference: 'A10042', at: '2026-11-14T07:30:15Z' })
    const signature = createHmac('sha256', signingKey).update(body).digest('hex')
    return callbackRequest({ channel: 'transfer', body, headers: { 'x-signature': signature } })
  }

  test('takes what is signed and settled, and doubts the rest', () => {
    expect(payments?.verifyCallback?.(call('SETTLED')).reply.status).toBe(200)
    expect(payments?.translateCallback?.(call('SETTLED'))).toMatchObject([{ status: 'succeeded', providerTransaction: 'FX1' }])
    expect(payments?.translateCallback?.(call('HELD'))).toMatchObject([{ status: 'unknown', detail: 'HELD' }])
    expect(() => payments?.verifyCallback?.({ ...call('SETTLED'), headers: {} })).toThrow('wrong signature')
  })
})

describe('the access example', () => {
  const settings = { baseUrl: 'https://olt.example', token: 'token-0123456789' }
  const { access } = createFakeHost({ plugin: olt, settings }).capabilities
  const serviceId = asId('service', '019a8c00-0000-7000-8000-000000000001')
  const wanted: WantedAccess = {
    serviceId,
    kind: 'ipoe',
    username: 'line-1',
    password: 'pw-0123456789',
    state: 'active',
    profile: { name: 'home-10', downloadBps: 10_000_000n, uploadBps: 5_000_000n },
    version: 1,
    settled: false,
  }
  const held = { owner: serviceId, state: 'active', profile: 'home-10', sessions: 1 }
  const headEnd = () => nock('https://olt.example')
  const apply = async (line: WantedAccess) => (await access?.applyAccess([line]))?.[0]

  test('writes what differs and reads back what it wrote', async () => {
    headEnd().get('/lines/line-1').reply(404).get('/lines/line-1').reply(200, held)
    const written = headEnd().post('/lines/line-1', { owner: serviceId, state: 'active', profile: 'home-10' }).reply(200, {})
    expect(await apply(wanted)).toMatchObject({ outcome: 'changed', observed: { state: 'active', sessions: 1 } })
    expect(written.isDone()).toBe(true)
  })

  test('writes nothing when nothing differs, and nothing over a line of someone else', async () => {
    headEnd().get('/lines/line-1').reply(200, held)
    expect(await apply(wanted)).toMatchObject({ outcome: 'ok' })
    headEnd()
      .get('/lines/line-1')
      .reply(200, { ...held, owner: 'technician' })
    expect(await apply(wanted)).toMatchObject({ outcome: 'refused', code: 'not_ours' })
  })

  test('tells what someone changed, and does not know when an answer is lost', async () => {
    headEnd()
      .get('/lines/line-1')
      .reply(200, { ...held, profile: 'home-50' })
      .get('/lines/line-1')
      .reply(200, held)
      .post('/lines/line-1')
      .reply(200, {})
    expect(await apply({ ...wanted, settled: true })).toMatchObject({ outcome: 'drift', differences: ['profile'] })
    headEnd()
      .get('/lines/line-1')
      .reply(404)
      .post('/lines/line-1')
      .replyWithError(Object.assign(new Error('reset'), { code: 'ECONNRESET' }))
    expect(await apply(wanted)).toMatchObject({ outcome: 'unknown' })
  })
})
