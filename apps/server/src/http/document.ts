import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { ApiVariables } from './mount.ts'

const introduction = `Everything the product does, for programs. Send \`Authorization: Bearer nyz_…\`.

- Amounts are whole minor units as text with a currency: \`{"amountMinor": "150000", "currency": "KES"}\` is KES 1,500.
- Instants are ISO 8601 in UTC; dates are civil days of the organisation's time zone.
- Lists give \`items\` and \`nextCursor\`; send it as \`cursor\` for the next page.
- Routes that move money need an \`Idempotency-Key\`; a repeat is told the same, with \`Idempotent-Replayed: true\`.
- Problems are RFC 9457 with a stable \`code\`. What belongs to another organisation is not found.`

/** The description of the API and a page to read it, with nothing fetched from elsewhere and no script but our own files. */
export function mountDocument(app: OpenAPIHono<ApiVariables>): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'apiKey', { type: 'http', scheme: 'bearer', bearerFormat: 'nyz_…' })
  app.doc31('/openapi.json', { openapi: '3.1.0', info: { title: 'Nyuzi admin API', version: '1', description: introduction } })
  const require = createRequire(import.meta.url)
  app.get('/docs', (c) => c.html(page, 200, { 'content-security-policy': pagePolicy }))
  app.get('/docs/init.js', (c) => c.body(init, 200, { 'content-type': 'text/javascript; charset=utf-8' }))
  for (const [name, contentType] of assets) {
    app.get(`/docs/${name}`, async (c) => {
      const bytes = await readFile(require.resolve(`swagger-ui-dist/${name}`))
      return c.body(new Uint8Array(bytes), 200, { 'content-type': contentType, 'cache-control': 'public, max-age=86400' })
    })
  }
}

const assets = [
  ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
  ['swagger-ui.css', 'text/css; charset=utf-8'],
] as const

// The styles of Swagger UI are partly written into elements, hence 'unsafe-inline' for styles only.
const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const page = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Nyuzi admin API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><div id="reference"></div><script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/init.js"></script></body>
</html>
`

const init = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#reference', validatorUrl: null, deepLinking: true, persistAuthorization: false })\n`
