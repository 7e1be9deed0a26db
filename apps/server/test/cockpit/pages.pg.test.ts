import { afterAll, beforeAll, expect, test } from 'vitest'
import { asKey } from '../http/api-under-test.ts'
import { putInSuspense, sameOrigin, signIn, startCockpit, subscribe, type TestCockpit, toUuid } from './cockpit-under-test.ts'

type Organisation = Awaited<ReturnType<TestCockpit['api']['createOrganisation']>>

const nasty = `<script>alert(1)</script> "O'Neil" & Sons`

let cockpit: TestCockpit
let app: ReturnType<TestCockpit['pages']>
let own: Organisation
let other: Organisation
beforeAll(async () => {
  cockpit = await startCockpit()
  app = cockpit.pages()
  own = await cockpit.api.createOrganisation('mkononi')
  other = await cockpit.api.createOrganisation('baharini')
})
afterAll(() => cockpit.stop())

const get = async (path: string, headers: Record<string, string>) => {
  const answer = await app.request(path, { headers })
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}
const post = (path: string, headers: Record<string, string>, form: Record<string, string> = {}) =>
  app.request(path, { method: 'POST', headers, body: new URLSearchParams(form) })

test('without a session there is the sign-in page and nothing else', async () => {
  const page = await get('/', sameOrigin)
  expect(page.status).toBe(401)
  expect(page.text).toContain('Paste an API key')
  for (const path of ['/cockpit/list', '/cockpit/feed?topic=overview', `/cockpit/subscribers/sub_${'0'.repeat(32)}`]) {
    const answer = await get(path, sameOrigin)
    expect([path, answer.status, answer.headers.get('location'), answer.text]).toEqual([path, 303, '/', ''])
  }
  const payment = await post(`/cockpit/suspense/pay_${'0'.repeat(32)}`, sameOrigin, { subscriber: `sub_${'0'.repeat(32)}` })
  expect(payment.status).toBe(303)
})

test('a key that is wrong, or may not read, opens nothing', async () => {
  const writer = await asKey(cockpit.api, own.key).post('/v1/api-keys', { name: 'Writer', permissions: ['write'] })
  for (const key of ['', 'nyz_nothing', writer.key]) {
    const answer = await post('/cockpit/sign-in', sameOrigin, { key })
    expect([key, answer.status, answer.headers.get('set-cookie')]).toEqual([key, 401, null])
  }
})

test('the cookie holds an id that says nothing, is kept from scripts and other sites, and ends with the key', async () => {
  const reader = await asKey(cockpit.api, own.key).post('/v1/api-keys', { name: 'Reader', permissions: ['read'] })
  const answer = await post('/cockpit/sign-in', sameOrigin, { key: reader.key })
  const cookie = answer.headers.get('set-cookie') ?? ''
  expect(answer.status).toBe(303)
  expect(cookie).toMatch(/^nyuzi=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/)
  const headers = { ...sameOrigin, cookie: cookie.split(';')[0] ?? '' }
  expect((await get('/', headers)).status).toBe(200)
  await asKey(cockpit.api, own.key).post(`/v1/api-keys/${reader.id}/revoke`)
  expect((await get('/', headers)).status).toBe(401)

  const https = await cockpit
    .pages({ isHttps: true })
    .request('/cockpit/sign-in', { method: 'POST', headers: sameOrigin, body: new URLSearchParams({ key: own.key }) })
  expect(https.headers.get('set-cookie')).toMatch(/^__Host-nyuzi=.*; HttpOnly; Secure; SameSite=Strict$/)
})

test('signing out ends the session on the server, not only in the browser', async () => {
  const headers = await signIn(app, own.key)
  expect((await get('/', headers)).status).toBe(200)
  expect((await post('/cockpit/sign-out', headers)).headers.get('set-cookie')).toContain('Max-Age=0')
  expect((await get('/', headers)).status).toBe(401)
})

test('a post that another site made, or that does not say where it was made, does nothing', async () => {
  const headers = await signIn(app, own.key)
  const subscriber = await subscribe(cockpit.api, own, 'Njeri Mwangi')
  const payment = await putInSuspense(cockpit.api, own, subscriber.id)
  const form = { subscriber: subscriber.id }
  const { 'sec-fetch-site': _, ...bare } = headers as Record<string, string>
  const wrong = [
    bare,
    { ...bare, 'sec-fetch-site': 'cross-site', origin: 'http://localhost' },
    { ...bare, 'sec-fetch-site': 'same-site' },
    { ...bare, 'sec-fetch-site': 'none' },
    { ...bare, origin: 'https://evil.example' },
    { ...bare, origin: 'null' },
  ]
  for (const attempt of wrong) expect((await post(`/cockpit/suspense/${payment}`, attempt, form)).status, JSON.stringify(attempt)).toBe(403)
  expect((await asKey(cockpit.api, own.key).get('/v1/suspense')).items).toHaveLength(1)
  expect((await post('/cockpit/sign-in', bare, { key: own.key })).status).toBe(403)

  expect((await post(`/cockpit/suspense/${payment}`, { ...bare, origin: 'http://localhost' }, form)).status).toBe(303)
  expect((await asKey(cockpit.api, own.key).get('/v1/suspense')).items).toHaveLength(0)
  const [audit] = await cockpit.api
    .owner`select actor from audit_records where action = 'suspense.resolve' and subject_id = ${toUuid(payment)}`
  expect(audit?.['actor']).toMatch(/^key_/)
  const again = await post(`/cockpit/suspense/${payment}`, { ...headers, accept: 'application/json' }, form)
  expect([again.status, await again.json()]).toEqual([409, { says: 'This payment has its subscriber already.' }])
})

