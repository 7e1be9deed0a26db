import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { InvalidInput, NotFound } from '../flows/errors.ts'
import type { Log } from '../flows/ports.ts'
import { mountDocument } from './document.ts'
import type { Endpoint } from './endpoint.ts'
import { limitRefusals } from './limit-refusals.ts'
import { type ApiVariables, mountEndpoints, refuseUndeclared } from './mount.ts'
import { mountOperations, type Operations } from './operations.ts'
import type { ApiParts } from './parts.ts'
import { answerTo, toProblem } from './problem.ts'
import { routeTable } from './route-table.ts'
import { secureHeaders } from './secure-headers.ts'

export type AppOptions = {
  readonly parts: ApiParts
  readonly operations: Operations
  /** Opens organisations; without one nobody can. */
  readonly operatorKey?: string
  /** The caller's address behind the proxies that are trusted; undefined when it is not known. */
  peerAddress(c: Context): string | undefined
  /** Wrong keys and addresses a minute from one place before it has to wait. */
  readonly refusalsMax?: number
  /** For what stands beside the API: callbacks of providers, the cockpit. */
  extraRoutes?(app: Hono<ApiVariables>): void
  /** Instead of the route table, for showing that a wrong one is refused. */
  readonly endpoints?: readonly Endpoint[]
}

const bodyBytesMax = 1_048_576

export function createApp(options: AppOptions): Hono<ApiVariables> {
  const { parts, operations } = options
  const endpoints = options.endpoints ?? routeTable(parts)
  const app = new OpenAPIHono<ApiVariables>()
  app.use(async (c, next) => {
    const requestId = parts.ids.next()
    c.set('requestId', requestId)
    const startedMs = performance.now()
    await next()
    c.header('x-request-id', requestId)
    logRequest(parts.log, c, performance.now() - startedMs)
  })
  app.use(secureHeaders)
  app.use(
    limitRefusals({ peerAddress: options.peerAddress, ...(options.refusalsMax === undefined ? {} : { refusalsMax: options.refusalsMax }) }),
  )
  app.use(
    '/v1/*',
    bodyLimit({
      maxSize: bodyBytesMax,
      onError: () => {
        throw new InvalidInput('body_too_large', 'The body is larger than 1 MiB.')
      },
    }),
  )
  app.onError((error, c) => problem(parts.log, c, error))
  app.notFound((c) => problem(parts.log, c, new NotFound('address')))
  mountEndpoints(app, endpoints, parts, options.operatorKey)
  mountOperations(app, operations, options.peerAddress)
  mountDocument(app)
  options.extraRoutes?.(app)
  refuseUndeclared(app, endpoints)
  return app
}

function problem(log: Log, c: Context<ApiVariables>, error: unknown): Response {
  const requestId = c.get('requestId')
  const answer = answerTo(error)
  const body = toProblem(answer, requestId)
  if (answer.ours) log.error('a request failed', { requestId, route: c.get('route'), code: answer.code, error })
  const headers: Record<string, string> = { 'content-type': 'application/problem+json; charset=utf-8' }
  if (answer.retryAfterSeconds !== undefined) headers['retry-after'] = String(answer.retryAfterSeconds)
  if (answer.code === 'unauthenticated') headers['www-authenticate'] = 'Bearer'
  return c.body(JSON.stringify(body), body.status as 400, headers)
}

/** The route, not the address: an address holds ids, and a query what someone searched for. */
function logRequest(log: Log, c: Context<ApiVariables>, tookMs: number): void {
  const route = c.get('route')
  if (route === undefined) return
  log.info('request', {
    requestId: c.get('requestId'),
    method: c.req.method,
    route,
    status: c.res.status,
    actor: c.get('actor'),
    tookMs: Math.round(tookMs),
  })
}
