import type { Context, Hono } from 'hono'
import { Forbidden } from '../flows/errors.ts'
import { sameText } from './auth.ts'
import type { ApiVariables } from './mount.ts'

/** What whoever runs the server asks of the process. */
export type Operations = {
  /** The database answers, its migrations are ours, workers and schedules are alive. */
  readiness(): Promise<{ readonly ready: boolean; readonly checks: Readonly<Record<string, 'ok' | string>> }>
  metrics(): Promise<{ readonly contentType: string; readonly body: string }>
  readonly metricsToken?: string
}

const loopback = /^(127\.|::1$|::ffff:127\.)/

export function mountOperations(app: Hono<ApiVariables>, operations: Operations, peerAddress: (c: Context) => string | undefined): void {
  app.get('/health', (c) => c.json({ status: 'up' }))
  app.get('/ready', async (c) => {
    const { ready, checks } = await operations.readiness()
    return c.json({ status: ready ? 'ready' : 'not_ready', checks }, ready ? 200 : 503)
  })
  app.get('/metrics', async (c) => {
    const token = /^Bearer (.+)$/.exec(c.req.header('authorization') ?? '')?.[1]
    const known = operations.metricsToken !== undefined && token !== undefined && sameText(token, operations.metricsToken)
    if (!known && !loopback.test(peerAddress(c) ?? ''))
      throw new Forbidden('forbidden', 'Metrics are for this machine, or for who has the metrics token.')
    const { contentType, body } = await operations.metrics()
    return c.body(body, 200, { 'content-type': contentType })
  })
}
