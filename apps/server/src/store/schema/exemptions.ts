import { sql } from 'drizzle-orm'
import { check, date, foreignKey, index, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { id, instant, organisationId } from './columns.ts'
import { subscribers } from './subscribers.ts'

/** Certificates by which subscribers are free of taxes. One that was recorded never changes; it may be ended once. */
export const taxExemptions = pgTable(
  'tax_exemptions',
  {
    organisationId: organisationId(),
    id: id(),
    subscriberId: uuid('subscriber_id').notNull(),
    certificate: text('certificate').notNull(),
    /** The codes of the taxes. */
    taxes: text('taxes').array().notNull(),
    fromOn: date('from_on').notNull(),
    /** The first day that bears them again, as the certificate says. */
    untilOn: date('until_on'),
    recordedBy: text('recorded_by').notNull(),
    recordedAt: instant('recorded_at').notNull(),
    /** The same, as a person said later. */
    endedOn: date('ended_on'),
    endedBy: text('ended_by'),
    endedAt: instant('ended_at'),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    foreignKey({ columns: [t.organisationId, t.subscriberId], foreignColumns: [subscribers.organisationId, subscribers.id] }),
    check('tax_exemptions_days', sql`${t.untilOn} > ${t.fromOn} and ${t.endedOn} >= ${t.fromOn}`),
    check('tax_exemptions_taxes', sql`cardinality(${t.taxes}) > 0`),
    check('tax_exemptions_ended', sql`(${t.endedOn} is null) = (${t.endedAt} is null) and (${t.endedOn} is null) = (${t.endedBy} is null)`),
    index('tax_exemptions_subscriber').on(t.organisationId, t.subscriberId),
  ],
)
