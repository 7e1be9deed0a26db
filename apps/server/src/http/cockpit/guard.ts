import type { Context } from 'hono'

/** Nothing but our own files runs or styles a page, nothing frames it, and forms go to us only. */
const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

export const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': pagePolicy,
  // A form must be able to say where it comes from; `no-referrer` would blank its Origin.
  'referrer-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  'cache-control': 'no-store',
} as const

/** A post that another site's page made, or that does not say where it was made, is none of ours. */
export function isSameSite(c: Context): boolean {
  const site = c.req.header('sec-fetch-site')
  if (site !== undefined) return site === 'same-origin'
  const origin = c.req.header('origin')
  const host = c.req.header('host') ?? new URL(c.req.url).host
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === host
}

/** A name that leads to this machine and cannot be pointed here by someone else's DNS. */
export function isLoopbackHost(c: Context): boolean {
  const host = c.req.header('host') ?? new URL(c.req.url).host
  return /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host)
}
