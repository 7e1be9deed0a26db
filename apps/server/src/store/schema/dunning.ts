import { sql } from 'drizzle-orm'
import { check, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { id, instant, organisationId } from './columns.ts'

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
