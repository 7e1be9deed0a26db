import { sql } from 'drizzle-orm'
import { check, date, foreignKey, index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { id, instant, organisationId } from './columns.ts'

/** What a run, or a change, would do: to be reviewed, and applied as it stands or not at all. */
export const billingPreviews = pgTable(
  'billing_previews',
  {
    organisationId: organisationId(),
    id: id(),
    /** drafted | open | applied | partly_applied */
    status: text('status').notNull(),
    /** Null: the whole organisation. */
    subscriberId: uuid('subscriber_id'),
    /** As it was asked for; null: nothing but the days. */
    change: jsonb('change'),
    /** The civil days that are lived through. */
    days: jsonb('days').notNull(),
    appliesFrom: text('applies_from').notNull(),
    totals: jsonb('totals'),
    /** SHA-256 over the fingerprints of its parts. */
    fingerprint: text('fingerprint'),
    requestedBy: text('requested_by').notNull(),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    appliedBy: text('applied_by'),
    appliedAt: instant('applied_at'),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    check('billing_previews_status', sql`${t.status} in ('drafted', 'open', 'applied', 'partly_applied')`),
    check('billing_previews_complete', sql`${t.status} = 'drafted' or ${t.fingerprint} is not null`),
  ],
)

/** The effects on one family of subscribers, which are applied together. */
export const billingPreviewParts = pgTable(
  'billing_preview_parts',
  {
    organisationId: organisationId(),
    previewId: uuid('preview_id').notNull(),
    /** From 1. */
    position: integer('position').notNull(),
    /** Empty: what belongs to no subscriber. */
    subscriberIds: uuid('subscriber_ids').array().notNull(),
    /** planned | applied | changed | failed | shown: the organisation's own, which nobody applies */
    status: text('status').notNull(),
    /** Canonical JSON; text, since jsonb would write it otherwise than it was fingerprinted. */
    effects: text('effects').notNull(),
    fingerprint: text('fingerprint').notNull(),
    /** Why it could not be rehearsed. */
    failure: text('failure'),
    /** What differed when it was to be applied, or on the days that were followed. */
    changes: jsonb('changes'),
    appliedAt: instant('applied_at'),
    /** The next day that is compared with what it foretold; null: none. */
    followOn: date('follow_on'),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.previewId, t.position] }),
    index('billing_preview_parts_followed').on(t.organisationId, t.followOn).where(sql`${t.followOn} is not null`),
    foreignKey({ columns: [t.organisationId, t.previewId], foreignColumns: [billingPreviews.organisationId, billingPreviews.id] }),
    check('billing_preview_parts_status', sql`${t.status} in ('planned', 'applied', 'changed', 'failed', 'shown')`),
  ],
)
