import { sql } from 'drizzle-orm'
import { check, date, index, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { id, instant, minor, organisationId } from './columns.ts'

/** What a person charges once. It waits for an invoice; the line of the invoice names it. */
export const oneTimeCharges = pgTable(
  'one_time_charges',
  {
    organisationId: organisationId(),
    id: id(),
    subscriberId: uuid('subscriber_id').notNull(),
    /** What it is for, where it is for one. */
    subscriptionId: uuid('subscription_id'),
    description: text('description').notNull(),
    category: text('category').notNull(),
    taxClass: text('tax_class').notNull(),
    pricing: text('pricing').notNull(),
    amountMinor: minor('amount_minor').notNull(),
    currency: text('currency').notNull(),
    /** The day on which it stands on an invoice of its own, when none came before. */
    invoiceOn: date('invoice_on').notNull(),
    invoicedOn: date('invoiced_on'),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    check('one_time_charges_positive', sql`${t.amountMinor} > 0`),
    index('one_time_charges_waiting').on(t.organisationId, t.subscriberId).where(sql`${t.invoicedOn} is null`),
    index('one_time_charges_due').on(t.organisationId, t.invoiceOn).where(sql`${t.invoicedOn} is null`),
  ],
)
