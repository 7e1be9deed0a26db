import type { AddressInfo } from 'node:net'
import { type ServerType, serve } from '@hono/node-server'
import { accountKey, asId, type BranchId, type InstallationId, makeAccountNumber, money, type OrganisationId } from '@nyuzi/core'
import { mikrotik } from '@nyuzi/plugin-mikrotik'
import { mpesa } from '@nyuzi/plugin-mpesa'
import { Hono } from 'hono'
import postgres from 'postgres'
import { mintApiKey } from '../../apps/server/src/composition/mint-api-key.ts'
import { createPluginCatalog } from '../../apps/server/src/composition/plugin-catalog.ts'
import { runDailyCycle } from '../../apps/server/src/flows/billing/run-daily-cycle.ts'
import { createPlan } from '../../apps/server/src/flows/catalog/create-plan.ts'
import { createInstallation } from '../../apps/server/src/flows/installations/create-installation.ts'
import { verifyLedger } from '../../apps/server/src/flows/ledger/verify-ledger.ts'
import { createOrganisation } from '../../apps/server/src/flows/organisations/create-organisation.ts'
import { receiveCallback } from '../../apps/server/src/flows/payments/receive-callback.ts'
import { wantAccess } from '../../apps/server/src/flows/steps/want-access.ts'
import { callbackRoutes } from '../../apps/server/src/http/routes/callbacks.ts'
import { openBenchEngine } from './engine.ts'

const actor = 'bench'
export const priceMinor = 150_000n

export type BenchIsp = Awaited<ReturnType<typeof openBenchIsp>>

/** What a seeded line is known by. */
export type BenchLine = { readonly subscriberId: string; readonly serviceId: string; readonly account: string; readonly username: string }

