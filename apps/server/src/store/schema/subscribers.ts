import { sql } from 'drizzle-orm'
import { boolean, check, date, foreignKey, index, integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'
import { bytes, id, instant, minor, organisationId } from './columns.ts'

export const subscribers = pgTable(
  'subscribers',
  {
    organisationId: organisationId(),
    id: id(),
    branchId: uuid('branch_id').notNull(),
    accountNumber: text('account_number').notNull(),
    /** The folded form that payments are matched by. */
    accountKey: text('account_key').notNull(),
    name: text('name').notNull(),
    phone: text('phone'),
    /** SHA-256 of the number's digits: what a provider shows instead of the number. */
    phoneSha256: text('phone_sha256'),
    email: text('email'),
    addressLines: text('address_lines').array().notNull().default([]),
    taxPin: text('tax_pin'),
    /** Raised by the database when something that is printed about it changes. */
    particularsVersion: integer('particulars_version').notNull().default(1),
    language: text('language').notNull(),
    /** Of all that it is charged and pays. */
    currency: text('currency').notNull(),
    /** The organisation's own word for its kind; prices and reminders may go by it. */
    segment: text('segment').notNull().default('home'),
    status: text('status').notNull().default('active'),
    /** Whose household or firm it belongs to. One level: a parent has none. */
    parentId: uuid('parent_id'),
    /** Whether its subscriptions are invoiced to the parent. */
    parentPays: boolean('parent_pays').notNull().default(false),
    /** Debts up to this cut nobody off. */
    overdraftMinor: minor('overdraft_minor').notNull().default(sql`0`),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    foreignKey({ columns: [t.organisationId, t.parentId], foreignColumns: [t.organisationId, t.id] }),
    check('subscribers_parent', sql`${t.parentId} <> ${t.id} and (${t.parentId} is not null or not ${t.parentPays})`),
    index('subscribers_parent_children').on(t.organisationId, t.parentId).where(sql`${t.parentId} is not null`),
    check('subscribers_overdraft', sql`${t.overdraftMinor} >= 0`),
    unique().on(t.organisationId, t.accountKey),
    index('subscribers_phone').on(t.organisationId, t.phone),
    index('subscribers_phone_sha256').on(t.organisationId, t.phoneSha256),
  ],
)

export const subscriptions = pgTable(
  'subscriptions',
  {
    organisationId: organisationId(),
    id: id(),
    subscriberId: uuid('subscriber_id').notNull(),
    /** Who is invoiced: the subscriber, or its parent who pays. */
    payerId: uuid('payer_id').notNull(),
    /** Of an add-on: the subscription it stands on. */
    baseId: uuid('base_id'),
    /** The first day of service. */
    startsOn: date('starts_on').notNull(),
    status: text('status').notNull().default('active'),
    cancelledOn: date('cancelled_on'),
    /** Overrides the price's grace when set. */
    graceDays: integer('grace_days'),
    /** The first civil day that was not decided yet: charged, given away or skipped. */
    billedUntil: date('billed_until').notNull(),
    /** The first civil day on which the next days may be invoiced; null when nothing more will be, or while it awaits something. */
    nextInvoiceOn: date('next_invoice_on'),
    /** What its next charge waits for, unscanned: `credit` that buys the next period, or the `payment` of a debt. */
    awaits: text('awaits'),
    /** Of a prepaid one: the first day that is not bought yet, and what credit has to cover for that; null when nothing is to be bought. */
    renewalOn: date('renewal_on'),
    renewalMinor: minor('renewal_minor'),
    /** Of passes: the next instant at which one begins or is over; null when none is to. Set with each that is bought or taken back. */
    passTurnsAt: instant('pass_turns_at'),
    /** Set when billing it failed: it waits for a person and stops nobody else. */
    parkedReason: text('parked_reason'),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    check('subscriptions_awaits', sql`${t.awaits} is null or (${t.awaits} in ('credit', 'payment') and ${t.nextInvoiceOn} is null)`),
    check('subscriptions_renewal', sql`(${t.renewalOn} is null) = (${t.renewalMinor} is null) and ${t.renewalMinor} >= 0`),
    index('subscriptions_renewals').on(t.organisationId, t.renewalOn, t.id).where(sql`${t.renewalOn} is not null`),
    index('subscriptions_passes').on(t.organisationId, t.passTurnsAt).where(sql`${t.passTurnsAt} is not null`),
    index('subscriptions_subscriber').on(t.organisationId, t.subscriberId),
    index('subscriptions_payer').on(t.organisationId, t.payerId),
    index('subscriptions_base').on(t.organisationId, t.baseId).where(sql`${t.baseId} is not null`),
    index('subscriptions_awaiting').on(t.organisationId, t.payerId).where(sql`${t.awaits} is not null`),
    index('subscriptions_due')
      .on(t.organisationId, t.nextInvoiceOn, t.payerId)
      .where(sql`${t.nextInvoiceOn} is not null and ${t.parkedReason} is null`),
  ],
)

/** Under which price and periods a subscription stands, and from when on: a timeline, some of it ahead of today. */
export const subscriptionTerms = pgTable(
  'subscription_terms',
  {
    organisationId: organisationId(),
    subscriptionId: uuid('subscription_id').notNull(),
    /** From 1, in the order in which they were agreed. */
    number: integer('number').notNull(),
    priceId: uuid('price_id').notNull(),
    /** The day from which the periods are counted. */
    origin: date('origin').notNull(),
    anchorDay: integer('anchor_day').notNull(),
    fromOn: date('from_on').notNull(),
    /** The first day that is no longer under them. */
    untilOn: date('until_on'),
    /** How many periods of the plan came before the origin. */
    periodsBefore: integer('periods_before').notNull().default(0),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.subscriptionId, t.number] }),
    check('subscription_terms_anchor', sql`${t.anchorDay} between 1 and 31`),
    index('subscription_terms_from').on(t.organisationId, t.subscriptionId, t.fromOn),
    index('subscription_terms_price').on(t.organisationId, t.priceId, t.subscriptionId),
  ],
)

