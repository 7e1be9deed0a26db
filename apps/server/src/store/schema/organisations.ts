import { sql } from 'drizzle-orm'
import { index, integer, jsonb, pgTable, primaryKey, text, unique, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { bytes, id, instant, organisationId } from './columns.ts'

export const organisations = pgTable('organisations', {
  id: uuid('id').primaryKey().default(sql`uuidv7()`),
  slug: text('slug').notNull().unique(),
  name: text('name').notNull(),
  country: text('country').notNull(),
  currency: text('currency').notNull(),
  timeZone: text('time_zone').notNull(),
  language: text('language').notNull().default('en'),
  /** Policies: invoice lead days, dunning steps, suspension hour. See core `OrganisationPolicy`. */
  policy: jsonb('policy').notNull().default({}),
  /** What its documents look like: address, contacts, colour, footer, logo. See `Branding`. */
  branding: jsonb('branding').notNull().default({}),
  /** Raised by the database when something that is printed about it changes. */
  particularsVersion: integer('particulars_version').notNull().default(1),
  accountPrefix: text('account_prefix').notNull().default(''),
  nextAccountSequence: integer('next_account_sequence').notNull().default(10_001),
  createdAt: instant('created_at').notNull(),
})

export const branches = pgTable(
  'branches',
  {
    organisationId: organisationId(),
    id: id(),
    code: text('code').notNull(),
    name: text('name').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.id] }), unique().on(t.organisationId, t.code)],
)

export const apiKeys = pgTable(
  'api_keys',
  {
    organisationId: organisationId(),
    id: id(),
    name: text('name').notNull(),
    /** First characters, for recognising a key in a list. */
    prefix: text('prefix').notNull(),
    keySha256: bytes('key_sha256').notNull().unique(),
    permissions: text('permissions').array().notNull(),
    createdAt: instant('created_at').notNull(),
    revokedAt: instant('revoked_at'),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.id] })],
)

export const installations = pgTable(
  'installations',
  {
    organisationId: organisationId(),
    id: id(),
    pluginId: text('plugin_id').notNull(),
    name: text('name').notNull(),
    branchId: uuid('branch_id'),
    settings: jsonb('settings').notNull(),
    /** AES-256-GCM of the secret settings, bound to this row. */
    secrets: bytes('secrets').notNull(),
    callbackToken: text('callback_token').notNull(),
    status: text('status').notNull().default('active'),
    statusReason: text('status_reason'),
    version: integer('version').notNull().default(1),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    unique().on(t.organisationId, t.name),
    uniqueIndex('installations_id').on(t.id),
  ],
)

export const sharedSecrets = pgTable(
  'shared_secrets',
  {
    organisationId: organisationId(),
    /** The plugin: two installations of one provider account share its token. */
    pluginId: text('plugin_id').notNull(),
    name: text('name').notNull(),
    value: bytes('value').notNull(),
    expiresAt: instant('expires_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.pluginId, t.name] })],
)

export const cursors = pgTable(
  'cursors',
  {
    organisationId: organisationId(),
    installationId: uuid('installation_id').notNull(),
    value: text('value').notNull(),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.installationId] })],
)

export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    organisationId: organisationId(),
    apiKeyId: uuid('api_key_id').notNull(),
    key: text('key').notNull(),
    requestSha256: text('request_sha256').notNull(),
    responseStatus: integer('response_status').notNull(),
    responseBody: jsonb('response_body').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.apiKeyId, t.key] })],
)

export const auditRecords = pgTable(
  'audit_records',
  {
    organisationId: organisationId(),
    id: id(),
    actor: text('actor').notNull(),
    action: text('action').notNull(),
    subjectNoun: text('subject_noun').notNull(),
    subjectId: text('subject_id').notNull(),
    detail: jsonb('detail').notNull(),
    at: instant('at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.id] }), index('audit_records_subject').on(t.organisationId, t.subjectId, t.at)],
)

export const tasks = pgTable(
  'tasks',
  {
    organisationId: organisationId(),
    id: id(),
    kind: text('kind').notNull(),
    subjectNoun: text('subject_noun').notNull(),
    subjectId: text('subject_id').notNull(),
    title: text('title').notNull(),
    detail: jsonb('detail').notNull(),
    createdAt: instant('created_at').notNull(),
    doneAt: instant('done_at'),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    uniqueIndex('tasks_open').on(t.organisationId, t.kind, t.subjectNoun, t.subjectId).where(sql`${t.doneAt} is null`),
  ],
)
