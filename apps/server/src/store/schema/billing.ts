import { sql } from 'drizzle-orm'
import { bigint, check, date, index, integer, jsonb, pgTable, primaryKey, text, unique, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { dateRange, id, instant, minor, organisationId } from './columns.ts'

export const numberSeries = pgTable(
  'number_series',
  {
    organisationId: organisationId(),
    series: text('series').notNull(),
    lastSequence: bigint('last_sequence', { mode: 'bigint' }).notNull().default(sql`0`),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.series] })],
)

export const invoices = pgTable(
  'invoices',
  {
    organisationId: organisationId(),
    id: id(),
    subscriberId: uuid('subscriber_id').notNull(),
    /** invoice | debit_note | deposit | transfer_out | refund */
    kind: text('kind').notNull().default('invoice'),
    series: text('series').notNull(),
    sequence: bigint('sequence', { mode: 'bigint' }).notNull(),
    number: text('number').notNull(),
    status: text('status').notNull(),
    currency: text('currency').notNull(),
    totalMinor: minor('total_minor').notNull(),
    /** Sum of its allocations, of payments and of credits; kept by the database. */
    allocatedMinor: minor('allocated_minor').notNull().default(sql`0`),
    issuedOn: date('issued_on').notNull(),
    dueOn: date('due_on').notNull(),
    /** Which particulars it prints; stamped by the database. */
    issuerVersion: integer('issuer_version').notNull(),
    recipientVersion: integer('recipient_version').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    unique().on(t.organisationId, t.series, t.sequence),
    unique().on(t.organisationId, t.number),
    check('invoices_kind', sql`${t.kind} in ('invoice', 'debit_note', 'deposit', 'transfer_out', 'refund')`),
    check('invoices_allocated', sql`${t.allocatedMinor} between 0 and ${t.totalMinor}`),
    index('invoices_open').on(t.organisationId, t.subscriberId, t.dueOn).where(sql`${t.status} = 'open'`),
    index('invoices_open_due').on(t.organisationId, t.dueOn, t.id).where(sql`${t.status} = 'open'`),
    index('invoices_subscriber').on(t.organisationId, t.subscriberId, t.issuedOn),
  ],
)

export const invoiceLines = pgTable(
  'invoice_lines',
  {
    organisationId: organisationId(),
    invoiceId: uuid('invoice_id').notNull(),
    position: integer('position').notNull(),
    /** What it is for, as data: its words are made in the language of whoever reads them. */
    description: jsonb('description').notNull(),
    /** `base`, or the key of an extra of the price; absent where no price is charged. */
    component: text('component'),
    category: text('category').notNull(),
    taxClass: text('tax_class').notNull(),
    pricing: text('pricing').notNull(),
    /** The day whose tax rates it bears. */
    taxPoint: date('tax_point').notNull(),
    netMinor: minor('net_minor').notNull(),
    /** Net and taxes; the database adds them up. */
    totalMinor: minor('total_minor').notNull(),
    /** With the days and the price: absent where no subscription is charged, as on a debit note. */
    subscriptionId: uuid('subscription_id'),
    periodStart: date('period_start'),
    periodEnd: date('period_end'),
    /** What the whole period costs, and which one that is: the line is the share of its days. */
    rateMinor: minor('rate_minor'),
    wholeStart: date('whole_start'),
    wholeEnd: date('whole_end'),
    /** From when it is owed. */
    dueOn: date('due_on'),
    priceId: uuid('price_id'),
    priceVersion: integer('price_version'),
    /** The number of the terms of the subscription. */
    terms: integer('terms'),
    /** Of a charge that a person made, which no price asks for. */
    chargeId: uuid('charge_id'),
    /** How the amount was computed, for anyone to recompute: `2500.00 × 12 ÷ 30`. */
    arithmetic: text('arithmetic').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.invoiceId, t.position] }),
    uniqueIndex('invoice_lines_charge').on(t.organisationId, t.chargeId).where(sql`${t.chargeId} is not null`),
  ],
)

/** The taxes of a line, with the rate they were computed at: a rate that changes later leaves them alone. */
export const invoiceLineTaxes = pgTable(
  'invoice_line_taxes',
  {
    organisationId: organisationId(),
    invoiceId: uuid('invoice_id').notNull(),
    linePosition: integer('line_position').notNull(),
    /** From 1, in the order in which they are laid on. */
    position: integer('position').notNull(),
    code: text('code').notNull(),
    title: text('title').notNull(),
    rateBp: integer('rate_bp').notNull(),
    baseMinor: minor('base_minor').notNull(),
    amountMinor: minor('amount_minor').notNull(),
    /** The number of the certificate that frees of it. */
    certificate: text('certificate'),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.invoiceId, t.linePosition, t.position] }),
    unique().on(t.organisationId, t.invoiceId, t.linePosition, t.code),
    check('invoice_line_taxes_rate', sql`${t.rateBp} >= 0`),
    check('invoice_line_taxes_exempt', sql`${t.certificate} is null or (${t.rateBp} = 0 and ${t.amountMinor} = 0)`),
  ],
)

/** Spans a subscription was charged for and not credited; the database refuses two that overlap. */
export const chargedPeriods = pgTable(
  'charged_periods',
  {
    organisationId: organisationId(),
    subscriptionId: uuid('subscription_id').notNull(),
    component: text('component').notNull(),
    period: dateRange('period').notNull(),
    invoiceId: uuid('invoice_id').notNull(),
    linePosition: integer('line_position').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.subscriptionId, t.component, t.period] }),
    index('charged_periods_line').on(t.organisationId, t.invoiceId, t.linePosition),
  ],
)
