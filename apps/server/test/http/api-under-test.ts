// The real API on a real PostgreSQL: only providers, the clock's start and what hangs on a process are stand-ins.
import { createHash, randomBytes } from 'node:crypto'
import { type InstallationId, type OrganisationId, readId } from '@nyuzi/core'
import { createTestDatabase } from '@nyuzi/embedded-postgres/testing'
import { definePlugin, ProviderRefused, secret, z } from '@nyuzi/sdk'
import postgres from 'postgres'
import { expect } from 'vitest'
import { randomIds } from '../../src/composition/ids.ts'
import { createPluginCatalog } from '../../src/composition/plugin-catalog.ts'
import { lazyPrinter } from '../../src/composition/printer.ts'
import { createVault } from '../../src/composition/vault.ts'
import type { Installed } from '../../src/flows/ports.ts'
import { type AppOptions, createApp } from '../../src/http/app.ts'
import type { ApiParts } from '../../src/http/parts.ts'
import { keyRing } from '../../src/store/api-keys.ts'
import { openStore } from '../../src/store/open-store.ts'
import { connect } from '../../src/store/transaction.ts'

export const operatorKey = 'operator-key-of-the-tests'
export const metricsToken = 'metrics-token-of-the-tests'
/** Typed into every secret field; must never come back. */
export const canary = 'canary-secret-9f2c'

const refuse = async () => {
  throw new ProviderRefused('the box of the tests answers no')
}

const paybox = definePlugin({
  id: 'paybox',
  title: 'Paybox of the tests',
  contract: 1,
  config: z.object({ shortcode: z.string(), passkey: secret(), spareKey: secret().optional(), sandbox: z.boolean().default(true) }),
  setup: () => ({
    payments: {
      currencies: ['KES'],
      channels: { confirmation: { token: 'installation', purpose: 'notice' }, stk: { token: 'intent', purpose: 'notice' } },
      collect: {
        rules: {
          wholeUnitsOnly: true,
          amountMinorMin: 100n,
          amountMinorMax: 25_000_000n,
          accountReferenceMaxLength: 12,
          expiresAfterMs: 60_000,
          lookUpPausesMs: [15_000],
          samePhonePauseMs: 60_000,
          sameAmountPauseMs: 120_000,
        },
        request: refuse,
      },
      registerCallbacks: async () => ({ outcome: 'registered' }),
    },
  }),
})

const router = definePlugin({
  id: 'router',
  title: 'Router of the tests',
  contract: 1,
  config: z.object({ host: z.string(), password: secret() }),
  setup: () => ({
    access: { serviceKinds: ['pppoe'], applyAccess: refuse, checkHealth: async () => ({ version: '7.18', identity: 'box', warnings: [] }) },
  }),
})

// biome-ignore lint/suspicious/noExplicitAny: a test reads answers as a program of another language would; a wrong field fails it.
export type Json = any
type Answer = { status: number; headers: Headers; body: Json; text: string }

export type TestApi = Awaited<ReturnType<typeof startApi>>

