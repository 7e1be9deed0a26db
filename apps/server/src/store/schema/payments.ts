import { sql } from 'drizzle-orm'
import { check, date, foreignKey, index, integer, jsonb, pgTable, primaryKey, text, unique, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { invoices } from './billing.ts'
import { bytes, id, instant, minor, organisationId } from './columns.ts'

/** The inbox: what a provider told us, as bytes, before anyone understood it. */
export const callbacks = pgTable(
  'callbacks',
  {
    organisationId: organisationId(),
    id: id(),
    installationId: uuid('installation_id').notNull(),
    channel: text('channel').notNull(),
    dedupeKey: text('dedupe_key').notNull(),
    body: bytes('body').notNull(),
    bodySha256: bytes('body_sha256').notNull(),
    headers: jsonb('headers').notNull(),
    query: jsonb('query').notNull(),
    peerAddress: text('peer_address'),
    intentId: uuid('intent_id'),
    receivedAt: instant('received_at').notNull(),
    /** received | processed | ignored | quarantined | conflict */
    status: text('status').notNull().default('received'),
    statusReason: text('status_reason'),
    repeats: integer('repeats').notNull().default(0),
    processedAt: instant('processed_at'),
    /** A waiting row is due at this time: at once, or later when it came before what it speaks of. */
    nextAttemptAt: instant('next_attempt_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    unique('callbacks_dedupe').on(t.organisationId, t.installationId, t.dedupeKey),
    index('callbacks_waiting').on(t.organisationId, t.nextAttemptAt).where(sql`${t.status} = 'received'`),
  ],
)

export const paymentIntents = pgTable(
  'payment_intents',
  {
    organisationId: organisationId(),
    id: id(),
    installationId: uuid('installation_id').notNull(),
    subscriberId: uuid('subscriber_id').notNull(),
    /** What was asked for; a prompt may round it up. */
    amountMinor: minor('amount_minor').notNull(),
    promptMinor: minor('prompt_minor').notNull(),
    currency: text('currency').notNull(),
    phone: text('phone').notNull(),
    accountReference: text('account_reference').notNull(),
    status: text('status').notNull(),
    callbackToken: text('callback_token').notNull(),
    providerReference: text('provider_reference'),
    requestedAt: instant('requested_at').notNull(),
    lookUpAttempts: integer('look_up_attempts').notNull().default(0),
    lastLookUpAt: instant('last_look_up_at'),
    nextLookUpAt: instant('next_look_up_at'),
    /** When the row was last claimed for a call, so that a dead server's work is taken over. */
    claimedAt: instant('claimed_at'),
    failureCode: text('failure_code'),
    failureClass: text('failure_class'),
    failureMessage: text('failure_message'),
    paymentId: uuid('payment_id'),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    unique('payment_intents_token').on(t.installationId, t.callbackToken),
    uniqueIndex('payment_intents_reference')
      .on(t.organisationId, t.installationId, t.providerReference)
      .where(sql`${t.providerReference} is not null`),
    index('payment_intents_to_dispatch').on(t.organisationId).where(sql`${t.status} in ('created', 'dispatching')`),
    index('payment_intents_look_up').on(t.organisationId, t.nextLookUpAt).where(sql`${t.nextLookUpAt} is not null`),
    index('payment_intents_phone').on(t.organisationId, t.phone, t.requestedAt),
    index('payment_intents_subscriber').on(t.organisationId, t.subscriberId, t.requestedAt),
  ],
)

export const intentMoves = pgTable(
  'intent_moves',
  {
    organisationId: organisationId(),
    id: id(),
    intentId: uuid('intent_id').notNull(),
    fromStatus: text('from_status'),
    toStatus: text('to_status').notNull(),
    evidence: text('evidence').notNull(),
    detail: text('detail').notNull(),
    at: instant('at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.id] }), index('intent_moves_intent').on(t.organisationId, t.intentId)],
)

export const notices = pgTable(
  'payment_notices',
  {
    organisationId: organisationId(),
    id: id(),
    installationId: uuid('installation_id').notNull(),
    callbackId: uuid('callback_id'),
    intentId: uuid('intent_id'),
    evidence: text('evidence').notNull(),
    /** succeeded | failed | pending | unknown */
    status: text('status').notNull(),
    providerTransaction: text('provider_transaction'),
    providerReference: text('provider_reference'),
    amountMinor: minor('amount_minor'),
    currency: text('currency'),
    paidAt: instant('paid_at'),
    payer: jsonb('payer').notNull(),
    payerName: text('payer_name'),
    accountReference: text('account_reference'),
    failure: jsonb('failure'),
    detail: text('detail'),
    receivedAt: instant('received_at').notNull(),
    /** Null while it waits to be posted; then what became of it. */
    outcome: text('outcome'),
    paymentId: uuid('payment_id'),
    processedAt: instant('processed_at'),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    index('payment_notices_waiting').on(t.organisationId, t.id).where(sql`${t.outcome} is null`),
    index('payment_notices_intent').on(t.organisationId, t.intentId),
    index('payment_notices_payment').on(t.organisationId, t.paymentId),
  ],
)

export const payments = pgTable(
  'payments',
  {
    organisationId: organisationId(),
    id: id(),
    /** provider | manual | withholding (a certificate of the state) */
    source: text('source').notNull(),
    installationId: uuid('installation_id'),
    branchId: uuid('branch_id'),
    /** The provider's receipt; null only while a paid intent's receipt is still to come. */
    providerTransaction: text('provider_transaction'),
    intentId: uuid('intent_id'),
    amountMinor: minor('amount_minor').notNull(),
    currency: text('currency').notNull(),
    allocatedMinor: minor('allocated_minor').notNull().default(sql`0`),
    /** matched | unmatched */
    status: text('status').notNull(),
    subscriberId: uuid('subscriber_id'),
    matchRule: text('match_rule'),
    suspenseReason: text('suspense_reason'),
    candidates: jsonb('candidates').notNull().default([]),
    accountReference: text('account_reference'),
    payer: jsonb('payer').notNull(),
    payerName: text('payer_name'),
    evidence: text('evidence').notNull(),
    paidAt: instant('paid_at').notNull(),
    receivedAt: instant('received_at').notNull(),
    recordedAt: instant('recorded_at').notNull(),
    recordedBy: text('recorded_by'),
    resolvedAt: instant('resolved_at'),
    resolvedBy: text('resolved_by'),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    unique('payments_provider_transaction').on(t.organisationId, t.installationId, t.providerTransaction),
    uniqueIndex('payments_manual_reference').on(t.organisationId, t.branchId, t.providerTransaction).where(sql`${t.source} = 'manual'`),
    uniqueIndex('payments_certificate').on(t.organisationId, t.providerTransaction).where(sql`${t.source} = 'withholding'`),
    uniqueIndex('payments_intent').on(t.organisationId, t.intentId).where(sql`${t.intentId} is not null`),
    check('payments_amount', sql`${t.amountMinor} > 0`),
    check('payments_allocated', sql`${t.allocatedMinor} between 0 and ${t.amountMinor}`),
    check('payments_owner', sql`(${t.status} = 'matched') = (${t.subscriberId} is not null)`),
    index('payments_subscriber').on(t.organisationId, t.subscriberId, t.paidAt),
    index('payments_unmatched').on(t.organisationId, t.receivedAt).where(sql`${t.status} = 'unmatched'`),
    index('payments_awaiting_receipt').on(t.organisationId, t.subscriberId).where(sql`${t.providerTransaction} is null`),
    index('payments_unapplied')
      .on(t.organisationId, t.subscriberId)
      .where(sql`${t.status} = 'matched' and ${t.allocatedMinor} < ${t.amountMinor}`),
  ],
)

export const allocations = pgTable(
  'allocations',
  {
    organisationId: organisationId(),
    id: id(),
    paymentId: uuid('payment_id').notNull(),
    invoiceId: uuid('invoice_id').notNull(),
    amountMinor: minor('amount_minor').notNull(),
    /** The day of its entry in the ledger. */
    effectiveOn: date('effective_on').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    check('allocations_positive', sql`${t.amountMinor} > 0`),
    index('allocations_payment').on(t.organisationId, t.paymentId),
    index('allocations_invoice').on(t.organisationId, t.invoiceId),
    index('allocations_effective').on(t.organisationId, t.effectiveOn),
    foreignKey({ columns: [t.organisationId, t.paymentId], foreignColumns: [payments.organisationId, payments.id] }),
    foreignKey({ columns: [t.organisationId, t.invoiceId], foreignColumns: [invoices.organisationId, invoices.id] }),
  ],
)
