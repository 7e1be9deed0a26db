import type {
  AccessController,
  ApiKeyId,
  Currency,
  CutOffMode,
  CutOffPolicy,
  DiscountStep,
  ExtensionPolicy,
  FiscalDevice,
  InstallationId,
  Instant,
  LateFeePolicy,
  Messenger,
  OrganisationId,
  PaymentProvider,
  QuietHours,
  RevenueRecognition,
  ServiceId,
  SubscriberId,
  TaskId,
  TaxPackCode,
  TaxSettings,
} from '@nyuzi/core'
import type { AccessStore } from './access/ports.ts'
import type { ApiKeyStore } from './api-keys/ports.ts'
import type { BillingStore, IssuedStore } from './billing/ports.ts'
import type { CatalogStore, PriceMoveStore } from './catalog/ports.ts'
import type { ChargeStore } from './charges/ports.ts'
import type { CockpitReadings } from './cockpit/ports.ts'
import type { ClaimStore, CreditStore } from './credits/ports.ts'
import type { DiscountReadings, DiscountStore } from './discounts/ports.ts'
import type { DocumentStore, Printer } from './documents/ports.ts'
import type { CutOffStore, DunningStore } from './dunning/ports.ts'
import type { ExemptionStore } from './exemptions/ports.ts'
import type { FiscalReadings, FiscalStore } from './fiscal/ports.ts'
import type { InstallationStore } from './installations/ports.ts'
import type { LedgerStore } from './ledger/ports.ts'
import type { MessageStore } from './messages/ports.ts'
import type { BranchStore, OrganisationsStore } from './organisations/ports.ts'
import type { PassStore } from './passes/ports.ts'
import type { CallbackStore, IncomingCallback, IntentStore, KeptCallback, NoticeStore, PaymentStore } from './payments/ports.ts'
import type { EffectStore, PreviewStore } from './previews/ports.ts'
import type { ReadingStore } from './readings/ports.ts'
import type { ExtensionStore, InstalmentPlanStore, LateFeeStore, ReceivableStore } from './receivables/ports.ts'
import type { ReportStore } from './reports/ports.ts'
import type { RevenueStore } from './revenue/ports.ts'
import type { ServiceStore, SubscriberStore, SubscriptionStore } from './subscribers/ports.ts'
import type { UsageReadings, UsageStore } from './usage/ports.ts'

/** Work that rows wait for. A wake-up names one of these; it is a hint, and the sweep finds what no one woke. */
export const workKinds = ['callbacks', 'notices', 'prompts', 'look_ups', 'passes', 'access', 'messages', 'fiscal', 'price_moves'] as const
export type WorkKind = (typeof workKinds)[number]

/** Says, after a commit, that rows wait. Never called inside a transaction. */
export type Wake = (kind: WorkKind, organisationId: OrganisationId) => void

export type Clock = { now(): Instant }
/** Chance, passed in: a UUIDv7, and an unguessable token of 32 lower-case hex digits. */
export type Ids = { next(): string; token(): string }

export type Log = {
  info(message: string, facts?: Record<string, unknown>): void
  warn(message: string, facts?: Record<string, unknown>): void
  error(message: string, facts?: Record<string, unknown>): void
}

/** Figures that are counted where they happen; the names are those of docs/operate/metrics.md. */
export type Meter = {
  count(
    name: 'callbacks' | 'payments' | 'messages' | 'access_outcomes' | 'provider_errors' | 'fiscal_documents',
    labels: Record<string, string>,
  ): void
  paymentToAccess(seconds: number): void
}

/** What the organisation decided; every flow reads it with the organisation. */
export type OrganisationPolicy = {
  /** Days before a period starts on which its invoice is issued. */
  readonly invoiceLeadDays: number
  /** How a payer is told to pay, e.g. `Paybill 400123`. */
  readonly payTo?: string
  /** The taxes it charges; absent, none. */
  readonly taxPack?: TaxPackCode
  /** Its number with the tax authority, for its invoices. */
  readonly taxPin?: string
  /** What it holds otherwise than the pack of its country. */
  readonly taxSettings?: TaxSettings
  /** Hours of its wall clock in which nobody is reminded; absent, none. */
  readonly quietHours?: QuietHours
  /** When a debt may cut off; absent, any debt on any day. */
  readonly cutOff?: CutOffPolicy
  /** What a subscriber may promise; absent, the default of core. */
  readonly extensions?: ExtensionPolicy
  /** Whether a debt cuts off by itself, or when a person approved it; absent, by itself. */
  readonly cutOffMode?: CutOffMode
  /** What late payers are charged; absent, nothing. */
  readonly lateFee?: LateFeePolicy
  /** Off each subscription, by how many active ones its subscriber has. */
  readonly volumeSteps?: readonly DiscountStep[]
  /** By full months as a subscriber. */
  readonly loyaltySteps?: readonly DiscountStep[]
  /** Absent, nobody is rewarded for a referral. */
  readonly referralReward?: ReferralRewards
  /** When invoices issued from now on earn their net; absent, at once. */
  readonly revenueRecognition?: RevenueRecognition
  /** What a text message is reckoned to cost; absent, nobody knows. */
  readonly messageCost?: MessageCost
}