export async function startApi(options: Partial<AppOptions> = {}) {
  const testDatabase = await createTestDatabase()
  const database = connect({ url: testDatabase.url, connectionsMax: 8, applicationName: 'test' })
  /** Sees all organisations: for looking behind the API's back. */
  const owner = postgres(testDatabase.url, { max: 2, types: { bigint: postgres.BigInt } })
  const vault = createVault(randomBytes(32))
  const woken: string[] = []

  const find = async (id: InstallationId): Promise<Installed | undefined> => {
    const [row] = await owner`select * from installations where id = ${id} and status = 'active'`
    if (!row) return undefined
    const plugin = row['plugin_id'] === 'router' ? router : paybox
    return {
      id,
      organisationId: row['organisation_id'],
      name: row['name'],
      pluginId: row['plugin_id'],
      ...plugin.setup({} as never),
      booksAs: () => id,
      ownsToken: (token) => token === row['callback_token'],
      callbackUrl: (channel, token) => `https://isp.test/callbacks/${id}/${channel}/${token}`,
    }
  }

  const parts: ApiParts = {
    store: openStore(database),
    keyRing: keyRing(database),
    vault,
    pluginCatalog: createPluginCatalog([paybox, router]),
    plugins: {
      find,
      listening: find,
      offering: async (organisationId, capability) => {
        const rows = await owner`select id from installations where organisation_id = ${organisationId} and status = 'active' order by id`
        const all = await Promise.all(rows.map((row) => find(row['id'])))
        return all.filter((installed) => installed !== undefined).filter((installed) => installed[capability] !== undefined)
      },
      pause: async () => {},
    },
    clock: { now: () => new Date() },
    ids: randomIds,
    printer: lazyPrinter,
    mintApiKey: () => {
      const text = `nyz_${randomBytes(24).toString('hex').slice(0, 32)}`
      return { text, prefix: text.slice(0, 8), sha256: createHash('sha256').update(text).digest() }
    },
    wake: (kind) => woken.push(kind),
    wakeLane: () => {},
    holder: 'test',
    openPassword: () => canary,
    log: { info: () => {}, warn: () => {}, error: (message, facts) => console.error(message, facts) },
    meter: { count: () => {}, paymentToAccess: () => {} },
  }

  const app = createApp({
    parts,
    operatorKey,
    operations: {
      readiness: async () => ({ ready: true, checks: { database: 'ok' } }),
      metrics: async () => ({ contentType: 'text/plain', body: 'nyuzi_up 1\n' }),
      metricsToken,
    },
    peerAddress: () => undefined,
    refusalsMax: Number.POSITIVE_INFINITY,
    ...options,
  })

  const auditCount = async (): Promise<number> => Number((await owner`select count(*)::int as n from audit_records`)[0]?.['n'])

  /** One request. Shows no secret ever, and leaves an audit row when it changed something. */
  async function call(
    method: string,
    path: string,
    key: string | undefined,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const before = method === 'GET' ? 0 : await auditCount()
    const response = await app.request(path, {
      method,
      headers: {
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    expect(text).not.toContain(canary)
    const done =
      method !== 'GET' &&
      response.status < 300 &&
      !response.headers.has('idempotent-replayed') &&
      !JSON.stringify(body ?? '').includes('"dryRun":true')
    if (done) expect(await auditCount(), `${method} ${path} left no audit row`).toBeGreaterThan(before)
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    return { status: response.status, headers: response.headers, text, body: isJson && text !== '' ? JSON.parse(text) : undefined }
  }

  async function createOrganisation(slug: string): Promise<{ id: string; organisationId: OrganisationId; key: string; branch: string }> {
    const made = await call('POST', '/v1/organisations', operatorKey, {
      slug,
      name: `Net ${slug}`,
      country: 'KE',
      currency: 'KES',
      timeZone: 'Africa/Nairobi',
      branch: { code: 'NRB', name: 'Nairobi' },
    })
    expect(made.status, made.text).toBe(201)
    const id = made.body.organisation.id
    return { id, organisationId: readId('organisation', id) as OrganisationId, key: made.body.apiKey.key, branch: made.body.branch.id }
  }

  return {
    app,
    parts,
    owner,
    call,
    createOrganisation,
    woken,
    async stop() {
      await database.end()
      await owner.end()
      await testDatabase.drop()
    },
  }
}

/** Calls that must succeed, by one key. */
export function asKey(api: TestApi, key: string) {
  const ok = async (method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Json> => {
    const answer = await api.call(method, path, key, body, headers)
    expect(answer.status, `${method} ${path}: ${answer.text}`).toBeLessThan(300)
    return answer.body
  }
  return {
    get: (path: string) => ok('GET', path),
    post: (path: string, body?: unknown, headers?: Record<string, string>) => ok('POST', path, body, headers),
    patch: (path: string, body: unknown) => ok('PATCH', path, body),
  }
}

export const planBody = (code: string) => ({
  code,
  name: 'Home 10',
  price: {
    amount: { amountMinor: '250000', currency: 'KES' },
    graceDays: 2,
    profile: { name: 'home-10', downloadBps: 10_000_000, uploadBps: 5_000_000 },
    effectiveFrom: '2020-01-01',
  },
})

export const payboxBody = { plugin: 'paybox', name: 'Paybill', settings: { shortcode: '400123', passkey: canary } }
export const routerBody = { plugin: 'router', name: 'Box 1', settings: { host: '10.0.0.1', password: canary } }
