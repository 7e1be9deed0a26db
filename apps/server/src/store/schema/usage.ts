import { sql } from 'drizzle-orm'
import { bigint, check, date, foreignKey, index, integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'
import { invoiceLines } from './billing.ts'
import { id, instant, minor, organisationId } from './columns.ts'

const units = (name: string) => bigint(name, { mode: 'bigint' })

/** What a machine measured, as it said so: added, never changed. */
export const usageRecords = pgTable(
  'usage_records',
  {
    organisationId: organisationId(),
    id: id(),
    subscriptionId: uuid('subscription_id').notNull(),
    /** Who measured, and its own key for the record: the same key again is the same record. */
    source: text('source').notNull(),
    key: text('key').notNull(),
    unit: text('unit').notNull(),
    quantity: units('quantity').notNull(),
    occurredAt: instant('occurred_at').notNull(),
    /** The civil day of that instant where the organisation is. */
    day: date('day').notNull(),
    /** How much of it allowances covered. */
    coveredUnits: units('covered_units').notNull(),
    receivedAt: instant('received_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    unique().on(t.organisationId, t.source, t.key),
    index('usage_records_day').on(t.organisationId, t.subscriptionId, t.unit, t.day),
    check('usage_records_quantity', sql`${t.quantity} > 0 and ${t.coveredUnits} between 0 and ${t.quantity}`),
  ],
)

/** The records of a day, added up, and how much of it was rated: what is above waits to be charged. */
export const usageDays = pgTable(
  'usage_days',
  {
    organisationId: organisationId(),
    subscriptionId: uuid('subscription_id').notNull(),
    unit: text('unit').notNull(),
    day: date('day').notNull(),
    units: units('units').notNull(),
    /** Of them, what allowances covered: it is not rated. */
    coveredUnits: units('covered_units').notNull(),
    ratedUnits: units('rated_units').notNull().default(sql`0`),
    /** The terms that held on the day and the period under them: what is rated together. Null where no price rates the unit. */
    terms: integer('terms'),
    periodStart: date('period_start'),
    periodEnd: date('period_end'),
    /** The first day on which what is not rated may be charged; null while nothing waits. */
    dueOn: date('due_on'),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.subscriptionId, t.unit, t.day] }),
    index('usage_days_due').on(t.organisationId, t.dueOn, t.subscriptionId).where(sql`${t.dueOn} is not null`),
    check('usage_days_units', sql`${t.ratedUnits} between 0 and ${t.units} - ${t.coveredUnits}`),
  ],
)

/** How much use a line charges: what its period held when it was issued, and how much of that was charged before. */
export const invoiceLineUsage = pgTable(
  'invoice_line_usage',
  {
    organisationId: organisationId(),
    invoiceId: uuid('invoice_id').notNull(),
    linePosition: integer('line_position').notNull(),
    unit: text('unit').notNull(),
    units: units('units').notNull(),
    ratedUnits: units('rated_units').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.invoiceId, t.linePosition] }),
    foreignKey({
      name: 'invoice_line_usage_line',
      columns: [t.organisationId, t.invoiceId, t.linePosition],
      foreignColumns: [invoiceLines.organisationId, invoiceLines.invoiceId, invoiceLines.position],
    }),
    check('invoice_line_usage_units', sql`${t.ratedUnits} >= 0 and ${t.units} > ${t.ratedUnits}`),
  ],
)

/** Units for some days at a price: what is sold as an allowance. Its terms never change. */
export const dataBundles = pgTable(
  'data_bundles',
  {
    organisationId: organisationId(),
    id: id(),
    code: text('code').notNull(),
    title: text('title').notNull(),
    unit: text('unit').notNull(),
    units: units('units').notNull(),
    /** Of 24 hours, from the moment of the sale. */
    validDays: integer('valid_days').notNull(),
    amountMinor: minor('amount_minor').notNull(),
    currency: text('currency').notNull(),
    category: text('category').notNull(),
    taxClass: text('tax_class').notNull(),
    pricing: text('pricing').notNull(),
    createdAt: instant('created_at').notNull(),
    /** Set once nobody may buy it any more. */
    withdrawnAt: instant('withdrawn_at'),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    unique().on(t.organisationId, t.code),
    check('data_bundles_units', sql`${t.units} > 0 and ${t.validDays} > 0 and ${t.amountMinor} > 0`),
  ],
)

/** Units that a subscription may use for some time without being charged. */
export const allowances = pgTable(
  'allowances',
  {
    organisationId: organisationId(),
    id: id(),
    subscriptionId: uuid('subscription_id').notNull(),
    title: text('title').notNull(),
    unit: text('unit').notNull(),
    grantedUnits: units('granted_units').notNull(),
    /** What was bought, and the claim for it; null when it was given. */
    dataBundleId: uuid('data_bundle_id'),
    invoiceId: uuid('invoice_id'),
    usedUnits: units('used_units').notNull().default(sql`0`),
    validFrom: instant('valid_from').notNull(),
    validUntil: instant('valid_until').notNull(),
    /** Its claim was voided before any of it was used: nothing is drawn from it. */
    withdrawnAt: instant('withdrawn_at'),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    index('allowances_subscription').on(t.organisationId, t.subscriptionId, t.unit, t.validUntil),
    check('allowances_used', sql`${t.grantedUnits} > 0 and ${t.usedUnits} between 0 and ${t.grantedUnits}`),
    check('allowances_withdrawn', sql`${t.withdrawnAt} is null or ${t.usedUnits} = 0`),
    index('allowances_claim').on(t.organisationId, t.invoiceId).where(sql`${t.invoiceId} is not null`),
    check('allowances_valid', sql`${t.validUntil} > ${t.validFrom}`),
  ],
)
