import { bigint, date, foreignKey, integer, jsonb, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'
import { bytes, instant, organisationId } from './columns.ts'
import { payments } from './payments.ts'

/** What was printed about an organisation or a subscriber before it changed; written by the database. */
export const formerParticulars = pgTable(
  'former_particulars',
  {
    organisationId: organisationId(),
    /** The organisation or one of its subscribers. */
    partyId: uuid('party_id').notNull(),
    version: integer('version').notNull(),
    particulars: jsonb('particulars').notNull(),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.partyId, t.version] })],
)

/** Every logo that a document may print. */
export const logos = pgTable(
  'logos',
  {
    organisationId: organisationId(),
    sha256: text('sha256').notNull(),
    png: bytes('png').notNull(),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.sha256] })],
)

/** What a payer was handed for money: numbered when it was first asked for, and never changed. */
export const receipts = pgTable(
  'receipts',
  {
    organisationId: organisationId(),
    paymentId: uuid('payment_id').notNull(),
    subscriberId: uuid('subscriber_id').notNull(),
    series: text('series').notNull(),
    sequence: bigint('sequence', { mode: 'bigint' }).notNull(),
    number: text('number').notNull(),
    issuedOn: date('issued_on').notNull(),
    /** Which particulars it prints; stamped by the database. */
    issuerVersion: integer('issuer_version').notNull(),
    recipientVersion: integer('recipient_version').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.paymentId] }),
    unique().on(t.organisationId, t.series, t.sequence),
    unique().on(t.organisationId, t.number),
    foreignKey({ columns: [t.organisationId, t.paymentId], foreignColumns: [payments.organisationId, payments.id] }),
  ],
)
