import { sql } from 'drizzle-orm'
import { check, date, foreignKey, index, integer, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { invoices } from './billing.ts'
import { id, instant, minor, organisationId } from './columns.ts'

/** Promises to pay by a day. */
export const extensions = pgTable(
  'extensions',
  {
    organisationId: organisationId(),
    id: id(),
    subscriberId: uuid('subscriber_id').notNull(),
    /** The first day without it. */
    until: date('until').notNull(),
    reason: text('reason').notNull(),
    /** requested | approved | refused | kept | broken | withdrawn */
    status: text('status').notNull(),
    /** The first day on which debt counts again; null when it was never approved, and earlier than `until` when it was withdrawn. */
    holdsUntil: date('holds_until'),
    requestedBy: text('requested_by').notNull(),
    requestedOn: date('requested_on').notNull(),
    requestedAt: instant('requested_at').notNull(),
    answeredBy: text('answered_by'),
    answeredAt: instant('answered_at'),
    note: text('note'),
    endedAt: instant('ended_at'),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    uniqueIndex('extensions_open').on(t.organisationId, t.subscriberId).where(sql`${t.status} in ('requested', 'approved')`),
    index('extensions_holding').on(t.organisationId, t.subscriberId, t.holdsUntil).where(sql`${t.holdsUntil} is not null`),
    index('extensions_approved').on(t.organisationId, t.id).where(sql`${t.status} = 'approved'`),
    check('extensions_hold', sql`${t.holdsUntil} is not null or ${t.status} in ('requested', 'refused', 'withdrawn')`),
  ],
)

/** Each fee of a late claim once, with the debit note that charges it. */
export const lateFees = pgTable(
  'late_fees',
  {
    organisationId: organisationId(),
    /** The claim that is late. */
    invoiceId: uuid('invoice_id').notNull(),
    /** From 1. */
    number: integer('number').notNull(),
    fallsOn: date('falls_on').notNull(),
    debitNoteId: uuid('debit_note_id').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.invoiceId, t.number] }),
    foreignKey({ columns: [t.organisationId, t.invoiceId], foreignColumns: [invoices.organisationId, invoices.id] }),
    foreignKey({ columns: [t.organisationId, t.debitNoteId], foreignColumns: [invoices.organisationId, invoices.id] }),
  ],
)

/** Debts that are paid in parts. */
export const instalmentPlans = pgTable(
  'instalment_plans',
  {
    organisationId: organisationId(),
    id: id(),
    subscriberId: uuid('subscriber_id').notNull(),
    /** running | kept | broken | withdrawn */
    status: text('status').notNull(),
    currency: text('currency').notNull(),
    /** Open on its invoices when it was made: the sum of its instalments. */
    totalMinor: minor('total_minor').notNull(),
    graceDays: integer('grace_days').notNull(),
    startedOn: date('started_on').notNull(),
    /** The first day on which it held nothing, once it was broken or withdrawn. */
    endedOn: date('ended_on'),
    createdBy: text('created_by').notNull(),
    createdAt: instant('created_at').notNull(),
    endedAt: instant('ended_at'),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    uniqueIndex('instalment_plans_running').on(t.organisationId, t.subscriberId).where(sql`${t.status} = 'running'`),
    index('instalment_plans_subscriber').on(t.organisationId, t.subscriberId, t.id),
    check('instalment_plans_total', sql`${t.totalMinor} > 0`),
    check('instalment_plans_ended', sql`(${t.endedOn} is not null) = (${t.status} in ('broken', 'withdrawn'))`),
  ],
)

export const instalments = pgTable(
  'instalments',
  {
    organisationId: organisationId(),
    planId: uuid('plan_id').notNull(),
    position: integer('position').notNull(),
    dueOn: date('due_on').notNull(),
    amountMinor: minor('amount_minor').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.planId, t.position] }),
    foreignKey({ columns: [t.organisationId, t.planId], foreignColumns: [instalmentPlans.organisationId, instalmentPlans.id] }),
    check('instalments_positive', sql`${t.amountMinor} > 0`),
  ],
)

export const instalmentPlanInvoices = pgTable(
  'instalment_plan_invoices',
  {
    organisationId: organisationId(),
    planId: uuid('plan_id').notNull(),
    invoiceId: uuid('invoice_id').notNull(),
    /** Of it, when the plan was made. */
    openMinor: minor('open_minor').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.planId, t.invoiceId] }),
    index('instalment_plan_invoices_invoice').on(t.organisationId, t.invoiceId),
    foreignKey({ columns: [t.organisationId, t.planId], foreignColumns: [instalmentPlans.organisationId, instalmentPlans.id] }),
    foreignKey({ columns: [t.organisationId, t.invoiceId], foreignColumns: [invoices.organisationId, invoices.id] }),
    check('instalment_plan_invoices_positive', sql`${t.openMinor} > 0`),
  ],
)
