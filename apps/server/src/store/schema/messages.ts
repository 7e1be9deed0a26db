import { sql } from 'drizzle-orm'
import { boolean, date, index, integer, jsonb, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'
import { id, instant, minor, organisationId } from './columns.ts'

/** Messages owed and sent. The row is written with the fact it tells; the text is composed when it goes out. */
export const messages = pgTable(
  'messages',
  {
    organisationId: organisationId(),
    id: id(),
    subscriberId: uuid('subscriber_id').notNull(),
    kind: text('kind').notNull(),
    /** The ways it may go, the preferred first; null, any. */
    channels: jsonb('channels'),
    /** The way it went; null until it goes. */
    channel: text('channel'),
    /** One message for one fact: `receipt:<payment>`, `dunning:<invoice>:<step>`. */
    dedupeKey: text('dedupe_key').notNull(),
    /** The day a reminder was for, whether it was sent or skipped. */
    owedOn: date('owed_on'),
    /** The message that tells it too; this one is skipped. */
    toldWith: uuid('told_with'),
    /** As it is sent, the payer is prompted too. */
    prompt: boolean('prompt').notNull().default(false),
    sourceNoun: text('source_noun').notNull(),
    sourceId: text('source_id').notNull(),
    facts: jsonb('facts').notNull().default({}),
    sentTo: text('sent_to'),
    text: text('text'),
    /** queued | sending | sent | delivered | failed | unknown | skipped */
    status: text('status').notNull().default('queued'),
    statusReason: text('status_reason'),
    /** After this it tells nothing useful any more. */
    usefulUntil: date('useful_until'),
    attempts: integer('attempts').notNull().default(0),
    nextAttemptAt: instant('next_attempt_at'),
    installationId: uuid('installation_id'),
    providerReference: text('provider_reference'),
    parts: integer('parts'),
    costMinor: minor('cost_minor'),
    createdAt: instant('created_at').notNull(),
    sentAt: instant('sent_at'),
    deliveredAt: instant('delivered_at'),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    unique('messages_dedupe').on(t.organisationId, t.dedupeKey),
    index('messages_waiting').on(t.organisationId, t.nextAttemptAt).where(sql`${t.nextAttemptAt} is not null`),
    index('messages_waiting_subscriber').on(t.organisationId, t.subscriberId).where(sql`${t.nextAttemptAt} is not null`),
    index('messages_told_with').on(t.organisationId, t.toldWith).where(sql`${t.toldWith} is not null`),
    index('messages_reference').on(t.organisationId, t.installationId, t.providerReference),
    index('messages_subscriber').on(t.organisationId, t.subscriberId, t.createdAt),
    index('messages_source').on(t.organisationId, t.sourceNoun, t.sourceId),
  ],
)

/** When each scheduled job last ran, over all servers: a scheduler that stops is seen. */
export const jobRuns = pgTable('job_runs', {
  name: text('name').primaryKey(),
  startedAt: instant('started_at').notNull(),
  finishedAt: instant('finished_at'),
  outcome: text('outcome'),
  detail: jsonb('detail').notNull().default({}),
})
