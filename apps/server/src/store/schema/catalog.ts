import { sql } from 'drizzle-orm'
import { bigint, check, date, integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'
import { id, instant, minor, organisationId } from './columns.ts'

export const plans = pgTable(
  'plans',
  {
    organisationId: organisationId(),
    id: id(),
    code: text('code').notNull(),
    name: text('name').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.id] }), unique().on(t.organisationId, t.code)],
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
    taxClass: text('tax_class').notNull().default('internet'),
    /** Whether the amount includes its taxes. */
    pricing: text('pricing').notNull().default('inclusive'),
    profileName: text('profile_name').notNull(),
    downloadBps: bigint('download_bps', { mode: 'bigint' }).notNull(),
    uploadBps: bigint('upload_bps', { mode: 'bigint' }).notNull(),
    effectiveFrom: date('effective_from').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    unique().on(t.organisationId, t.planId, t.version),
    check('prices_pricing', sql`${t.pricing} in ('inclusive', 'exclusive')`),
  ],
)
