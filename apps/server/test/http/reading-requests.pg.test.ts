import { afterAll, beforeAll, expect, test } from 'vitest'
import { asKey, type Json, metricsToken, startApi, type TestApi } from './api-under-test.ts'

let api: TestApi
let org: Awaited<ReturnType<TestApi['createOrganisation']>>
beforeAll(async () => {
  api = await startApi()
  org = await api.createOrganisation('reader')
})
afterAll(() => api.stop())

const post = (body: string, headers = {}) => api.call('POST', '/v1/subscribers', org.key, body, headers)

test('a body that is no JSON, too deep, too large or not text is refused', async () => {
  expect((await post('{')).body.code).toBe('malformed_json')
  expect((await post(`${'['.repeat(50_000)}${']'.repeat(50_000)}`)).body.code).toBe('malformed_json')
  expect((await post('{"__proto__": {"admin": true}}')).body.code).toBe('malformed_json')
  expect((await post('{"name": "a\\u0000b"}')).body.code).toBe('malformed_json')
  expect((await post('{"name": "\\ud800"}')).body.code).toBe('malformed_json')
  expect(await post(`{"name": "${'x'.repeat(1_100_000)}"}`)).toMatchObject({ status: 413, body: { code: 'body_too_large' } })
  expect(await post('{}', { 'content-type': 'text/plain' })).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } })
  expect((await api.call('GET', '/v1/subscribers?q=%00', org.key)).status).toBe(400)
  expect((await api.call('GET', '/v1/subscribers?limit=1&limit=2', org.key)).body.errors).toMatchObject([
    { field: 'limit', rule: 'single' },
  ])
})

test('text is kept in one form, and control characters are refused', async () => {
  const made = await asKey(api, org.key).post('/v1/subscribers', { branch: org.branch, name: '  Amélie  ' })
  expect(made.name).toBe('Amélie')
  const bell = await api.call('POST', '/v1/subscribers', org.key, { branch: org.branch, name: 'a\u0007b' })
  expect(bell.body.errors).toMatchObject([{ field: 'name' }])
})

test('what is wrong is said field by field', async () => {
  const answer = await post('{"branch": "x", "name": "", "email": "no"}')
  expect(answer).toMatchObject({
    status: 400,
    body: { type: 'urn:nyuzi:error:invalid_input', title: 'Invalid input', code: 'invalid_input', requestId: expect.any(String) },
  })
  expect(answer.body.errors.map((one: { field: string }) => one.field).sort()).toEqual(['branch', 'email', 'name'])
  for (const { rule, fix } of answer.body.errors) expect(`${rule} ${fix}`.length).toBeGreaterThan(8)
})

test('pages hold every row once, also while rows come in', async () => {
  const as = asKey(api, org.key)
  for (let n = 0; n < 7; n += 1) await as.post('/v1/subscribers', { branch: org.branch, name: `Page ${n}` })
  const seen: string[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: Json = await as.get(`/v1/subscribers?q=Page&limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`)
    expect(page.items.length).toBeLessThanOrEqual(2)
    seen.push(...page.items.map((one: { name: string }) => one.name))
    await as.post('/v1/subscribers', { branch: org.branch, name: 'Page new' })
    cursor = page.nextCursor
  }
  expect(seen).toEqual(['Page 6', 'Page 5', 'Page 4', 'Page 3', 'Page 2', 'Page 1', 'Page 0'])
})

test('a limit out of bounds and a cursor of another list are refused', async () => {
  for (const limit of ['0', '201', '-1', '1e2', 'x', ''])
    expect((await api.call('GET', `/v1/subscribers?limit=${limit}`, org.key)).status, limit).toBe(400)
  const page = await asKey(api, org.key).get('/v1/subscribers?limit=1')
  const elsewhere = await api.call('GET', `/v1/invoices?cursor=${page.nextCursor}`, org.key)
  expect(elsewhere).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } })
  const forged = Buffer.from(JSON.stringify(['subscribers', "' or 1=1 --"])).toString('base64url')
  for (const cursor of ['x', forged, Buffer.from('[]').toString('base64url')]) {
    expect((await api.call('GET', `/v1/subscribers?cursor=${cursor}`, org.key)).body.code).toBe('invalid_cursor')
  }
})