export type MessageCost = {
  /** Of one part of a text, in the organisation's currency. */
  readonly perPartMinor: bigint
}

export type ReferralRewards = { readonly referrer: ReferralReward; readonly referred: ReferralReward }

/** A rate, or an amount in minor units of the organisation's currency, off the next periods. */
export type ReferralReward = { readonly periods: number } & (
  | { readonly rateBp: number; readonly amountMinor?: never }
  | { readonly amountMinor: string; readonly rateBp?: never }
)

export type Organisation = {
  readonly id: OrganisationId
  readonly name: string
  readonly country: string
  readonly currency: Currency
  readonly timeZone: string
  readonly policy: OrganisationPolicy
}

/** One transaction inside one organisation. Row-level security sees to it that nothing of another one is in reach. */
export type Transaction = {
  readonly organisation: OrganisationStore
  readonly callbacks: CallbackStore
  readonly notices: NoticeStore
  readonly intents: IntentStore
  readonly passes: PassStore
  readonly payments: PaymentStore
  readonly ledger: LedgerStore
  readonly billing: BillingStore
  readonly claims: ClaimStore
  readonly credits: CreditStore
  readonly issued: IssuedStore
  readonly access: AccessStore
  readonly dunning: DunningStore
  readonly cutOffs: CutOffStore
  readonly messages: MessageStore
  readonly tasks: TaskStore
  readonly audit: AuditStore
  readonly documents: DocumentStore
  readonly fiscal: FiscalStore
  readonly organisations: OrganisationsStore
  readonly branches: BranchStore
  readonly apiKeys: ApiKeyStore
  readonly installations: InstallationStore
  readonly catalog: CatalogStore
  readonly priceMoves: PriceMoveStore
  readonly subscribers: SubscriberStore
  readonly subscriptions: SubscriptionStore
  readonly services: ServiceStore
  readonly discounts: DiscountStore
  readonly usage: UsageStore
  readonly charges: ChargeStore
  readonly idempotency: IdempotencyStore
  readonly exemptions: ExemptionStore
  readonly extensions: ExtensionStore
  readonly instalmentPlans: InstalmentPlanStore
  readonly receivables: ReceivableStore
  readonly lateFees: LateFeeStore
  readonly reports: ReportStore
  readonly revenue: RevenueStore
  readonly previews: PreviewStore
  readonly effects: EffectStore
  readonly readings: ReadingStore & DiscountReadings & UsageReadings & FiscalReadings
  readonly cockpit: CockpitReadings
}

export type Store = {
  /** `only`: the subscribers for whom the work may look for what is due; absent, all. */
  inOrganisation<T>(organisationId: OrganisationId, work: (tx: Transaction) => Promise<T>, only?: readonly SubscriberId[]): Promise<T>
  /** Keeps calls of one organisation durably, in one round trip. A repeat is counted; none is lost or kept twice. */
  keepCallbacks(organisationId: OrganisationId, callbacks: readonly IncomingCallback[]): Promise<readonly KeptCallback[]>
  /** Runs the work, rolls everything back and hands out what came of it. */
  rehearse<T>(organisationId: OrganisationId, work: (tx: Transaction) => Promise<T>, only?: readonly SubscriberId[]): Promise<T>
  organisations(): Promise<readonly OrganisationId[]>
  /** Whether the same work may succeed when it is run again, since no row is at fault: the database is away, a lock was lost. */
  mayPass(error: unknown): boolean
  dueWork(at: Instant): Promise<readonly { kind: WorkKind; organisationId: OrganisationId }[]>
}

/** When each scheduled job last ran, over all servers. */
export type JobRuns = {
  started(name: string, at: Instant): Promise<void>
  finished(name: string, at: Instant, outcome: string): Promise<void>
  list(): Promise<
    readonly { readonly name: string; readonly startedAt: Instant; readonly finishedAt?: Instant; readonly outcome?: string }[]
  >
}

