import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Hono } from 'hono'
import type { ApiVariables } from '../mount.ts'

const types = {
  'cockpit.css': 'text/css; charset=utf-8',
  'cockpit.js': 'text/javascript; charset=utf-8',
  'mark.svg': 'image/svg+xml',
} as const

export type Assets = { url(name: keyof typeof types): string }

/** The few files a page needs, read once at the start; the digest in the address lets a browser keep them for ever. */
export function mountAssets(app: Hono<ApiVariables>): Assets {
  const files = new Map(
    Object.entries(types).map(([name, contentType]) => {
      const body = readFileSync(new URL(`../../../assets/cockpit/${name}`, import.meta.url), 'utf8')
      return [name, { body, contentType, digest: createHash('sha256').update(body).digest('hex').slice(0, 12) }]
    }),
  )
  for (const [name, { body, contentType }] of files) {
    app.get(`/cockpit/assets/${name}`, (c) =>
      c.body(body, 200, { 'content-type': contentType, 'cache-control': 'public, max-age=31536000, immutable' }),
    )
  }
  return { url: (name) => `/cockpit/assets/${name}?v=${files.get(name)?.digest ?? ''}` }
}
