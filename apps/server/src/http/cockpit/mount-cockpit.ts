import { type OrganisationId, readId, type SubscriberId, showId } from '@nyuzi/core'
import type { Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { getCookie, setCookie } from 'hono/cookie'
import { streamSSE } from 'hono/streaming'
import type { KeyRing } from '../../flows/api-keys/ports.ts'
import { type ListQuery, listFilters } from '../../flows/cockpit/ports.ts'
import { FlowError, NotFound } from '../../flows/errors.ts'
import { resolveSuspense } from '../../flows/payments/resolve-suspense.ts'
import type { Deps } from '../../flows/ports.ts'
import type { ApiVariables } from '../mount.ts'
import { mountAssets } from './assets.ts'
import { type CockpitAction, demoPanel } from './demo-panel.ts'
import { createFeed, type Topic } from './feed.ts'
import { isLoopbackHost, isSameSite, pageHeaders } from './guard.ts'
import { html, type Markup } from './markup.ts'
import { overviewRegions, readChoices, readList, readOverview } from './overview.ts'
import { messageBody, page, preparingBody, type Shell, signInBody } from './page.ts'
import { createSessions, type Viewer } from './sessions.ts'
import { rowsMax } from './subscriber-list.ts'
import { readSubscriber, subscriberPage, subscriberRegions } from './subscriber-page.ts'
import { timesIn } from './words.ts'

export type CockpitOptions = {
  readonly deps: Deps
  readonly keyRing: KeyRing
  readonly mode: 'demo' | 'real'
  /** The server is reached by https: its cookie travels no other way. */
  readonly isHttps: boolean
  /** Demo mode only; undefined while the demo is still being made up. */
  demo?(): { readonly organisationId: OrganisationId; readonly actions: readonly CockpitAction[] } | undefined
  readonly feedEveryMs?: number
}

export type Cockpit = { close(): void }
type Ctx = Context<ApiVariables>
/** `open`: anyone. `viewer`: a session that may read. A post is taken from our own pages only, whatever it needs. */
type Policy = { readonly needs: 'open' } | { readonly needs: 'viewer' }

const keepAliveMs = 15_000

/** The pages of staff: server-rendered, kept up to date by a feed, and nothing of them without a session. */
export function mountCockpit(app: Hono<ApiVariables>, options: CockpitOptions): Cockpit {
  const { deps, mode, isHttps } = options
  const { store, clock } = deps
  const assets = mountAssets(app)
  const sessions = createSessions({ keyRing: options.keyRing, showActor: (id) => showId('apiKey', id) })
  const feed = createFeed(deps, options.feedEveryMs)
  const cookieName = isHttps ? '__Host-nyuzi' : 'nyuzi'

  const show = (
    c: Ctx,
    shell: Omit<Shell, 'assets' | 'mode' | 'signedIn'> & { signedIn?: boolean },
    body: Markup,
    status: 200 | 400 | 401 | 403 | 404 | 409 | 503 = 200,
  ) => c.body(page({ signedIn: false, ...shell, assets, mode }, body), status, pageHeaders)
  const message = (c: Ctx, status: 400 | 403 | 404 | 409 | 503, heading: string, words: string) =>
    wantsJson(c) ? c.json({ says: words }, status) : show(c, { title: `Nyuzi: ${heading}` }, messageBody(heading, words), status)

  async function viewerOf(c: Ctx): Promise<Viewer | undefined> {
    if (mode === 'real') return await sessions.find(getCookie(c, cookieName))
    const demo = options.demo?.()
    return demo && { organisationId: demo.organisationId, permissions: ['read', 'write', 'money', 'admin'], actor: 'cockpit' }
  }

  /** Every route of the cockpit comes through here, so none is without a policy. */
  function route(
    method: 'get' | 'post',
    path: string,
    policy: Policy,
    handle: (c: Ctx, viewer: Viewer) => Promise<Response> | Response,
  ): void {
    app.on(method.toUpperCase(), path, bodyLimit({ maxSize: 32_768 }), async (c) => {
      c.set('route', path)
      if (mode === 'demo' && !isLoopbackHost(c))
        return message(c, 403, 'Not from here', 'The demo shows itself at http://127.0.0.1 and http://localhost only.')
      if (method === 'post' && !isSameSite(c))
        return message(c, 403, 'Not from here', 'This was sent from another site, and nothing was done.')
      if (policy.needs === 'open') return await handle(c, nobody)
      const viewer = await viewerOf(c)
      if (viewer) {
        c.set('actor', viewer.actor)
        return await handle(c, viewer)
      }
      if (mode === 'demo') return show(c, { title: 'Nyuzi demo', refreshSeconds: 2 }, preparingBody(), 503)
      return method === 'get' && path === '/' ? show(c, { title: 'Nyuzi: sign in' }, signInBody(), 401) : c.redirect('/', 303)
    })
  }

  route('get', '/', { needs: 'viewer' }, async (c, { organisationId, permissions }) => {
    const now = clock.now()
    const mayResolve = permissions.includes('money')
    const query = toListQuery(c)
    const actions = options.demo?.()?.actions ?? []
    const { reading, list, choices } = await store.inOrganisation(organisationId, async (tx) => ({
      reading: await readOverview(tx, now),
      list: await readList(tx, query, now),
      choices: actions.length > 0 ? await readChoices(tx) : undefined,
    }))
    const regions = overviewRegions(reading, mayResolve)
    const body = html`${regions.get('tiles')}<div class="columns"><div class="column">${regions.get('happenings')}${list}</div><div class="column column-side">${choices ? demoPanel(actions, choices) : ''}${regions.get('suspense')}${regions.get('tasks')}${regions.get('boxes')}</div></div>`
    return show(
      c,
      {
        title: `${reading.organisation.name} · Nyuzi`,
        topic: 'overview',
        organisation: reading.organisation.name,
        ...clockOf(regions),
        signedIn: true,
      },
      body,
    )
  })

  route('get', '/cockpit/list', { needs: 'viewer' }, async (c, { organisationId }) => {
    const list = await store.inOrganisation(organisationId, (tx) => readList(tx, toListQuery(c), clock.now()))
    return c.body(list.text, 200, pageHeaders)
  })

  route('get', '/cockpit/subscribers/:subscriber', { needs: 'viewer' }, async (c, { organisationId }) => {
    const id = readId('subscriber', c.req.param('subscriber') ?? '')
    const found =
      id &&
      (await store.inOrganisation(organisationId, async (tx) => ({
        view: await readSubscriber(tx, id, clock.now()),
        organisation: await tx.readings.organisation(),
      })))
    if (!id || !found?.view) return message(c, 404, 'Nobody here', 'There is no such subscriber.')
    const { view, organisation } = found
    const regions = subscriberRegions(view, timesIn(organisation.timeZone, clock.now()))
    const shell = { title: `${view.row.name} · Nyuzi`, topic: showId('subscriber', id), organisation: organisation.name, signedIn: true }
    return show(c, { ...shell, ...clockOf(regions) }, subscriberPage(regions))
  })

  route('get', '/cockpit/feed', { needs: 'viewer' }, (c, viewer) => {
    const topic = toTopic(c.req.query('topic') ?? '', viewer)
    if (!topic) throw new NotFound('topic')
    return streamSSE(c, async (stream) => {
      const left = new AbortController()
      stream.onAbort(() => left.abort())
      const stop = feed.watch(
        viewer.organisationId,
        topic,
        (patches, isFirst) => void stream.writeSSE({ event: 'patch', data: JSON.stringify({ patches, isFirst }) }),
      )
      try {
        while (stop && !left.signal.aborted) {
          await stream.writeSSE({ event: 'beat', data: '' })
          await passed(keepAliveMs, left.signal)
          // A key that was revoked meanwhile ends the feed; the page then leads to signing in.
          if (!(await viewerOf(c))) break
        }
        if (!left.signal.aborted) await stream.writeSSE({ event: stop ? 'gone' : 'full', data: '' })
      } finally {
        stop?.()
      }
    })
  })

  route('post', '/cockpit/suspense/:payment', { needs: 'viewer' }, async (c, { organisationId, permissions, actor }) => {
    if (!permissions.includes('money'))
      return message(c, 403, 'Not with this key', 'Giving a payment to its owner needs the permission money.')
    const paymentId = readId('payment', c.req.param('payment') ?? '')
    const subscriberId = readId('subscriber', (await formOf(c))['subscriber'] ?? '')
    if (!paymentId || !subscriberId) return message(c, 404, 'Nothing here', 'There is no such payment or subscriber.')
    try {
      await resolveSuspense(deps, organisationId, { paymentId, subscriberId, actor })
    } catch (error) {
      if (error instanceof FlowError) return message(c, error instanceof NotFound ? 404 : 409, 'Not done', error.message)
      throw error
    }
    return wantsJson(c) ? c.json({ says: 'The payment has its owner; line and receipt follow by themselves.' }) : c.redirect('/', 303)
  })

  if (mode === 'demo') {
    route('post', '/cockpit/actions/:action', { needs: 'viewer' }, async (c) => {
      const action = options.demo?.()?.actions.find(({ name }) => name === c.req.param('action'))
      if (!action) return message(c, 404, 'Nothing here', 'There is no such thing to try.')
      const says = await action.run(await formOf(c))
      return wantsJson(c) ? c.json({ says }) : show(c, { title: 'Nyuzi demo' }, messageBody(action.label, says))
    })
  } else {
    route('post', '/cockpit/sign-in', { needs: 'open' }, async (c) => {
      const id = await sessions.open(((await formOf(c))['key'] ?? '').trim())
      if (id === undefined)
        return show(c, { title: 'Nyuzi: sign in' }, signInBody('This key is not known, was revoked, or may not read.'), 401)
      setCookie(c, cookieName, id, { httpOnly: true, sameSite: 'Strict', secure: isHttps, path: '/' })
      return c.redirect('/', 303)
    })
    route('post', '/cockpit/sign-out', { needs: 'open' }, (c) => {
      sessions.close(getCookie(c, cookieName))
      setCookie(c, cookieName, '', { httpOnly: true, sameSite: 'Strict', secure: isHttps, path: '/', maxAge: 0 })
      return c.redirect('/', 303)
    })
  }
  return { close: () => feed.close() }
}

const nobody: Viewer = { organisationId: '' as OrganisationId, permissions: [], actor: 'nobody' }

const wantsJson = (c: Ctx): boolean => (c.req.header('accept') ?? '').includes('application/json')

const clockOf = (regions: ReadonlyMap<string, Markup>): { clock?: Markup } => {
  const clock = regions.get('clock')
  return clock ? { clock } : {}
}

function toTopic(text: string, { permissions }: Viewer): Topic | undefined {
  if (text === 'overview') return { kind: 'overview', mayResolve: permissions.includes('money') }
  const id: SubscriberId | undefined = readId('subscriber', text)
  return id && { kind: 'subscriber', id }
}

function toListQuery(c: Ctx): ListQuery {
  const q = (c.req.query('q') ?? '').replaceAll('\0', '').trim().slice(0, 60)
  const filter = listFilters.find((known) => known === c.req.query('filter')) ?? 'all'
  const id = readId('subscriber', c.req.query('after') ?? '')
  const name = (c.req.query('name') ?? '').replaceAll('\0', '')
  return { filter, limit: rowsMax, ...(q === '' ? {} : { q }), ...(id === undefined ? {} : { after: { name, id } }) }
}

async function formOf(c: Ctx): Promise<Record<string, string>> {
  const fields = await c.req.parseBody()
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value.replaceAll('\0', '')]] : [])),
  )
}

async function passed(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