test('a session without the permission money sees suspense and resolves none', async () => {
  const reader = await asKey(cockpit.api, own.key).post('/v1/api-keys', { name: 'Looker', permissions: ['read'] })
  const subscriber = await subscribe(cockpit.api, own, 'Otieno Ouma')
  const payment = await putInSuspense(cockpit.api, own, subscriber.id)
  const headers = await signIn(app, reader.key)
  const page = await get('/', headers)
  expect(page.text).toContain('account number one sign away')
  expect(page.text).not.toContain('Give to')
  expect((await post(`/cockpit/suspense/${payment}`, headers, { subscriber: subscriber.id })).status).toBe(403)
  expect((await get('/', await signIn(app, own.key))).text).toContain('Give to Otieno')
})

test('what people typed is shown as text everywhere', async () => {
  const subscriber = await subscribe(cockpit.api, own, nasty)
  await putInSuspense(cockpit.api, own, subscriber.id)
  const headers = await signIn(app, own.key)
  const pages = [
    await get('/', headers),
    await get(`/?q=${encodeURIComponent('<script>')}`, headers),
    await get(`/cockpit/list?q=${encodeURIComponent('"><u>')}`, headers),
    await get(`/cockpit/subscribers/${subscriber.id}`, headers),
  ]
  for (const { status, text } of pages) {
    expect(status).toBe(200)
    expect(text).not.toMatch(/<script>|<b>10023|"><u>/)
  }
  expect(pages[0]?.text).toContain('&#60;script&#62;alert(1)&#60;/script&#62; &#34;O&#39;Neil&#34; &#38; Sons')
})

test('nothing of another organisation is in a list, on a page, or behind its id', async () => {
  const foreign = await subscribe(cockpit.api, other, 'Foreign Person')
  const payment = await putInSuspense(cockpit.api, other, foreign.id)
  const headers = await signIn(app, own.key)
  for (const path of ['/', '/?q=Foreign', '/cockpit/list?q=Foreign', '/?filter=owing']) {
    const { status, text } = await get(path, headers)
    expect(status).toBe(200)
    expect(text).not.toContain('Foreign Person')
    expect(text).not.toContain(payment)
  }
  expect((await get(`/cockpit/subscribers/${foreign.id}`, headers)).status).toBe(404)
  expect((await post(`/cockpit/suspense/${payment}`, headers, { subscriber: foreign.id })).status).toBe(404)
  expect((await get('/', await signIn(app, other.key))).text).toContain('Foreign Person')
})

test('the list is searched, filtered and paged', async () => {
  const headers = await signIn(app, own.key)
  const found = await get('/cockpit/list?q=njeri', headers)
  expect(found.text).toContain('Njeri Mwangi')
  expect(found.text).not.toContain('Otieno Ouma')
  for (const filter of ['active', 'in_grace', 'suspended', 'closed', 'owing', 'credit', 'not_in_sync', 'nonsense']) {
    expect((await get(`/cockpit/list?filter=${filter}`, headers)).status, filter).toBe(200)
  }
  expect((await get('/cockpit/list?filter=closed', headers)).text).toContain('No subscriber is like this')
  const as = asKey(cockpit.api, own.key)
  for (let made = 0; made < 61; made += 1)
    await as.post('/v1/subscribers', { branch: own.branch, name: `Zed ${String(made).padStart(2, '0')}` })
  const first = await get('/cockpit/list?q=Zed', headers)
  expect(first.text).toContain('Zed 59')
  expect(first.text).not.toContain('Zed 60')
  const next = /href="\/(\?[^"]+)#subscribers"/.exec(first.text)?.[1]?.replaceAll('&#38;', '&')
  const second = await get(`/cockpit/list${next}`, headers)
  expect(second.text).toContain('Zed 60')
  expect(second.text).not.toContain('Zed 59')
})

test('a page runs our own files only, and styles nothing in its elements', async () => {
  const page = await get('/', await signIn(app, own.key))
  const policy = page.headers.get('content-security-policy') ?? ''
  for (const rule of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "form-action 'self'"])
    expect(policy).toContain(rule)
  expect(policy).not.toContain('unsafe')
  expect(page.headers.get('cache-control')).toBe('no-store')
  expect(page.text).not.toMatch(/<script(?![^>]*\ssrc="\/)|<style|\sstyle=|\son\w+=|https?:\/\//i)
  for (const [, path] of page.text.matchAll(/(?:src|href)="(\/cockpit\/assets\/[^"]+)"/g)) {
    const asset = await get(path ?? '', sameOrigin)
    expect([path, asset.status, asset.headers.get('cache-control')]).toEqual([path, 200, 'public, max-age=31536000, immutable'])
  }
})
