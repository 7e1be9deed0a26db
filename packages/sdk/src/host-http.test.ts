import { inspect } from 'node:util'
import nock from 'nock'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  ProviderError,
  ProviderMisconfigured,
  ProviderRateLimited,
  ProviderRefused,
  ProviderUnavailable,
  ProviderUnclear,
} from './errors.ts'
import type { HostLog } from './host.ts'
import { createHostHttp, type HttpCall } from './host-http.ts'

const origin = 'https://provider.example'
const token = '5f0c9d2e7b1a48630f9d2c5e7b1a4863'

let lines: { level: string; message: string; facts: Record<string, unknown> | undefined }[] = []
let calls: HttpCall[] = []
const write = (level: string) => (message: string, facts?: Record<string, unknown>) => void lines.push({ level, message, facts })
const log: HostLog = { info: write('info'), warn: write('warn'), error: write('error') }
const http = createHostHttp({ log, onCall: (call) => calls.push(call) })

beforeEach(() => {
  lines = []
  calls = []
})

const failure = async (call: Promise<unknown>): Promise<ProviderError> => {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ProviderError)) throw new Error(`a provider error was expected, not ${inspect(error)}`)
  return error
}

describe('against a provider that answers', () => {
  beforeEach(() => nock.disableNetConnect())
  afterEach(() => {
    nock.cleanAll()
    nock.enableNetConnect()
  })

  test('getJson asks for JSON and returns what it holds', async () => {
    nock(origin, { reqheaders: { accept: 'application/json', 'x-key': 'k' } })
      .get('/balance?of=all')
      .reply(200, { units: 3 })
    expect(await http.getJson(`${origin}/balance?of=all`, { headers: { 'x-key': 'k' } })).toEqual({ units: 3 })
  })

  test('postJson sends JSON', async () => {
    nock(origin, { reqheaders: { 'content-type': 'application/json' } })
      .post('/prompts', { amount: '10.00' })
      .reply(201, { id: 'a' })
    expect(await http.postJson(`${origin}/prompts`, { amount: '10.00' })).toEqual({ id: 'a' })
  })

  test('postForm sends a form, with every character escaped', async () => {
    nock(origin, { reqheaders: { 'content-type': 'application/x-www-form-urlencoded' } })
      .post('/messaging', 'to=%2B254700111222&message=Asante+%26+karibu')
      .reply(200, [1])
    expect(await http.postForm(`${origin}/messaging`, { to: '+254700111222', message: 'Asante & karibu' })).toEqual([1])
  })

  test('the plugin’s own headers win, whatever their case', async () => {
    nock(origin, { reqheaders: { accept: 'application/vnd.provider+json', 'content-type': 'text/json' } })
      .post('/prompts')
      .reply(200, {})
    const headers = { Accept: 'application/vnd.provider+json', 'Content-Type': 'text/json' }
    expect(await http.postJson(`${origin}/prompts`, {}, { headers })).toEqual({})
  })

  test.each([
    [429, ProviderRateLimited],
    [401, ProviderMisconfigured],
    [403, ProviderMisconfigured],
    [400, ProviderRefused],
    [404, ProviderRefused],
    [422, ProviderRefused],
    [500, ProviderUnclear],
    [503, ProviderUnclear],
    [301, ProviderRefused],
    [304, ProviderRefused],
  ])('status %i is the error for it, with the status and the start of the text', async (status, Expected) => {
    nock(origin).post('/prompts').reply(status, 'x'.repeat(600))
    const error = await failure(http.postJson(`${origin}/prompts`, {}))
    expect(error).toBeInstanceOf(Expected)
    expect(error.status).toBe(status)
    expect(error.message).toBe(`POST provider.example/prompts answered ${status}`)
    if (status !== 304) expect(error.text).toHaveLength(500)
  })

  test('a redirect is not followed', async () => {
    nock(origin)
      .post('/prompts')
      .reply(302, '', { location: `${origin}/elsewhere` })
    const elsewhere = nock(origin).get('/elsewhere').reply(200, {})
    expect(await failure(http.postJson(`${origin}/prompts`, {}))).toBeInstanceOf(ProviderRefused)
    expect(elsewhere.isDone()).toBe(false)
  })

  test.each(['', '<html>busy</html>', '{"id":'])('a body that is not JSON is unclear: %j', async (body) => {
    nock(origin).post('/prompts').reply(200, body)
    const error = await failure(http.postJson(`${origin}/prompts`, {}))
    expect(error).toBeInstanceOf(ProviderUnclear)
    expect(error.status).toBe(200)
  })

  test('send returns any status with lower-case headers', async () => {
    nock(origin).delete('/prompts/1').reply(418, 'teapot', { 'X-Kind': 'short' })
    const answer = await http.send({ method: 'DELETE', url: `${origin}/prompts/1` })
    expect(answer).toMatchObject({ status: 418, text: 'teapot', headers: { 'x-kind': 'short' } })
  })

  test('a body of 1 MiB is read, a longer one is unclear', async () => {
    nock(origin)
      .get('/list')
      .reply(200, 'x'.repeat(1024 * 1024))
    expect((await http.send({ method: 'GET', url: `${origin}/list` })).text).toHaveLength(1024 * 1024)
    nock(origin)
      .get('/list')
      .reply(200, 'x'.repeat(1024 * 1024 + 1))
    expect(await failure(http.send({ method: 'GET', url: `${origin}/list` }))).toBeInstanceOf(ProviderUnclear)
  })

  test.each([
    ['ECONNREFUSED', ProviderUnavailable],
    ['ENOTFOUND', ProviderUnavailable],
    ['EAI_AGAIN', ProviderUnavailable],
    ['EHOSTUNREACH', ProviderUnavailable],
    ['UND_ERR_CONNECT_TIMEOUT', ProviderUnavailable],
    ['ECONNRESET', ProviderUnclear],
    ['EPIPE', ProviderUnclear],
    ['UND_ERR_SOCKET', ProviderUnclear],
  ])('%s is the error for it', async (code, Expected) => {
    nock(origin)
      .post('/prompts')
      .replyWithError(Object.assign(new Error('the network'), { code }))
    expect(await failure(http.postJson(`${origin}/prompts`, {}))).toBeInstanceOf(Expected)
  })
})

