import { integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { bytes, organisationId } from './columns.ts'

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
