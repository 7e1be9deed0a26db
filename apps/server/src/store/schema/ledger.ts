import { sql } from 'drizzle-orm'
import { bigint, boolean, check, date, foreignKey, index, integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'
import { bytes, id, instant, minor, organisationId } from './columns.ts'

export const ledgerAccounts = pgTable(
  'ledger_accounts',
  {
    organisationId: organisationId(),
    id: id(),
    /** `receivable:KES:<owner>`: kind, currency and owner in one. */
    code: text('code').notNull(),
    kind: text('kind').notNull(),
    currency: text('currency').notNull(),
    owner: text('owner').notNull(),
    /** True for a subscriber's own accounts; an account that every payment touches keeps no balance to lock. */
    keepsBalance: boolean('keeps_balance').notNull(),
    balanceMinor: minor('balance_minor').notNull().default(sql`0`),
    /** Number of postings, kept where the balance is. */
    version: bigint('version', { mode: 'bigint' }).notNull().default(sql`0`),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.id] }), unique().on(t.organisationId, t.code)],
)

export const journalEntries = pgTable(
  'journal_entries',
  {
    organisationId: organisationId(),
    id: id(),
    kind: text('kind').notNull(),
    currency: text('currency').notNull(),
    effectiveOn: date('effective_on').notNull(),
    sourceNoun: text('source_noun').notNull(),
    sourceId: text('source_id').notNull(),
    reversesEntryId: uuid('reverses_entry_id'),
    recordedAt: instant('recorded_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    unique('journal_entries_source').on(t.organisationId, t.kind, t.sourceNoun, t.sourceId),
    unique('journal_entries_reverses').on(t.organisationId, t.reversesEntryId),
    index('journal_entries_effective').on(t.organisationId, t.effectiveOn),
    index('journal_entries_recorded').on(t.organisationId, t.recordedAt),
  ],
)

export const postings = pgTable(
  'postings',
  {
    organisationId: organisationId(),
    entryId: uuid('entry_id').notNull(),
    position: integer('position').notNull(),
    accountId: uuid('account_id').notNull(),
    /** Debit above zero, credit below. */
    amountMinor: minor('amount_minor').notNull(),
    currency: text('currency').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.entryId, t.position] }),
    check('postings_not_zero', sql`${t.amountMinor} <> 0`),
    check('postings_safe', sql`${t.amountMinor} between -9007199254740991 and 9007199254740991`),
    index('postings_account').on(t.organisationId, t.accountId),
    foreignKey({ columns: [t.organisationId, t.accountId], foreignColumns: [ledgerAccounts.organisationId, ledgerAccounts.id] }),
  ],
)

export const ledgerBlocks = pgTable(
  'ledger_blocks',
  {
    organisationId: organisationId(),
    number: integer('number').notNull(),
    previousHash: bytes('previous_hash').notNull(),
    hash: bytes('hash').notNull(),
    entryCount: integer('entry_count').notNull(),
    sealedAt: instant('sealed_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.number] })],
)

export const ledgerBlockEntries = pgTable(
  'ledger_block_entries',
  {
    organisationId: organisationId(),
    entryId: uuid('entry_id').notNull(),
    blockNumber: integer('block_number').notNull(),
    position: integer('position').notNull(),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.entryId] }), unique().on(t.organisationId, t.blockNumber, t.position)],
)
