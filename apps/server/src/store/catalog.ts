import {
  type BillingMode,
  type BillingPolicy,
  type BillingTiming,
  type BranchId,
  type CivilDate,
  type Currency,
  defaultBillingPolicy,
  type Instant,
  money,
  type Plan,
  type PlanId,
  type Price,
  type PriceExtra,
  type PriceId,
  type PricePhase,
  type PriceUsage,
  type Pricing,
  type TaxClass,
} from '@nyuzi/core'
import type { CatalogStore } from '../flows/catalog/ports.ts'
import type { Sql } from './transaction.ts'

export const catalogStore = (sql: Sql): CatalogStore => ({
  async addPlan({ id, code, name, kind }, at) {
    const rows = await sql`
      insert into plans (organisation_id, id, code, name, kind, created_at) values (nyuzi_organisation(), ${id}, ${code}, ${name}, ${kind}, ${at})
      on conflict do nothing returning id`
    return rows.length === 1
  },
  async nextVersion(planId) {
    const plans = await sql`select from plans where id = ${planId} for update`
    if (plans.length === 0) return undefined
    const [row] = await sql<{ version: number }[]>`select coalesce(max(version), 0) + 1 as version from prices where plan_id = ${planId}`
    return row?.version
  },
  async addPrice(price, at) {
    await addPrice(sql, price, at)
  },
  async price(id) {
    const [row] = await sql<PriceRow[]>`select ${priceColumns(sql)} from prices r where r.id = ${id}`
    return row && fromRowPrice(row)
  },
  async plan(id) {
    const [plan] = await sql<Plan[]>`select id, code, name, kind from plans where id = ${id}`
    return plan
  },
  async priceInForce(planId, on, { currency, segment, branchId }) {
    const [row] = await sql<PriceRow[]>`
      select ${priceColumns(sql)} from prices r
       where r.plan_id = ${planId} and r.currency = ${currency} and r.effective_from <= ${on} and (r.segment is null or r.segment = ${segment}) and (r.branch_id is null or r.branch_id = ${branchId})
       order by r.branch_id is not null desc, r.segment is not null desc, r.version desc limit 1`
    return row && fromRowPrice(row)
  },
})

async function addPrice(sql: Sql, price: Price, at: Instant): Promise<void> {
  const { id, planId, version, amount, billing, timing, category, cadence, graceDays, taxClass, pricing, profile, effectiveFrom } = price
  await sql`
    insert into prices (organisation_id, id, plan_id, version, amount_minor, currency, billing, timing, category, cadence_unit, cadence_count, grace_days, tax_class, pricing,
                        phases, extras, usage, segment, branch_id, policy, profile_name, download_bps, upload_bps, effective_from, created_at)
    values (nyuzi_organisation(), ${id}, ${planId}, ${version}, ${amount.amountMinor}, ${amount.currency}, ${billing}, ${timing}, ${category}, ${cadence.unit},
            ${cadence.count}, ${graceDays}, ${taxClass}, ${pricing}, ${sql.json(price.phases.map(withAmountText))}, ${sql.json(price.extras.map(withAmountText))}, ${sql.json((price.usage ?? []).map(toKeptUsage))},
            ${price.segment ?? null}, ${price.branchId ?? null}, ${sql.json(price.policy)}, ${profile.name}, ${profile.downloadBps}, ${profile.uploadBps}, ${effectiveFrom}, ${at})`
}

/** Whole minor units as text, since JSON numbers are floats; the currency is the price's. */
const withAmountText = <Part extends { readonly amount: Price['amount'] }>({ amount, ...part }: Part) => ({
  ...part,
  amountMinor: String(amount.amountMinor),
})

type Kept<Part> = Omit<Part, 'amount'> & { readonly amountMinor: string }

