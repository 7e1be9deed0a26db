import { sql } from 'drizzle-orm'
import { bigint, check, date, foreignKey, index, integer, jsonb, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'
import { id, instant, minor, organisationId } from './columns.ts'

export const plans = pgTable(
  'plans',
  {
    organisationId: organisationId(),
    id: id(),
    code: text('code').notNull(),
    name: text('name').notNull(),
    /** base | add_on */
    kind: text('kind').notNull().default('base'),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    unique().on(t.organisationId, t.code),
    check('plans_kind', sql`${t.kind} in ('base', 'add_on')`),
  ],
)

/** Immutable versions of a plan: what it costs, how often, and which speeds it gives. */
export const prices = pgTable(
  'prices',
  {
    organisationId: organisationId(),
    id: id(),
    planId: uuid('plan_id').notNull(),
    version: integer('version').notNull(),
    amountMinor: minor('amount_minor').notNull(),
    currency: text('currency').notNull(),
    billing: text('billing').notNull(),
    cadenceUnit: text('cadence_unit').notNull(),
    cadenceCount: integer('cadence_count').notNull(),
    graceDays: integer('grace_days').notNull(),
    timing: text('timing').notNull().default('advance'),
    /** Whose revenue it is. */
    category: text('category').notNull().default('internet'),
    taxClass: text('tax_class').notNull().default('internet'),
    /** Whether the amount includes its taxes. */
    pricing: text('pricing').notNull().default('inclusive'),
    profileName: text('profile_name').notNull(),
    downloadBps: bigint('download_bps', { mode: 'bigint' }).notNull(),
    uploadBps: bigint('upload_bps', { mode: 'bigint' }).notNull(),
    /** What the first periods cost instead, in order: core `PricePhase[]`, amounts as text. */
    phases: jsonb('phases').notNull().default([]),
    /** What is charged beside the amount: core `PriceExtra[]`, amounts as text. */
    extras: jsonb('extras').notNull().default([]),
    /** What is charged by measure: core `PriceUsage[]`, amounts and units as text. */
    usage: jsonb('usage').notNull().default([]),
    /** For whom it is; null for everyone. */
    segment: text('segment'),
    branchId: uuid('branch_id'),
    /** Core `BillingPolicy`, as far as it is not the default. */
    policy: jsonb('policy').notNull().default({}),
    effectiveFrom: date('effective_from').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    unique().on(t.organisationId, t.planId, t.version),
    check('prices_pricing', sql`${t.pricing} in ('inclusive', 'exclusive')`),
    check('prices_passes', sql`${t.cadenceUnit} not in ('minute', 'hour') or ${t.billing} = 'prepaid'`),
    check('prices_timing', sql`${t.timing} in ('advance', 'arrears') and (${t.billing} <> 'prepaid' or ${t.timing} = 'advance')`),
  ],
)

/** Subscriptions that go over to a new version of their price, chunk by chunk. */
export const priceMoves = pgTable(
  'price_moves',
  {
    organisationId: organisationId(),
    priceId: uuid('price_id').notNull(),
    /** The last subscription that was looked at. */
    afterId: uuid('after_id'),
    moved: integer('moved').notNull().default(0),
    begunBy: text('begun_by').notNull(),
    begunAt: instant('begun_at').notNull(),
    finishedAt: instant('finished_at'),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.priceId] }),
    foreignKey({ columns: [t.organisationId, t.priceId], foreignColumns: [prices.organisationId, prices.id] }),
    index('price_moves_unfinished').on(t.organisationId, t.priceId).where(sql`${t.finishedAt} is null`),
  ],
)
