import { randomUUID } from 'node:crypto'
import type { Hono } from 'hono'
import { createApp } from '../../src/http/app.ts'
import { type Cockpit, type CockpitOptions, mountCockpit } from '../../src/http/cockpit/mount-cockpit.ts'
import type { ApiVariables } from '../../src/http/mount.ts'
import { asKey, type Json, payboxBody, planBody, routerBody, startApi, type TestApi } from '../http/api-under-test.ts'

export const sameOrigin = { 'sec-fetch-site': 'same-origin', host: 'localhost' }

export type TestCockpit = Awaited<ReturnType<typeof startCockpit>>

/** The pages on the API of the tests; `pages` are several ways to run them side by side. */
export async function startCockpit() {
  const api = await startApi()
  const opened: Cockpit[] = []
  const pages = (options: Partial<CockpitOptions> = {}): Hono<ApiVariables> =>
    createApp({
      parts: api.parts,
      operations: { readiness: async () => ({ ready: true, checks: {} }), metrics: async () => ({ contentType: 'text/plain', body: '' }) },
      peerAddress: () => undefined,
      extraRoutes: (app) =>
        void opened.push(
          mountCockpit(app, { deps: api.parts, keyRing: api.parts.keyRing, mode: 'real', isHttps: false, feedEveryMs: 25, ...options }),
        ),
    })
  return {
    api,
    pages,
    async stop() {
      for (const cockpit of opened) cockpit.close()
      await api.stop()
    },
  }
}

export async function signIn(app: Hono<ApiVariables>, key: string): Promise<Record<string, string>> {
  const answer = await app.request('/cockpit/sign-in', { method: 'POST', headers: sameOrigin, body: new URLSearchParams({ key }) })
  return { ...sameOrigin, cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '' }
}

/** A subscriber with a line and an invoice. */
export async function subscribe(api: TestApi, organisation: { key: string; branch: string }, name: string): Promise<Json> {
  const as = asKey(api, organisation.key)
  const code = `P${randomUUID().slice(0, 8).toUpperCase()}`
  const plan = await as.post('/v1/plans', planBody(code))
  const subscriber = await as.post('/v1/subscribers', { branch: organisation.branch, name })
  const subscription = await as.post('/v1/subscriptions', { subscriber: subscriber.id, plan: plan.id })
  const known = (await as.get('/v1/installations')).items.find((one: { plugin: string }) => one.plugin === 'router')
  const box = known ?? (await as.post('/v1/installations', routerBody))
  await as.post('/v1/services', {
    subscription: subscription.id,
    installation: box.id,
    kind: 'pppoe',
    username: code.toLowerCase(),
    password: 'line-pass',
  })
  await as.post('/v1/billing/run', {})
  return subscriber
}

/** Money whose owner is one of two candidates, written behind the API's back. */
export async function putInSuspense(
  api: TestApi,
  organisation: { key: string; organisationId: string },
  subscriberId: string,
): Promise<string> {
  const as = asKey(api, organisation.key)
  const known = (await as.get('/v1/installations')).items.find((one: { plugin: string }) => one.plugin === 'paybox')
  const paybill = known ?? (await as.post('/v1/installations', payboxBody))
  const id = api.parts.ids.next()
  const candidates = [{ subscriberId: toUuid(subscriberId), score: 100, reasons: ['near_account_number'] }]
  await api.owner`
    insert into payments (organisation_id, id, source, installation_id, provider_transaction, amount_minor, currency, status, suspense_reason, candidates, account_reference, payer, evidence, paid_at, received_at, recorded_at)
    values (${organisation.organisationId}, ${id}, 'provider', ${toUuid(paybill.id)}, ${id.slice(-10)}, 250000, 'KES', 'unmatched', 'wrong_check_digit', ${api.owner.json(candidates)}, '<b>10023', ${api.owner.json({ kind: 'absent' })}, 'callback', now(), now(), now())`
  return `pay_${id.replaceAll('-', '')}`
}

export const toUuid = (shown: string): string => shown.slice(4).replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5')

export type Patches = { readonly isFirst: boolean; readonly patches: readonly { readonly id: string; readonly html: string }[] }

/** Listens to the feed; `next` is undefined when nothing came for that long. */
export async function listen(app: Hono<ApiVariables>, headers: Record<string, string>, topic: string) {
  const aborting = new AbortController()
  const answer = await app.request(`/cockpit/feed?topic=${topic}`, { headers, signal: aborting.signal })
  if (answer.status !== 200 || !answer.body) throw new Error(`the feed answered ${answer.status}`)
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
  const queue: Patches[] = []
  let wake = () => {}
  let text = ''
  const pump = async (): Promise<void> => {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      text += value
      const parts = text.split('\n\n')
      text = parts.pop() ?? ''
      for (const part of parts) if (part.includes('event: patch')) queue.push(JSON.parse(part.replace(/^[\s\S]*?data: /, '')))
      wake()
    }
  }
  pump().catch(() => {})
  return {
    async next(forMs = 3_000): Promise<Patches | undefined> {
      const untilMs = Date.now() + forMs
      while (queue.length === 0 && Date.now() < untilMs) {
        await new Promise<void>((resolve) => {
          wake = resolve
          setTimeout(resolve, untilMs - Date.now())
        })
      }
      return queue.shift()
    },
    async leave() {
      aborting.abort()
      await reader.cancel().catch(() => {})
    },
  }
}
