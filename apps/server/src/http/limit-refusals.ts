import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { FlowError } from '../flows/errors.ts'

const windowMs = 60_000
const addressesMax = 10_000

class TooManyRefusals extends FlowError {}

export type LimitRefusalsOptions = {
  readonly peerAddress: (c: Context) => string | undefined
  /** So many wrong keys and addresses a minute from one place; then all of it waits. */
  readonly refusalsMax?: number
}

/**
 * Slows down guessing: after too many 401 and 404 answers, an address is told to wait. Calls that are right are not
 * counted. Providers are not told to wait: they call for all organisations from a few addresses, so an installation that
 * is gone would shut out the others' money; and their tokens are too long to be guessed.
 */
export function limitRefusals({ peerAddress, refusalsMax = 120 }: LimitRefusalsOptions) {
  let windowEndsMs = 0
  const refusals = new Map<string, number>()
  return createMiddleware(async (c, next) => {
    if (c.req.path.startsWith('/callbacks/')) return await next()
    const nowMs = performance.now()
    if (nowMs > windowEndsMs || refusals.size > addressesMax) {
      refusals.clear()
      windowEndsMs = nowMs + windowMs
    }
    const address = peerAddress(c) ?? 'unknown'
    const count = refusals.get(address) ?? 0
    if (count >= refusalsMax) {
      throw new TooManyRefusals('rate_limited', 'Too many wrong keys or addresses came from here. Wait, and check the key.', {
        retryAfterSeconds: Math.ceil((windowEndsMs - nowMs) / 1000),
      })
    }
    await next()
    if (c.res.status === 401 || c.res.status === 404) refusals.set(address, count + 1)
  })
}
