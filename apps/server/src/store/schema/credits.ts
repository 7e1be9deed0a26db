import { sql } from 'drizzle-orm'
import { bigint, check, date, foreignKey, index, integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'
import { invoiceLines, invoices } from './billing.ts'
import { dateRange, id, instant, minor, organisationId } from './columns.ts'

/** What a subscriber may set against claims, other than payments. */
export const credits = pgTable(
  'credits',
  {
    organisationId: organisationId(),
    id: id(),
    subscriberId: uuid('subscriber_id').notNull(),
    /** credit_note | transfer_in | deposit_release | reward | goodwill */
    kind: text('kind').notNull(),
    series: text('series').notNull(),
    sequence: bigint('sequence', { mode: 'bigint' }).notNull(),
    number: text('number').notNull(),
    currency: text('currency').notNull(),
    totalMinor: minor('total_minor').notNull(),
    /** Sum of its allocations; kept by the database. */
    allocatedMinor: minor('allocated_minor').notNull().default(sql`0`),
    issuedOn: date('issued_on').notNull(),
    reason: text('reason').notNull(),
    /** Which particulars it prints; stamped by the database. */
    issuerVersion: integer('issuer_version').notNull(),
    recipientVersion: integer('recipient_version').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    unique().on(t.organisationId, t.series, t.sequence),
    unique().on(t.organisationId, t.number),
    check('credits_kind', sql`${t.kind} in ('credit_note', 'transfer_in', 'deposit_release', 'reward', 'goodwill')`),
    check('credits_total', sql`${t.totalMinor} >= 0`),
    check('credits_allocated', sql`${t.allocatedMinor} between 0 and ${t.totalMinor}`),
    index('credits_subscriber').on(t.organisationId, t.subscriberId, t.issuedOn),
    index('credits_free').on(t.organisationId, t.subscriberId).where(sql`${t.allocatedMinor} < ${t.totalMinor}`),
  ],
)

/** A part of one line of a claim that is claimed no longer. */
export const creditLines = pgTable(
  'credit_lines',
  {
    organisationId: organisationId(),
    creditId: uuid('credit_id').notNull(),
    position: integer('position').notNull(),
    invoiceId: uuid('invoice_id').notNull(),
    linePosition: integer('line_position').notNull(),
    /** The days that are charged no more, which the database then lets be charged again. */
    days: dateRange('days'),
    subscriptionId: uuid('subscription_id'),
    category: text('category').notNull(),
    taxClass: text('tax_class').notNull(),
    taxPoint: date('tax_point').notNull(),
    netMinor: minor('net_minor').notNull(),
    totalMinor: minor('total_minor').notNull(),
    arithmetic: text('arithmetic').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.creditId, t.position] }),
    foreignKey({ columns: [t.organisationId, t.creditId], foreignColumns: [credits.organisationId, credits.id] }),
    foreignKey({
      columns: [t.organisationId, t.invoiceId, t.linePosition],
      foreignColumns: [invoiceLines.organisationId, invoiceLines.invoiceId, invoiceLines.position],
    }),
    check('credit_lines_not_negative', sql`${t.netMinor} >= 0 and ${t.totalMinor} >= ${t.netMinor}`),
    check(
      'credit_lines_half_open',
      sql`${t.days} is null or (not isempty(${t.days}) and lower_inc(${t.days}) and not upper_inc(${t.days}))`,
    ),
    index('credit_lines_line').on(t.organisationId, t.invoiceId, t.linePosition),
  ],
)

export const creditLineTaxes = pgTable(
  'credit_line_taxes',
  {
    organisationId: organisationId(),
    creditId: uuid('credit_id').notNull(),
    linePosition: integer('line_position').notNull(),
    position: integer('position').notNull(),
    code: text('code').notNull(),
    title: text('title').notNull(),
    rateBp: integer('rate_bp').notNull(),
    baseMinor: minor('base_minor').notNull(),
    amountMinor: minor('amount_minor').notNull(),
    certificate: text('certificate'),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.creditId, t.linePosition, t.position] }),
    unique().on(t.organisationId, t.creditId, t.linePosition, t.code),
    check('credit_line_taxes_not_negative', sql`${t.amountMinor} >= 0`),
  ],
)

export const creditAllocations = pgTable(
  'credit_allocations',
  {
    organisationId: organisationId(),
    id: id(),
    creditId: uuid('credit_id').notNull(),
    invoiceId: uuid('invoice_id').notNull(),
    amountMinor: minor('amount_minor').notNull(),
    /** The day of its entry in the ledger. */
    effectiveOn: date('effective_on').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    check('credit_allocations_positive', sql`${t.amountMinor} > 0`),
    index('credit_allocations_credit').on(t.organisationId, t.creditId),
    index('credit_allocations_invoice').on(t.organisationId, t.invoiceId),
    index('credit_allocations_effective').on(t.organisationId, t.effectiveOn),
    foreignKey({ columns: [t.organisationId, t.creditId], foreignColumns: [credits.organisationId, credits.id] }),
    foreignKey({ columns: [t.organisationId, t.invoiceId], foreignColumns: [invoices.organisationId, invoices.id] }),
  ],
)
