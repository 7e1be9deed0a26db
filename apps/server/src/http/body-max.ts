import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'

/**
 * Refuses bodies that are larger. A declared length is judged by its header alone, because Node's parser holds the
 * caller to it: Hono's own limit opens every body as a web stream, which cost half of the callback route.
 */
export function bodyMax(options: Parameters<typeof bodyLimit>[0]): MiddlewareHandler {
  const streamed = bodyLimit(options)
  return (c, next) => {
    const declared = c.req.header('content-length')
    const within = declared !== undefined && c.req.header('transfer-encoding') === undefined && Number(declared) <= options.maxSize
    return within ? next() : streamed(c, next)
  }
}
