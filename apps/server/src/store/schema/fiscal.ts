import { sql } from 'drizzle-orm'
import { bigint, check, foreignKey, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { invoices } from './billing.ts'
import { id, instant, organisationId } from './columns.ts'
import { credits } from './credits.ts'

/** A count of the tax authority from which documents take their numbers: one server at a time works on it. */
export const fiscalCounters = pgTable(
  'fiscal_counters',
  {
    organisationId: organisationId(),
    /** As the device names it: taxpayer and branch. */
    counter: text('counter').notNull(),
    /** The last number under which the authority took a document. */
    lastNumber: bigint('last_number', { mode: 'bigint' }).notNull().default(sql`0`),
    /** When the authority's count was taken over for ours; once, until a person looked. */
    correctedAt: instant('corrected_at'),
    nextAttemptAt: instant('next_attempt_at').notNull(),
    failures: integer('failures').notNull().default(0),
    leasedBy: text('leased_by'),
    leasedUntil: instant('leased_until'),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.counter] }), check('fiscal_counters_number', sql`${t.lastNumber} >= 0`)],
)

/** An installation that has documents signed, and since when. */
export const fiscalDevices = pgTable(
  'fiscal_devices',
  {
    organisationId: organisationId(),
    installationId: uuid('installation_id').notNull(),
    counter: text('counter').notNull(),
    /** Documents made before it are none of its matter. */
    beginsAt: instant('begins_at').notNull(),
    /** Of the installation, when it was last opened: a higher one tells that a person has looked. */
    version: integer('version').notNull(),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.installationId] })],
)

/** Up to which sequence the documents of a series of ours were put into the queue. */
export const fiscalCursors = pgTable(
  'fiscal_cursors',
  {
    organisationId: organisationId(),
    series: text('series').notNull(),
    lastSequence: bigint('last_sequence', { mode: 'bigint' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.series] })],
)

/** A claim, or the part of a credit note that corrects one claim, as the tax authority gets it. */
export const fiscalDocuments = pgTable(
  'fiscal_documents',
  {
    organisationId: organisationId(),
    id: id(),
    installationId: uuid('installation_id').notNull(),
    counter: text('counter').notNull(),
    /** What is declared; of a credit note, what it corrects. */
    invoiceId: uuid('invoice_id').notNull(),
    creditId: uuid('credit_id'),
    /** Ours, as declared: a credit note that corrects several claims is declared in parts. */
    documentNumber: text('document_number').notNull(),
    issuedAt: instant('issued_at').notNull(),
    /** pending | signed | taken_earlier | refused | withdrawn */
    status: text('status').notNull().default('pending'),
    /** The authority's running number; none before a request was made, none of a document that was refused. */
    number: bigint('number', { mode: 'bigint' }),
    /** What is handed in, to the letter, as often as it takes. */
    request: text('request'),
    /** Tries since its request was made whose end is not known, and the one that runs. */
    tries: integer('tries').notNull().default(0),
    lastError: text('last_error'),
    answer: text('answer'),
    proof: jsonb('proof'),
    settledAt: instant('settled_at'),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    foreignKey({ columns: [t.organisationId, t.invoiceId], foreignColumns: [invoices.organisationId, invoices.id] }),
    foreignKey({ columns: [t.organisationId, t.creditId], foreignColumns: [credits.organisationId, credits.id] }),
    check('fiscal_documents_status', sql`${t.status} in ('pending', 'signed', 'taken_earlier', 'refused', 'withdrawn')`),
    check('fiscal_documents_numbered', sql`(${t.number} is null) = (${t.request} is null)`),
    check('fiscal_documents_settled', sql`${t.status} not in ('signed', 'taken_earlier') or ${t.number} is not null`),
    check('fiscal_documents_proved', sql`(${t.status} = 'signed') = (${t.proof} is not null)`),
    uniqueIndex('fiscal_documents_claim').on(t.organisationId, t.invoiceId).where(sql`${t.creditId} is null`),
    uniqueIndex('fiscal_documents_credit').on(t.organisationId, t.creditId, t.invoiceId).where(sql`${t.creditId} is not null`),
    uniqueIndex('fiscal_documents_number').on(t.organisationId, t.counter, t.number).where(sql`${t.number} is not null`),
    index('fiscal_documents_pending').on(t.organisationId, t.counter, t.issuedAt, t.documentNumber).where(sql`${t.status} = 'pending'`),
  ],
)
