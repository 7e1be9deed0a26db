// The pages of the reference are compared with the code both ways. docs/reference/api.md is generated: `npx vitest run -u` writes it.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as providerErrors from '@nyuzi/sdk'
import { expect, test } from 'vitest'
import { errorCodes } from '../../src/flows/error-codes.ts'
import type { Endpoint } from '../../src/http/endpoint.ts'
import { answerTo, toProblem } from '../../src/http/problem.ts'
import { routeTable } from '../../src/http/route-table.ts'

const root = join(import.meta.dirname, '../../../..')
const page = await readFile(join(root, 'docs/reference/errors.md'), 'utf8')
const rows = [...page.matchAll(/^\| `([a-zA-Z0-9_]+)` \| (\d{3}|–) \|/gm)].map(([, code, status]) => [code, status])

test('every code is on the page of errors with its status, and the page holds no other', () => {
  const ofApi = rows.filter(([, status]) => status !== '–').map(([code, status]) => [code, Number(status)])
  expect(Object.fromEntries(ofApi)).toEqual(errorCodes)
  expect(ofApi).toHaveLength(Object.keys(errorCodes).length)
})

test('every refusal of the database is on the page of errors, and the page holds no other', async () => {
  const guards = await readFile(join(root, 'apps/server/drizzle/0001_guards.sql'), 'utf8')
  const raised = [...new Set([...guards.matchAll(/errcode = '(NY\d{3})'/g)].map(([, code]) => code))]
  expect(rows.filter(([, status]) => status === '–').map(([code]) => code)).toEqual(raised.sort())
})

test('every error of a provider has a code and a status', () => {
  const classes = Object.values(providerErrors).filter(
    (value): value is typeof providerErrors.ProviderRefused =>
      typeof value === 'function' && value.prototype instanceof providerErrors.ProviderError,
  )
  expect(classes).toHaveLength(6)
  for (const ProviderFault of classes) {
    const problem = toProblem(answerTo(new ProviderFault('no')), 'r')
    expect(Object.keys(errorCodes)).toContain(problem.code)
    expect(problem.status).toBeGreaterThanOrEqual(202)
  }
})

test('the page of the API lists every route and its permission', async () => {
  const table = routeTable({ store: {}, clock: {} } as never)
  expect(new Set(table.map(({ method, path }) => `${method} ${path}`)).size).toBe(table.length)
  await expect(apiPage(table)).toMatchFileSnapshot(join(root, 'docs/reference/api.md'))
})

test('every route says what it is for, in the words of the house', () => {
  for (const { method, path, summary, tag, permission } of routeTable({ store: {}, clock: {} } as never)) {
    expect(summary.length, path).toBeGreaterThan(4)
    expect(tag).not.toBe('')
    expect(path).toMatch(/^\/v1(\/[a-z-]+|\/\{[a-zA-Z]+\})+(\.pdf)?$/)
    if (method !== 'get') expect(permission, `${method} ${path}`).not.toBe('read')
  }
})

function apiPage(table: readonly Endpoint[]): string {
  const tags = [...new Set(table.map(({ tag }) => tag))]
  const sections = tags.map((tag) => {
    const lines = table
      .filter((endpoint) => endpoint.tag === tag)
      .map(
        ({ method, path, permission, summary, idempotent }) =>
          `| \`${method.toUpperCase()} ${path}\` | ${permission} | ${summary}${idempotent ? '; needs an `Idempotency-Key`' : ''} |`,
      )
    return `## ${tag}\n\n| route | permission | does |\n|---|---|---|\n${lines.join('\n')}\n`
  })
  return `${introduction}\n${sections.join('\n')}`
}

const introduction = `# Admin API, version 1

Everything the product does, for programs. Generated from the route table; the schema of each route is at \`/openapi.json\`, and a
page to read it at \`/docs\`, both on your own server.

- **Key.** \`Authorization: Bearer nyz_…\`. A key belongs to one organisation and lists what it may do: \`read\`, \`write\`, \`money\`,
  \`admin\`; none contains another. Whoever runs the server has the operator's key, which opens organisations and nothing else.
- **Amounts** are whole minor units as text with a currency: \`{"amountMinor": "150000", "currency": "KES"}\` is KES 1,500. Answers add \`text\`.
- **Time.** Instants are ISO 8601 in UTC. Dates are civil days in the organisation's zone. A cancelled subscription's date is the first day without service.
- **Ids** carry a prefix (\`sub_…\`). What belongs to another organisation is not found (404).
- **Lists** take \`limit\` (1 to 200, default 50) and \`cursor\`, and answer \`{items, nextCursor}\`, newest first. A page does not move when rows come in.
- **Bodies** are JSON up to 1 MiB. A field that is not described is refused.
- **Money** routes need an \`Idempotency-Key\`: a repeat is told the same, with \`Idempotent-Replayed: true\`; while the first runs, 409 with \`Retry-After\`;
  with another body, 422. A refused attempt leaves nothing and may be made again with the same key.
- **Problems** are \`application/problem+json\` (RFC 9457) with a stable \`code\` ([errors](errors.md)), \`errors: [{field, rule, fix}]\` and the \`requestId\` that finds it in the log.
- **Beside it:** \`/health\` (the process is up), \`/ready\` (database, migrations, workers), \`/metrics\` (from this machine, or with the metrics token).
`
