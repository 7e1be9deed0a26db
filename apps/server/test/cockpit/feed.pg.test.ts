import { afterAll, beforeAll, expect, test } from 'vitest'
import { asKey, payboxBody } from '../http/api-under-test.ts'
import { listen, putInSuspense, sameOrigin, signIn, startCockpit, subscribe, type TestCockpit } from './cockpit-under-test.ts'

let cockpit: TestCockpit
let app: ReturnType<TestCockpit['pages']>
let own: Awaited<ReturnType<TestCockpit['api']['createOrganisation']>>
let other: typeof own
beforeAll(async () => {
  cockpit = await startCockpit()
  app = cockpit.pages()
  own = await cockpit.api.createOrganisation('mkononi')
  other = await cockpit.api.createOrganisation('baharini')
})
afterAll(() => cockpit.stop())

/** The minute may turn while a test waits; the clock of the page then moves, and nothing else. */
const withoutClock = (patches: readonly { id: string }[]) => patches.map(({ id }) => id).filter((id) => id !== 'clock')

test('the first patches are the whole page, and after them only what changed comes', async () => {
  const subscriber = await subscribe(cockpit.api, own, 'Njeri Mwangi')
  await asKey(cockpit.api, own.key).post('/v1/installations', payboxBody)
  const feed = await listen(app, await signIn(app, own.key), 'overview')
  const first = await feed.next()
  expect(first?.isFirst).toBe(true)
  expect(first?.patches.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['clock', 'tiles', 'suspense', 'tasks', 'boxes', 'happenings', `row-${subscriber.id}`]),
  )
  expect(withoutClock((await feed.next(300))?.patches ?? [])).toEqual([])

  const payment = await putInSuspense(cockpit.api, own, subscriber.id)
  const seen = new Map<string, string>()
  for (let turn = 0; turn < 10 && !seen.has('suspense'); turn += 1)
    for (const { id, html } of (await feed.next())?.patches ?? []) seen.set(id, html)
  expect([...seen.keys()].filter((id) => id !== 'clock').sort()).toEqual(['happenings', 'suspense', 'tiles'])
  expect(seen.get('suspense')).toContain(payment)

  seen.clear()
  await app.request(`/cockpit/suspense/${payment}`, {
    method: 'POST',
    headers: await signIn(app, own.key),
    body: new URLSearchParams({ subscriber: subscriber.id }),
  })
  for (let turn = 0; turn < 10 && !seen.has(`row-${subscriber.id}`); turn += 1)
    for (const { id, html } of (await feed.next())?.patches ?? []) seen.set(id, html)
  expect(seen.get(`row-${subscriber.id}`)).toContain('settled')
  expect(seen.get('suspense')).toContain('Every payment has its owner')
  await feed.leave()
})

test('nothing of another organisation comes, and its subscriber is no topic', async () => {
  const feed = await listen(app, await signIn(app, own.key), 'overview')
  await feed.next()
  const foreign = await subscribe(cockpit.api, other, 'Foreign Person')
  await putInSuspense(cockpit.api, other, foreign.id)
  const later = await feed.next(400)
  expect(withoutClock(later?.patches ?? [])).toEqual([])
  await feed.leave()
  const none = await listen(app, await signIn(app, own.key), foreign.id)
  expect(await none.next(300)).toBeUndefined()
  await none.leave()
})

test('the page of a subscriber is kept up to date by itself', async () => {
  const subscriber = await subscribe(cockpit.api, own, 'Achieng Otieno')
  const feed = await listen(app, await signIn(app, own.key), subscriber.id)
  expect((await feed.next())?.patches.map(({ id }) => id)).toEqual(['clock', 'who', 'lines', 'invoices', 'timeline'])
  await asKey(cockpit.api, own.key).post(
    '/v1/payments',
    { branch: own.branch, subscriber: subscriber.id, amount: { amountMinor: '100000', currency: 'KES' }, reference: 'SLIP-1' },
    { 'idempotency-key': 'slip-1' },
  )
  const seen = new Map<string, string>()
  const isThere = () => seen.get('invoices')?.includes('1,500 left') && seen.get('timeline')?.includes('SLIP-1')
  // A look may fall between the payment's commit and its next reading, so the two may come one after the other.
  for (let turn = 0; turn < 10 && !isThere(); turn += 1) for (const { id, html } of (await feed.next())?.patches ?? []) seen.set(id, html)
  expect(seen.get('invoices')).toContain('KES 1,500 left')
  expect(seen.get('timeline')).toContain('SLIP-1')
  await feed.leave()
})

test('a topic that is none is not found, and without a session there is no feed', async () => {
  const headers = await signIn(app, own.key)
  expect((await app.request('/cockpit/feed?topic=everything', { headers })).status).toBe(404)
  expect((await app.request('/cockpit/feed?topic=overview', { headers: sameOrigin })).status).toBe(303)
})

test('the database is asked only while someone watches', async () => {
  let reads = 0
  const { store } = cockpit.api.parts
  const counting = {
    ...cockpit.api.parts,
    store: {
      ...store,
      inOrganisation: ((id, work) => {
        reads += 1
        return store.inOrganisation(id, work)
      }) as typeof store.inOrganisation,
    },
  }
  const watched = cockpit.pages({ deps: counting })
  const headers = await signIn(watched, own.key)
  const [one, two] = [await listen(watched, headers, 'overview'), await listen(watched, headers, 'overview')]
  await one.next()
  await two.next()
  await new Promise((resolve) => setTimeout(resolve, 400))
  // One poll for both, each 25 ms at most.
  expect(reads).toBeGreaterThan(2)
  expect(reads).toBeLessThan(20)
  await one.leave()
  await two.leave()
  await new Promise((resolve) => setTimeout(resolve, 200))
  const after = reads
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(reads).toBe(after)
})
