import { sql } from 'drizzle-orm'
import { check, date, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { id, instant, minor, organisationId } from './columns.ts'

/** What was claimed ahead of its days: an amount of a line, spread over a span. A claim without any is earned at once. */
export const revenueDeferrals = pgTable(
  'revenue_deferrals',
  {
    organisationId: organisationId(),
    id: id(),
    invoiceId: uuid('invoice_id').notNull(),
    linePosition: integer('line_position').notNull(),
    category: text('category').notNull(),
    currency: text('currency').notNull(),
    amountMinor: minor('amount_minor').notNull(),
    spanStart: date('span_start').notNull(),
    spanEnd: date('span_end').notNull(),
    /** The first day that the run of the day earns; those before it were earned with the entry that deferred. */
    fromOn: date('from_on').notNull(),
    /** The first day that it does not: the end of the span, or less when a credit stopped it. */
    untilOn: date('until_on').notNull(),
    /** The days of the entries that put it aside, and that took out what was left of it. */
    deferredOn: date('deferred_on').notNull(),
    stoppedOn: date('stopped_on'),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    check('revenue_deferrals_positive', sql`${t.amountMinor} > 0`),
    check(
      'revenue_deferrals_days',
      sql`${t.spanStart} < ${t.spanEnd} and ${t.spanStart} <= ${t.fromOn} and ${t.fromOn} <= ${t.untilOn} and ${t.untilOn} <= ${t.spanEnd}`,
    ),
    // What runs on a day ends after it, and began before it but for what was invoiced ahead.
    index('revenue_deferrals_until').on(t.organisationId, t.untilOn),
    index('revenue_deferrals_line').on(t.organisationId, t.invoiceId, t.linePosition),
  ],
)

/** Days whose share is earned: one after the other, each once. */
export const recognisedDays = pgTable(
  'recognised_days',
  { organisationId: organisationId(), day: date('day').notNull(), recognisedAt: instant('recognised_at').notNull() },
  (t) => [primaryKey({ columns: [t.organisationId, t.day] })],
)

/** Which account of the organisation's own general ledger stands for a kind of ours, or for one account of it. */
export const generalLedgerCodes = pgTable(
  'general_ledger_codes',
  {
    organisationId: organisationId(),
    kind: text('kind').notNull(),
    /** Empty for all of the kind that have no code of their own. */
    owner: text('owner').notNull(),
    code: text('code').notNull(),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.kind, t.owner] })],
)
