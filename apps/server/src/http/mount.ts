import type { OpenAPIHono } from '@hono/zod-openapi'
import { createRoute, z } from '@hono/zod-openapi'
import { Defect } from '@nyuzi/core'
import type { Context, Hono } from 'hono'
import { InvalidInput } from '../flows/errors.ts'
import { authenticate, authenticateOperator, demand } from './auth.ts'
import type { Endpoint } from './endpoint.ts'
import type { ApiParts } from './parts.ts'
import { readJson } from './read-json.ts'

export type ApiVariables = { Variables: { requestId: string; actor?: string; route?: string } }

/** Puts the route table on the server: each row is documented, guarded, read, answered in the same way. */
export function mountEndpoints(
  app: OpenAPIHono<ApiVariables>,
  endpoints: readonly Endpoint[],
  parts: ApiParts,
  operatorKey: string | undefined,
): void {
  for (const endpoint of endpoints) {
    if (!endpoint.permission) throw new Defect(`${endpoint.method} ${endpoint.path} declares no permission`)
    document(app, endpoint)
    app.on(endpoint.method.toUpperCase(), honoPath(endpoint.path), async (c) => {
      c.set('route', endpoint.path)
      const authorization = c.req.header('authorization')
      const principal = endpoint.permission === 'operator' ? undefined : await authenticate(parts.keyRing, authorization)
      c.set('actor', principal?.actor ?? 'operator')
      if (principal && endpoint.permission !== 'operator') demand(principal, endpoint.permission)
      else authenticateOperator(operatorKey, authorization)
      const answer = await endpoint.answer({
        method: endpoint.method,
        path: c.req.path,
        params: c.req.param() as Record<string, string>,
        query: c.req.queries(),
        body: endpoint.bodySchema ? await bodyOf(c) : undefined,
        principal,
        idempotencyKey: c.req.header('idempotency-key'),
        accept: c.req.header('accept'),
        at: parts.clock.now(),
      })
      const headers = {
        'content-type':
          answer.contentType ?? (endpoint.contentType === 'application/json' ? 'application/json; charset=utf-8' : endpoint.contentType),
        ...(answer.replayed ? { 'idempotent-replayed': 'true' } : {}),
        ...(answer.fileName === undefined ? {} : { 'content-disposition': `inline; filename="${answer.fileName}"` }),
      }
      return c.body(answer.body, answer.status as 200, headers)
    })
  }
}

/** Refuses to start with a route of the API that is not in the table, and so has no permission. */
export function refuseUndeclared(app: Hono<ApiVariables>, endpoints: readonly Endpoint[]): void {
  const declared = new Set(endpoints.map(({ method, path }) => `${method.toUpperCase()} ${honoPath(path)}`))
  for (const { method, path } of app.routes) {
    // ALL is what middleware is listed as; it answers nothing by itself.
    if (!path.startsWith('/v1') || method === 'ALL') continue
    if (!declared.has(`${method} ${path}`)) throw new Defect(`${method} ${path} is not in the route table: it has no permission`)
  }
}

const honoPath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1')

async function bodyOf(c: Context): Promise<unknown> {
  const text = await c.req.text()
  if (text === '') return {}
  if (!/^application\/json\s*(;|$)/i.test(c.req.header('content-type') ?? '')) {
    throw new InvalidInput('unsupported_media_type', 'Send the body as application/json.')
  }
  return readJson(text)
}

const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string().openapi({ description: 'Stable; see docs/reference/errors.md' }),
    detail: z.string(),
    errors: z.array(z.object({ field: z.string(), rule: z.string(), fix: z.string() })),
    requestId: z.string(),
  })
  .openapi('Problem')

function document(app: OpenAPIHono<ApiVariables>, endpoint: Endpoint): void {
  const { method, path, tag, summary, permission, idempotent, status, params, querySchema, bodySchema, answerSchema, contentType, csv } =
    endpoint
  const names = Object.keys(params)
  const needs = permission === 'operator' ? "The operator's key." : `Permission \`${permission}\`.`
  app.openAPIRegistry.registerPath(
    createRoute({
      method,
      path,
      tags: [tag],
      summary,
      description: [endpoint.description, needs].filter(Boolean).join('\n\n'),
      security: [{ apiKey: [] }],
      request: {
        ...(names.length > 0 ? { params: z.object(Object.fromEntries(names.map((name) => [name, z.string()]))) } : {}),
        ...(Object.keys(querySchema.shape).length > 0 ? { query: querySchema } : {}),
        ...(bodySchema ? { body: { required: true, content: { 'application/json': { schema: bodySchema } } } } : {}),
        ...(idempotent
          ? { headers: z.object({ 'idempotency-key': z.string().openapi({ description: 'The same for each repeat of one request' }) }) }
          : {}),
      },
      responses: {
        [status]: {
          description: 'Done',
          content: { [contentType]: { schema: answerSchema }, ...(csv ? { 'text/csv': { schema: z.string() } } : {}) },
        },
        default: { description: 'A problem', content: { 'application/problem+json': { schema: problemSchema } } },
      },
    }),
  )
}