test('a broken database says nothing of itself', async () => {
  const parts = {
    ...api.parts,
    store: {
      ...api.parts.store,
      inOrganisation: async () => Promise.reject(Object.assign(new Error('relation "api_keys" does not exist'), { code: '42P01' })),
    },
  }
  const errors: unknown[] = []
  const broken = await startApi({ parts: { ...parts, log: { ...parts.log, error: (...facts: unknown[]) => errors.push(facts) } } as never })
  const answer = await broken.call('GET', '/v1/organisation', org.key)
  expect(answer).toMatchObject({ status: 500, body: { code: 'internal_error', requestId: expect.any(String) } })
  expect(answer.text).not.toContain('api_keys')
  expect(errors).toHaveLength(1)
  await broken.stop()
})

test('an unknown address is not found', async () => {
  expect(await api.call('GET', '/v1/nothing', org.key)).toMatchObject({ status: 404, body: { code: 'not_found' } })
})

test('health and readiness are open, metrics are not', async () => {
  expect((await api.call('GET', '/health', undefined)).body).toEqual({ status: 'up' })
  expect((await api.call('GET', '/ready', undefined)).body).toEqual({ status: 'ready', checks: { database: 'ok' } })
  expect((await api.call('GET', '/metrics', undefined)).status).toBe(403)
  expect((await api.call('GET', '/metrics', 'wrong-token')).status).toBe(403)
  expect((await api.call('GET', '/metrics', metricsToken)).text).toContain('nyuzi_up')
  for (const [address, status] of [
    ['127.0.0.1', 200],
    ['::1', 200],
    ['10.0.0.7', 403],
  ] as const) {
    const near = await startApi({ peerAddress: () => address })
    expect((await near.call('GET', '/metrics', undefined)).status, address).toBe(status)
    await near.stop()
  }
})

test('an address that guesses is told to wait, and others are not', async () => {
  let address = '10.0.0.7'
  const limited = await startApi({ peerAddress: () => address, refusalsMax: 3 })
  const ask = async () => (await limited.call('GET', '/v1/organisation', 'nyz_guessed')).status
  expect([await ask(), await ask(), await ask()]).toEqual([401, 401, 401])
  const refused = await limited.call('GET', '/v1/organisation', 'nyz_guessed')
  expect([refused.status, refused.body.code]).toEqual([429, 'rate_limited'])
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  address = '10.0.0.8'
  expect(await ask()).toBe(401)
  await limited.stop()
})

test('a provider whose calls find nobody is not shut out: it calls for other organisations too', async () => {
  const limited = await startApi({
    peerAddress: () => '196.201.214.200',
    refusalsMax: 3,
    extraRoutes: (app) => app.post('/callbacks/here', (c) => c.text('kept')),
  })
  const ask = async (path: string) => (await limited.app.request(path, { method: 'POST' })).status
  for (let asked = 0; asked < 5; asked++) expect(await ask('/callbacks/gone')).toBe(404)
  expect(await ask('/callbacks/here')).toBe(200)
  await limited.stop()
})

test('the reference is described in OpenAPI 3.1 and read offline under a strict policy', async () => {
  const { body } = await api.call('GET', '/openapi.json', undefined)
  expect(body.openapi).toBe('3.1.0')
  expect(body.paths['/v1/payments'].post.requestBody.content['application/json'].schema.properties.amount).toBeDefined()
  const page = await api.call('GET', '/docs', undefined)
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self'")
  expect(page.text).not.toMatch(/<script(?![^>]*src=)|https?:/)
  for (const [, src] of page.text.matchAll(/(?:src|href)="([^"]+)"/g))
    expect((await api.call('GET', src as string, undefined)).status, src).toBe(200)
})