/** Days on which a line is off by request. */
export const subscriptionPauses = pgTable(
  'subscription_pauses',
  {
    organisationId: organisationId(),
    subscriptionId: uuid('subscription_id').notNull(),
    fromOn: date('from_on').notNull(),
    /** The first day with service again; null while nobody knows. */
    untilOn: date('until_on'),
    /** The day on which the line went on again and its days were settled. */
    settledOn: date('settled_on'),
    /** Whether its days are charged, skipped or given back. */
    policy: text('policy').notNull(),
    reason: text('reason').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.subscriptionId, t.fromOn] }),
    check('subscription_pauses_span', sql`${t.untilOn} is null or ${t.untilOn} >= ${t.fromOn}`),
    index('subscription_pauses_to_settle').on(t.organisationId, t.untilOn).where(sql`${t.settledOn} is null and ${t.untilOn} is not null`),
    check('subscription_pauses_policy', sql`${t.policy} in ('bill', 'skip', 'extend')`),
  ],
)

export const services = pgTable(
  'services',
  {
    organisationId: organisationId(),
    id: id(),
    subscriberId: uuid('subscriber_id').notNull(),
    subscriptionId: uuid('subscription_id').notNull(),
    /** The installation of an access plugin that holds this line. */
    installationId: uuid('installation_id').notNull(),
    kind: text('kind').notNull(),
    username: text('username').notNull(),
    password: bytes('password').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    unique().on(t.organisationId, t.installationId, t.username),
    index('services_subscription').on(t.organisationId, t.subscriptionId),
    index('services_subscriber').on(t.organisationId, t.subscriberId),
  ],
)

/** What the ledger says a line may do (wanted), and what the network was last seen to do (observed). */
export const accessStates = pgTable(
  'access_states',
  {
    organisationId: organisationId(),
    serviceId: uuid('service_id').notNull(),
    subscriberId: uuid('subscriber_id').notNull(),
    installationId: uuid('installation_id').notNull(),
    wantedState: text('wanted_state').notNull(),
    wantedReason: text('wanted_reason').notNull(),
    profileName: text('profile_name').notNull(),
    downloadBps: text('download_bps').notNull(),
    uploadBps: text('upload_bps').notNull(),
    /** Grows with each change of what is wanted, never falls. */
    wantedVersion: integer('wanted_version').notNull().default(1),
    wantedAt: instant('wanted_at').notNull(),
    /** Since when a debt keeps it off, also where staff holds it off anyway. */
    overdueSince: date('overdue_since'),
    /** A staff override: `opened` or `held`. */
    hold: text('hold'),
    /** The first civil day on which the decision may change by itself. */
    recheckOn: date('recheck_on'),
    /** The payment that made this state wanted, for the seconds from payment to access. */
    causePaymentId: uuid('cause_payment_id'),
    causeAt: instant('cause_at'),
    status: text('status').notNull().default('pending'),
    /** Payers go before suspensions. */
    urgent: boolean('urgent').notNull().default(false),
    observedState: text('observed_state'),
    observedVersion: integer('observed_version'),
    observedAt: instant('observed_at'),
    attempts: integer('attempts').notNull().default(0),
    nextAttemptAt: instant('next_attempt_at').notNull(),
    lastError: text('last_error'),
    driftCount: integer('drift_count').notNull().default(0),
    lastDrift: text('last_drift'),
    lastDriftAt: instant('last_drift_at'),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.serviceId] }),
    index('access_states_due').on(t.organisationId, t.installationId, t.urgent, t.nextAttemptAt).where(sql`${t.status} <> 'in_sync'`),
    index('access_states_recheck').on(t.organisationId, t.recheckOn).where(sql`${t.recheckOn} is not null`),
    index('access_states_awaiting').on(t.organisationId, t.serviceId).where(sql`${t.wantedReason} = 'awaiting_approval'`),
    index('access_states_subscriber').on(t.organisationId, t.subscriberId),
  ],
)

/** Each move of a line that was seen on the network, with its proof. */
export const accessChanges = pgTable(
  'access_changes',
  {
    organisationId: organisationId(),
    id: id(),
    serviceId: uuid('service_id').notNull(),
    subscriberId: uuid('subscriber_id').notNull(),
    fromState: text('from_state'),
    toState: text('to_state').notNull(),
    reason: text('reason').notNull(),
    version: integer('version').notNull(),
    /** `changed`, `drift` (repaired) or `ok` (it was so already). */
    outcome: text('outcome').notNull(),
    sessionsDropped: integer('sessions_dropped').notNull(),
    /** What the network reported when it was read back. */
    proof: text('proof').notNull(),
    causePaymentId: uuid('cause_payment_id'),
    wantedAt: instant('wanted_at').notNull(),
    appliedAt: instant('applied_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    index('access_changes_subscriber').on(t.organisationId, t.subscriberId, t.appliedAt),
  ],
)

/** One lane a box: who converges it now, and when it may be tried again. */
export const accessLanes = pgTable(
  'access_lanes',
  {
    organisationId: organisationId(),
    installationId: uuid('installation_id').notNull(),
    leasedBy: text('leased_by'),
    leasedUntil: instant('leased_until'),
    state: text('state').notNull().default('unknown'),
    lastError: text('last_error'),
    failures: integer('failures').notNull().default(0),
    nextAttemptAt: instant('next_attempt_at').notNull(),
    lastSeenAt: instant('last_seen_at'),
    reconciledAt: instant('reconciled_at'),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.installationId] })],
)