describe('what is logged and measured', () => {
  beforeEach(() => nock.disableNetConnect())
  afterEach(() => {
    nock.cleanAll()
    nock.enableNetConnect()
  })

  const headers = { authorization: 'Bearer s3cr3t-token' }

  test('one line for a call that is answered: method, host, path, status and time', async () => {
    nock(origin).post('/v1/prompts?key=s3cr3t').reply(200, { said: 's3cr3t' })
    await http.postJson(`${origin}/v1/prompts?key=s3cr3t`, { pin: 's3cr3t' }, { headers })
    const facts = { method: 'POST', host: 'provider.example', path: '/v1/prompts', status: 200, ms: expect.any(Number) }
    expect(lines).toEqual([{ level: 'info', message: 'provider answered', facts }])
    expect(calls).toEqual([facts])
  })

  test('one line for a call that is not answered, with the code of the error', async () => {
    nock(origin)
      .post('/v1/prompts')
      .replyWithError(Object.assign(new Error('reset'), { code: 'ECONNRESET' }))
    await failure(http.postJson(`${origin}/v1/prompts`, {}, { headers }))
    const facts = { method: 'POST', host: 'provider.example', path: '/v1/prompts', failure: 'provider_unclear', ms: expect.any(Number) }
    expect(lines).toEqual([{ level: 'warn', message: 'provider did not answer', facts }])
    expect(calls).toEqual([facts])
  })

  test('segments that look like tokens are masked, in the line and in the error', async () => {
    nock(origin).get(`/callbacks/${token}/stk`).query({ token }).reply(404)
    const error = await failure(http.getJson(`${origin}/callbacks/${token}/stk?token=${token}`))
    expect(error.message).toBe('GET provider.example/callbacks/•••/stk answered 404')
    expect(inspect([lines, calls, error], { depth: 9 })).not.toContain(token)
  })

  test.each([
    ['an answer', () => nock(origin).post('/prompts').reply(200, {})],
    ['a refusal', () => nock(origin).post('/prompts').reply(401, 'bad')],
    ['a broken connection', () => nock(origin).post('/prompts').replyWithError('gone')],
  ])('neither headers nor bodies are shown after %s', async (_, arrange) => {
    arrange()
    const error = await http.postJson(`${origin}/prompts`, { pin: 's3cr3t' }, { headers }).catch((reason: unknown) => reason)
    expect(inspect([lines, calls, error], { depth: 9, showHidden: true })).not.toContain('s3cr3t')
  })

  test('time is taken from the clock that was given', async () => {
    let seconds = 0
    const clock = { now: () => new Date(1000 * seconds++) }
    nock(origin).get('/slow').reply(200, {})
    await createHostHttp({ log, clock, onCall: (call) => calls.push(call) }).getJson(`${origin}/slow`)
    expect(calls[0]?.ms).toBe(1000)
  })
})

describe('settings that cannot be used are a matter for a person, and are not quoted', () => {
  test.each([
    'not an address',
    '/relative',
    'ftp://provider.example/',
    'file:///etc/passwd',
    'https://me:s3cr3t@provider.example/',
    'http://127.0.0.1:6000/',
  ])('address %j', async (url) => {
    const error = await failure(http.getJson(url))
    expect(error).toBeInstanceOf(ProviderMisconfigured)
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('s3cr3t')
  })

  test('a header that HTTP cannot carry', async () => {
    const error = await failure(http.getJson(`${origin}/balance`, { headers: { authorization: 'Bearer s3cr3t€' } }))
    expect(error).toBeInstanceOf(ProviderMisconfigured)
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('s3cr3t')
  })
})