export type OrganisationStore = {
  read(): Promise<Organisation>
}

export type TaskStore = {
  /** Opens a task for a person; one open task for a kind and subject. */
  open(task: {
    kind: string
    subjectNoun: string
    subjectId: string
    title: string
    detail?: Record<string, unknown>
    at: Instant
  }): Promise<void>
  /** Closes those whose matter has settled itself. */
  settle(tasks: { kind: string; subjectNoun: string; subjectIds: readonly string[]; at: Instant }): Promise<void>
  /** A person says that it is done; false when there is no such task. */
  close(id: TaskId, at: Instant): Promise<boolean>
  /** Locked until the commit. */
  lock(id: TaskId): Promise<{ readonly kind: string; readonly subjectId: string } | undefined>
}

export type AuditStore = {
  write(record: {
    actor: string
    action: string
    subjectNoun: string
    subjectId: string
    detail?: Record<string, unknown>
    at: Instant
  }): Promise<void>
}

/** A plugin with its settings, ready to be called: the host has wrapped it with limits, traces and its breaker. */
export type Installed = {
  readonly id: InstallationId
  readonly organisationId: OrganisationId
  readonly name: string
  readonly pluginId: string
  readonly payments?: PaymentProvider
  readonly access?: AccessController
  readonly messages?: Messenger
  readonly fiscal?: FiscalDevice
  /**
   * In whose name its payments are booked: its own, or that of the oldest installation that takes money for the same
   * account of the provider. So one receipt, reported to both, is one payment.
   */
  booksAs(): InstallationId
  /** Compares in constant time. */
  ownsToken(token: string): boolean
  callbackUrl(channel: string, token: string): string
}

export type Plugins = {
  /** Undefined when there is no such installation, or it is paused or removed. */
  find(installationId: InstallationId): Promise<Installed | undefined>
  /** Whom a provider may call: a paused installation too, since money that moved is as true while we ask for none. */
  listening(installationId: InstallationId): Promise<Installed | undefined>
  /** Active installations of an organisation that offer a capability, oldest first. */
  offering(organisationId: OrganisationId, capability: 'payments' | 'access' | 'messages' | 'fiscal'): Promise<readonly Installed[]>
  /** Stops using an installation until a person has looked: keys refused, no credit, rights missing. */
  pause(installed: Installed, reason: string): Promise<void>
}

export type Deps = {
  readonly store: Store
  readonly plugins: Plugins
  readonly clock: Clock
  readonly ids: Ids
  readonly printer: Printer
  readonly wake: Wake
  /** Says that one box has work; the lanes of different boxes run side by side. */
  readonly wakeLane: (organisationId: OrganisationId, installationId: InstallationId) => void
  /** Names this server in a lease. */
  readonly holder: string
  /** Opens the sealed password of a line, just before it goes to its box. */
  readonly openPassword: (organisationId: OrganisationId, service: { serviceId: ServiceId; password: Uint8Array }) => string
  readonly log: Log
  readonly meter: Meter
}

/** What a caller was told: kept as text, so that a repeat is told the same to the letter. */
export type WrittenAnswer = { readonly status: number; readonly body: string }

/** A request that must have its effect once. Made by the HTTP side, carried out by `withIdempotency` inside the flow's transaction. */
export type IdempotentRequest<Result> = {
  readonly apiKeyId: ApiKeyId
  readonly key: string
  readonly requestSha256: string
  readonly at: Instant
  writeAnswer(result: Result, tx: Transaction): Promise<WrittenAnswer>
}

export type IdempotencyStore = {
  /** Holds the key until the transaction ends; false, at once, when another transaction holds it. */
  lock(apiKeyId: ApiKeyId, key: string): Promise<boolean>
  read(apiKeyId: ApiKeyId, key: string): Promise<{ readonly requestSha256: string; readonly answer: WrittenAnswer } | undefined>
  keep(done: {
    readonly apiKeyId: ApiKeyId
    readonly key: string
    readonly requestSha256: string
    readonly answer: WrittenAnswer
    readonly at: Instant
  }): Promise<void>
}

/** Where a secret is kept: it opens there and nowhere else. */
export type SealedPlace = { readonly organisationId: OrganisationId; readonly table: string; readonly row: string; readonly column: string }

export type Vault = {
  seal(plain: string, place: SealedPlace): Uint8Array
  open(sealed: Uint8Array, place: SealedPlace): string
}

/** Makes a new API key: `nyz_` and 32 random letters and digits, shown once and kept as its SHA-256. */
export type MintApiKey = () => { readonly text: string; readonly prefix: string; readonly sha256: Uint8Array }