export type PriceRow = {
  id: PriceId
  planId: PlanId
  version: number
  amountMinor: bigint
  currency: Currency
  billing: BillingMode
  timing: BillingTiming
  category: string
  cadenceUnit: Price['cadence']['unit']
  cadenceCount: number
  graceDays: number
  taxClass: TaxClass
  pricing: Pricing
  profileName: string
  downloadBps: bigint
  uploadBps: bigint
  effectiveFrom: CivilDate
  phases: readonly Kept<PricePhase>[]
  extras: readonly Kept<PriceExtra>[]
  usage: readonly KeptUsage[]
  segment: string | null
  branchId: BranchId | null
  policy: Partial<BillingPolicy>
}

/** Of a price whose table is called `r` in the query. */
export const priceColumns = (sql: Sql) => sql`
  r.id, r.plan_id as "planId", r.version, r.amount_minor as "amountMinor", r.currency, r.billing, r.cadence_unit as "cadenceUnit",
  r.cadence_count as "cadenceCount", r.grace_days as "graceDays", r.tax_class as "taxClass", r.pricing, r.profile_name as "profileName", r.download_bps as "downloadBps",
  r.upload_bps as "uploadBps", r.effective_from as "effectiveFrom", r.timing, r.category, r.phases, r.extras, r.usage, r.segment, r.branch_id as "branchId", r.policy`

export const fromRowPrice = (row: PriceRow): Price => ({
  id: row.id,
  planId: row.planId,
  version: row.version,
  amount: money(row.amountMinor, row.currency),
  cadence: { unit: row.cadenceUnit, count: row.cadenceCount },
  profile: { name: row.profileName, downloadBps: row.downloadBps, uploadBps: row.uploadBps },
  graceDays: row.graceDays,
  effectiveFrom: row.effectiveFrom,
  billing: row.billing,
  timing: row.timing,
  category: row.category,
  taxClass: row.taxClass,
  pricing: row.pricing,
  phases: row.phases.map((phase) => withAmount(phase, row.currency)),
  extras: row.extras.map((extra) => withAmount(extra, row.currency)),
  ...(row.usage.length === 0 ? {} : { usage: row.usage.map((usage) => fromKeptUsage(usage, row.currency)) }),
  ...(row.segment === null ? {} : { segment: row.segment }),
  ...(row.branchId === null ? {} : { branchId: row.branchId }),
  policy: { ...defaultBillingPolicy, ...row.policy },
})

const withAmount = <Part extends { readonly amountMinor: string }>({ amountMinor, ...part }: Part, currency: Currency) => ({
  ...part,
  amount: money(BigInt(amountMinor), currency),
})

type KeptUsage = Omit<PriceUsage, 'tariff'> & {
  readonly tariff: {
    readonly scheme: PriceUsage['tariff']['scheme']
    readonly unit: string
    readonly blockUnits: string
    readonly includedUnits: string
    readonly tiers: readonly { readonly upTo?: string; readonly priceMinor: string; readonly flatFeeMinor?: string }[]
  }
}

const toKeptUsage = ({ tariff: { tiers, blockUnits, includedUnits, ...tariff }, ...usage }: PriceUsage): KeptUsage => ({
  ...usage,
  tariff: {
    ...tariff,
    blockUnits: String(blockUnits),
    includedUnits: String(includedUnits),
    tiers: tiers.map(({ upTo, price, flatFee }) => ({
      priceMinor: String(price.amountMinor),
      ...(upTo === undefined ? {} : { upTo: String(upTo) }),
      ...(flatFee === undefined ? {} : { flatFeeMinor: String(flatFee.amountMinor) }),
    })),
  },
})

const fromKeptUsage = (
  { tariff: { tiers, blockUnits, includedUnits, ...tariff }, ...usage }: KeptUsage,
  currency: Currency,
): PriceUsage => ({
  ...usage,
  tariff: {
    ...tariff,
    blockUnits: BigInt(blockUnits),
    includedUnits: BigInt(includedUnits),
    tiers: tiers.map(({ upTo, priceMinor, flatFeeMinor }) => ({
      price: money(BigInt(priceMinor), currency),
      ...(upTo === undefined ? {} : { upTo: BigInt(upTo) }),
      ...(flatFeeMinor === undefined ? {} : { flatFee: money(BigInt(flatFeeMinor), currency) }),
    })),
  },
})
