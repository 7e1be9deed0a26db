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
    /** The day on which it stands on an invoice of its own, when none came before; null once it is withdrawn. */
    invoiceOn: date('invoice_on'),
    invoicedOn: date('invoiced_on'),
    withdrawnOn: date('withdrawn_on'),
    withdrawnBecause: text('withdrawn_because'),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    check('one_time_charges_positive', sql`${t.amountMinor} > 0`),
    check(
      'one_time_charges_withdrawn',
      sql`(${t.withdrawnOn} is null) = (${t.invoiceOn} is not null) and (${t.withdrawnOn} is null or ${t.invoicedOn} is null)`,
    ),
    index('one_time_charges_subscriber').on(t.organisationId, t.subscriberId, t.id),
    index('one_time_charges_waiting').on(t.organisationId, t.subscriberId).where(sql`${t.invoicedOn} is null`),
    index('one_time_charges_due').on(t.organisationId, t.invoiceOn).where(sql`${t.invoicedOn} is null`),
  ],
)