/** One ISP on a migrated database. */
export async function openBenchIsp(databaseUrl: string, { connectionsMax = 8 }: { connectionsMax?: number } = {}) {
  const plugins = [mpesa, mikrotik]
  const { engine, clock } = openBenchEngine(databaseUrl, { connectionsMax, plugins })
  const { deps } = engine
  const furnished = { ...deps, mintApiKey, pluginCatalog: createPluginCatalog(plugins) }
  const owner = postgres(databaseUrl, { max: 4, onnotice: () => {} })
  const slug = `bench-${crypto.randomUUID().slice(0, 8)}`
  const { organisationId, branchId } = await createOrganisation(furnished, {
    slug,
    name: 'Savanna Fibre',
    country: 'KE',
    currency: 'KES',
    timeZone: 'Africa/Nairobi',
    language: 'en',
    accountPrefix: '',
    policy: { invoiceLeadDays: 7, payTo: 'Paybill 400123' },
    branch: { code: 'NRB', name: 'Nairobi' },
  })
  const install = (pluginId: string, name: string, settings: Record<string, unknown>): Promise<InstallationId> =>
    createInstallation(furnished, organisationId, { pluginId, name, settings, actor })
  const paybill = await install('mpesa', 'Paybill 400123', {
    shortcode: '400123',
    consumerKey: 'key',
    consumerSecret: 'secret',
    passkey: 'passkey',
    // Nobody answers there, and no figure calls the provider.
    baseUrl: 'http://127.0.0.1:1',
    peerAddresses: [],
  })
  const installRouter = (name: string, port: number, settings: Record<string, unknown> = {}): Promise<InstallationId> =>
    install('mikrotik', name, { host: '127.0.0.1', port, tls: 'plain', username: 'nyuzi', password: 'router-password', ...settings })
  await createPlan(deps, organisationId, {
    code: 'HOME10',
    name: 'Home 10',
    actor,
    price: {
      amount: money(priceMinor, 'KES'),
      billing: 'postpaid',
      cadence: { unit: 'month', count: 1 },
      graceDays: 3,
      profile: { name: 'home-10', downloadBps: 10_000_000n, uploadBps: 5_000_000n },
      effectiveFrom: '2020-01-01' as never,
    },
  })
  const [price] = await owner<{ id: string }[]>`select id from prices where organisation_id = ${organisationId}`
  const [token] = await owner<{ callback_token: string }[]>`select callback_token from installations where id = ${paybill}`
  let seeded = 0n

  return {
    engine,
    deps,
    clock,
    owner,
    organisationId: organisationId as OrganisationId,
    branchId: branchId as BranchId,
    paybill,
    installRouter,
    confirmationPath: `/callbacks/${paybill.replaceAll('-', '')}/confirmation/${token?.callback_token}`,
    confirmationToken: token?.callback_token ?? '',

    /** Subscribers with one line each. `billed` ones are invoiced by the next cycle, the others never. */
    async seed(
      count: number,
      { router, prefix, billed }: { router: InstallationId; prefix: string; billed: boolean },
    ): Promise<BenchLine[]> {
      const first = seeded
      seeded += BigInt(count)
      const rows = Array.from({ length: count }, (_, index) => {
        const serviceId = deps.ids.next()
        const account = makeAccountNumber(100_000n + first + BigInt(index))
        return {
          subscriberId: deps.ids.next(),
          subscriptionId: deps.ids.next(),
          serviceId,
          account,
          key: accountKey(account),
          phone: `+2547${String(10_000_000 + Number(first) + index)}`,
          username: `${prefix}${index}`,
          password: Buffer.from(
            deps.vault.seal(`password-${index}`, { organisationId, table: 'services', row: serviceId, column: 'password' }),
          ).toString('hex'),
        }
      })
      const pick = <K extends keyof (typeof rows)[number]>(name: K) => rows.map((row) => row[name])
      const now = clock.now()
      const nextInvoiceOn = billed ? '2026-06-03' : null
      await owner`
        insert into subscribers (organisation_id, id, branch_id, account_number, account_key, name, phone, language, currency, created_at)
        select ${organisationId}, r.id, ${branchId}, r.account, r.key, 'Amina', r.phone, 'en', 'KES', ${now}
          from unnest(${pick('subscriberId')}::text[]::uuid[], ${pick('account')}::text[], ${pick('key')}::text[], ${pick('phone')}::text[]) as r(id, account, key, phone)`
      await owner`
        insert into subscriptions (organisation_id, id, subscriber_id, payer_id, starts_on, billed_until, next_invoice_on, created_at)
        select ${organisationId}, r.id, r.subscriber_id, r.subscriber_id, '2026-06-10', '2026-06-10', ${nextInvoiceOn}, ${now}
          from unnest(${pick('subscriptionId')}::text[]::uuid[], ${pick('subscriberId')}::text[]::uuid[]) as r(id, subscriber_id)`
      await owner`
        insert into subscription_terms (organisation_id, subscription_id, number, price_id, origin, anchor_day, from_on, created_at)
        select ${organisationId}, r.id, 1, ${price?.id ?? ''}, '2026-06-10', 10, '2026-06-10', ${now} from unnest(${pick('subscriptionId')}::text[]::uuid[]) as r(id)`
      await owner`
        insert into services (organisation_id, id, subscriber_id, subscription_id, installation_id, kind, username, password, created_at)
        select ${organisationId}, r.id, r.subscriber_id, r.subscription_id, ${router}, 'pppoe', r.username, decode(r.password, 'hex'), ${now}
          from unnest(${pick('serviceId')}::text[]::uuid[], ${pick('subscriberId')}::text[]::uuid[], ${pick('subscriptionId')}::text[]::uuid[],
                      ${pick('username')}::text[], ${pick('password')}::text[]) as r(id, subscriber_id, subscription_id, username, password)`
      for (let at = 0; at < rows.length; at += 1_000) {
        const subscriberIds = rows.slice(at, at + 1_000).map(({ subscriberId }) => asId('subscriber', subscriberId))
        await deps.store.inOrganisation(organisationId, async (tx) => wantAccess(tx, await tx.organisation.read(), now, { subscriberIds }))
      }
      return rows.map(({ subscriberId, serviceId, account, username }) => ({ subscriberId, serviceId, account, username }))
    },

    /** Invoices all that are billed, lets the grace pass and wants their lines suspended. */
    async billAndSuspend(): Promise<void> {
      await runDailyCycle(deps, organisationId)
      clock.moveTo(new Date('2026-06-14T09:00:00Z'))
      await runDailyCycle(deps, organisationId)
    },

    /** Statistics as autovacuum would have left them, so that plans do not depend on its timing. */
    settleStatistics: () => owner`vacuum analyze`,
    verify: () => verifyLedger(deps, organisationId),
    async close(): Promise<void> {
      await engine.stop()
      await owner.end()
    },
  }
}

/** The callback route alone on a port; `receive` may be another than the flow. */
export async function serveCallbacks(
  receive: Parameters<typeof callbackRoutes>[0]['receive'],
): Promise<{ port: number; stop(): Promise<void> }> {
  const app = new Hono().route('/', callbackRoutes({ receive, peerAddress: () => '127.0.0.1' }))
  let server: ServerType | undefined
  const port = await new Promise<number>((resolve) => {
    server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, (info: AddressInfo) => resolve(info.port))
  })
  return { port, stop: () => new Promise((resolve) => void server?.close(() => resolve())) }
}

export { receiveCallback }
