import { sql } from 'drizzle-orm'
import { check, date, foreignKey, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { id, instant, minor, organisationId } from './columns.ts'

/** Which reminders go to whom. One policy a scope; what it held before is in the audit records. */
export const dunningPolicies = pgTable(
  'dunning_policies',
  {
    organisationId: organisationId(),
    id: id(),
    /** All three null: the whole organisation. */
    branchId: uuid('branch_id'),
    segment: text('segment'),
    planId: uuid('plan_id'),
    /** See core `DunningStep`. */
    steps: jsonb('steps').notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
    removedAt: instant('removed_at'),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    check('dunning_policies_plan_alone', sql`${t.planId} is null or (${t.branchId} is null and ${t.segment} is null)`),
    uniqueIndex('dunning_policies_scope')
      .on(t.organisationId, sql`coalesce(${t.branchId}::text, '')`, sql`coalesce(${t.segment}, '')`, sql`coalesce(${t.planId}::text, '')`)
      .where(sql`${t.removedAt} is null`),
  ],
)

/** Lines that a debt would cut off, waiting for a person's word. An organisation has one open batch at most. */
export const cutOffBatches = pgTable(
  'cut_off_batches',
  {
    organisationId: organisationId(),
    id: id(),
    /** open | approved | rejected | lapsed: nobody was left on it */
    status: text('status').notNull().default('open'),
    openedOn: date('opened_on').notNull(),
    /** The day its debts are told as of. */
    refreshedOn: date('refreshed_on').notNull(),
    decidedOn: date('decided_on'),
    decidedAt: instant('decided_at'),
    decidedBy: text('decided_by'),
    reason: text('reason'),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    uniqueIndex('cut_off_batches_open').on(t.organisationId).where(sql`${t.status} = 'open'`),
    index('cut_off_batches_decided').on(t.organisationId, t.decidedOn),
  ],
)

export const cutOffMembers = pgTable(
  'cut_off_members',
  {
    organisationId: organisationId(),
    batchId: uuid('batch_id').notNull(),
    serviceId: uuid('service_id').notNull(),
    subscriberId: uuid('subscriber_id').notNull(),
    /** What the subscriber and who pays for it owe past its due date. */
    debtMinor: minor('debt_minor').notNull(),
    /** Since the oldest of it was due. */
    daysOverdue: integer('days_overdue').notNull(),
    /** listed | taken_out | cut_off | spared: it did not owe any more, or not enough */
    status: text('status').notNull().default('listed'),
    /** Why it was taken out, or the access reason it was spared for. */
    reason: text('reason'),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.batchId, t.serviceId] }),
    foreignKey({ columns: [t.organisationId, t.batchId], foreignColumns: [cutOffBatches.organisationId, cutOffBatches.id] }),
    index('cut_off_members_service').on(t.organisationId, t.serviceId),
  ],
)
