import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, pgTable, primaryKey, uuid } from 'drizzle-orm/pg-core'
import { id, instant, instantRange, organisationId } from './columns.ts'

/** Time that elapses, bought from an instant on. The database refuses two that overlap, but for those taken back. */
export const passes = pgTable(
  'passes',
  {
    organisationId: organisationId(),
    id: id(),
    subscriptionId: uuid('subscription_id').notNull(),
    priceId: uuid('price_id').notNull(),
    /** The number of the terms of the subscription. */
    terms: integer('terms').notNull(),
    valid: instantRange('valid').notNull(),
    /** The line that charges it; null where it cost nothing. */
    invoiceId: uuid('invoice_id'),
    linePosition: integer('line_position'),
    /** The line was credited, or its invoice is void; kept by the database. */
    takenBack: boolean('taken_back').notNull().default(false),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    check('passes_line', sql`(${t.invoiceId} is null) = (${t.linePosition} is null)`),
    check('passes_half_open', sql`not isempty(${t.valid}) and lower_inc(${t.valid}) and not upper_inc(${t.valid})`),
    index('passes_line_of').on(t.organisationId, t.invoiceId, t.linePosition).where(sql`${t.invoiceId} is not null`),
  ],
)
