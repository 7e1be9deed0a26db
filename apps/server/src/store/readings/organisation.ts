import type { Instant } from '@nyuzi/core'
import type {
  ApiKeyReading,
  BranchReading,
  InstallationReading,
  OrganisationReading,
  PlanReading,
  PriceReading,
  ReadingStore,
} from '../../flows/readings/ports.ts'
import { fromRowPrice, type PriceRow, priceColumns } from '../catalog.ts'
import { type PolicyRow, toPolicy } from '../organisations.ts'
import type { Sql } from '../transaction.ts'
import { after, first } from './page.ts'

type Verbs = 'organisation' | 'branches' | 'branch' | 'apiKeys' | 'apiKey' | 'plans' | 'plan' | 'installations' | 'installation'

export function organisationReadings(sql: Sql): Pick<ReadingStore, Verbs> {
  const branches = sql`select id, code, name, created_at as "createdAt" from branches`
  const apiKeys = sql`select id, name, prefix, permissions, created_at as "createdAt", revoked_at as "revokedAt" from api_keys`
  const installations = sql`
    select id, plugin_id as "pluginId", name, branch_id as "branchId", settings, secrets, callback_token as "callbackToken", status, status_reason as "statusReason", version,
           created_at as "createdAt", updated_at as "updatedAt" from installations`
  const plans = sql`select id, code, name, kind, created_at as "createdAt" from plans`

  const withPrices = async (found: readonly Omit<PlanReading, 'prices'>[]): Promise<readonly PlanReading[]> => {
    const rows = await sql<(PriceRow & { createdAt: Instant; moved: number | null; finishedAt: Instant | null })[]>`
      select ${priceColumns(sql)}, r.created_at as "createdAt", m.moved, m.finished_at as "finishedAt"
        from prices r left join price_moves m on m.organisation_id = r.organisation_id and m.price_id = r.id where r.plan_id = any (${found.map(({ id }) => id)}::uuid[])
       order by r.version desc`
    const prices: readonly PriceReading[] = rows.map((row) => ({
      ...fromRowPrice(row),
      createdAt: row.createdAt,
      ...(row.moved === null ? {} : { move: { moved: row.moved, finishedAt: row.finishedAt } }),
    }))
    return found.map((plan) => ({ ...plan, prices: prices.filter(({ planId }) => planId === plan.id) }))
  }

  return {
    async organisation() {
      const [row] = await sql<(Omit<OrganisationReading, 'policy'> & { policy: PolicyRow })[]>`
        select id, slug, name, country, currency, time_zone as "timeZone", language, account_prefix as "accountPrefix", policy,
               created_at as "createdAt" from organisations`
      if (!row) throw new Error('this transaction is inside no organisation')
      return { ...row, policy: toPolicy(row.policy) }
    },
    branches: (page) => sql<BranchReading[]>`${branches} where true ${after(sql, page)}`,
    branch: async (id) => first(await sql<BranchReading[]>`${branches} where id = ${id}`),
    apiKeys: (page) => sql<ApiKeyReading[]>`${apiKeys} where true ${after(sql, page)}`,
    apiKey: async (id) => first(await sql<ApiKeyReading[]>`${apiKeys} where id = ${id}`),
    plans: async (page) => withPrices(await sql<Omit<PlanReading, 'prices'>[]>`${plans} where true ${after(sql, page)}`),
    plan: async (id) => first(await withPrices(await sql<Omit<PlanReading, 'prices'>[]>`${plans} where id = ${id}`)),
    installations: (page) => sql<InstallationReading[]>`${installations} where true ${after(sql, page)}`,
    installation: async (id) => first(await sql<InstallationReading[]>`${installations} where id = ${id}`),
  }
}
