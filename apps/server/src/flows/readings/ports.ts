import type {
  AccessState,
  ApiKeyId,
  BillingPreviewId,
  BranchId,
  ChargeId,
  CivilDate,
  ClaimKind,
  CreditId,
  CreditKind,
  Currency,
  CutOffBatchId,
  DunningPolicyId,
  DunningStep,
  EntryId,
  EvidenceGrade,
  ExemptionId,
  ExtensionId,
  InstallationId,
  InstalmentPlanId,
  Instant,
  IntentId,
  IntentStatus,
  InvoiceId,
  InvoiceStatus,
  LedgerAccountId,
  LedgerAccountKind,
  LineDescription,
  NoticeId,
  OrganisationId,
  PayerIdentity,
  PaymentId,
  PlanId,
  PlanKind,
  Price,
  PriceId,
  Pricing,
  ServiceId,
  ServiceKind,
  SubscriberId,
  SubscriptionId,
  TaskId,
  TaxAmount,
  TaxClass,
} from '@nyuzi/core'
import type { CutOffBatchStatus } from '../dunning/ports.ts'
import type { FiscalReading } from '../fiscal/ports.ts'
import type { OrganisationPolicy } from '../ports.ts'
import type { BillingPreview, PreviewChanges, PreviewPart, PreviewTotals } from '../previews/ports.ts'

// What people and programs are shown. Nothing here decides anything: a flow that writes reads through its own store.

/** A keyset page, newest id first; the reader asks for one more than it shows. */
export type PageQuery = { readonly limit: number; readonly after?: string }

export type OrganisationReading = {
  readonly id: OrganisationId
  readonly slug: string
  readonly name: string
  readonly country: string
  readonly currency: Currency
  readonly timeZone: string
  readonly language: string
  readonly accountPrefix: string
  readonly policy: OrganisationPolicy
  readonly createdAt: Instant
}
export type BranchReading = { readonly id: BranchId; readonly code: string; readonly name: string; readonly createdAt: Instant }
export type ApiKeyReading = {
  readonly id: ApiKeyId
  readonly name: string
  readonly prefix: string
  readonly permissions: readonly string[]
  readonly createdAt: Instant
  readonly revokedAt: Instant | null
}

export type PriceReading = Price & {
  readonly createdAt: Instant
  /** Of a version to which those of older ones move. */
  readonly move?: { readonly moved: number; readonly finishedAt: Instant | null }
}
export type PlanReading = {
  readonly id: PlanId
  readonly code: string
  readonly name: string
  readonly kind: PlanKind
  readonly createdAt: Instant
  readonly prices: readonly PriceReading[]
}

export type SubscriberReading = {
  readonly id: SubscriberId
  readonly branchId: BranchId
  readonly accountNumber: string
  readonly name: string
  readonly phone: string | null
  readonly email: string | null
  readonly addressLines: readonly string[]
  readonly taxPin: string | null
  readonly language: string
  readonly segment: string
  readonly status: string
  readonly createdAt: Instant
  readonly currency: Currency
  /** Open on invoices. */
  readonly owedMinor: bigint
  /** Paid and not yet set against an invoice. */
  readonly creditMinor: bigint
  readonly overdraftMinor: bigint
  readonly parentId: SubscriberId | null
  readonly parentPays: boolean
}
/** What a subscriber is asked for comes from. */
export type ToPayReading = {
  readonly currency: Currency
  readonly debtsMinor: bigint
  /** Of its prepaid subscriptions that wait, or are to be renewed soon. */
  readonly renewalsMinor: bigint
  readonly freeMinor: bigint
}

export type BillingPreviewReading = Required<Pick<BillingPreview, 'id' | 'status' | 'days' | 'expiresAt' | 'requestedBy' | 'createdAt'>> & {
  readonly subscriberId: SubscriberId | null
  readonly change: unknown
  readonly appliesFrom: CivilDate
  readonly totals: PreviewTotals
  readonly currency: Currency
  readonly fingerprint: string
  readonly appliedBy: string | null
  readonly appliedAt: Instant | null
  readonly parts: number
  readonly partsApplied: number
  readonly partsChanged: number
  readonly partsFollowed: number
}

export type PreviewedSubscriber = { readonly id: SubscriberId; readonly name: string; readonly accountNumber: string }

export type BillingPreviewPartReading = PreviewPart & {
  readonly subscribers: readonly PreviewedSubscriber[]
  readonly changes: PreviewChanges | null
  readonly followOn: CivilDate | null
}

export type SubscriptionReading = {
  readonly id: SubscriptionId
  readonly subscriberId: SubscriberId
  /** Of an add-on. */
  readonly baseId: SubscriptionId | null
  readonly planId: PlanId
  readonly planName: string
  readonly priceId: PriceId
  readonly priceVersion: number
  readonly amountMinor: bigint
  readonly currency: Currency
  readonly startsOn: string
  readonly anchorDay: number
  readonly status: string
  readonly cancelledOn: string | null
  readonly graceDays: number
  readonly billedUntil: CivilDate
  readonly awaits: string | null
  readonly nextInvoiceOn: string | null
  /** When its last pass is over; null when it never bought one. */
  readonly validUntil: Instant | null
  /** What credit has to cover for it to go on; null when nothing is to be bought. */
  readonly renewal: { readonly on: CivilDate; readonly amountMinor: bigint; readonly missingMinor: bigint } | null
  readonly parkedReason: string | null
  readonly createdAt: Instant
  /** The terms that follow those of the day. */
  readonly next: { readonly from: string; readonly priceId: PriceId; readonly planId: PlanId; readonly planName: string } | null
  readonly pauses: readonly { readonly from: string; readonly until: string | null; readonly policy: string; readonly reason: string }[]
}
export type ServiceReading = {
  readonly id: ServiceId
  readonly subscriberId: SubscriberId
  readonly subscriptionId: SubscriptionId
  readonly installationId: InstallationId
  readonly kind: ServiceKind
  readonly username: string
  readonly createdAt: Instant
}

export type InstallationReading = {
  readonly id: InstallationId
  readonly pluginId: string
  readonly name: string
  readonly branchId: BranchId | null
  readonly settings: Readonly<Record<string, unknown>>
  /** Sealed; read for the names of those that are set. */
  readonly secrets: Uint8Array
  readonly callbackToken: string
  readonly status: string
  readonly statusReason: string | null
  readonly version: number
  readonly createdAt: Instant
  readonly updatedAt: Instant
}

export type InvoiceReading = {
  readonly id: InvoiceId
  readonly subscriberId: SubscriberId
  readonly subscriberName: string
  readonly accountNumber: string
  readonly kind: ClaimKind
  readonly number: string
  readonly status: InvoiceStatus
  readonly currency: Currency
  readonly totalMinor: bigint
  readonly allocatedMinor: bigint
  readonly issuedOn: string
  readonly dueOn: string
  readonly createdAt: Instant
}
export type LineDiscountReading = {
  readonly source: string
  readonly code: string
  readonly title: string
  readonly baseMinor: bigint
  readonly amountMinor: bigint
  readonly working: string
}
export type InvoiceLineReading = {
  readonly position: number
  readonly description: LineDescription
  readonly category: string
  readonly taxClass: string
  readonly pricing: string
  readonly taxPoint: string
  /** What the whole period costs, after the discounts; null where no period is charged. */
  readonly rateMinor: bigint | null
  /** In the order in which they were taken off the price of the whole period. */
  readonly discounts: readonly LineDiscountReading[]
  readonly netMinor: bigint
  readonly taxes: readonly TaxAmount[]
  readonly totalMinor: bigint
  /** Null, with the days and the price, where no subscription is charged. */
  readonly subscriptionId: SubscriptionId | null
  readonly periodStart: CivilDate | null
  readonly periodEnd: CivilDate | null
  readonly priceId: PriceId | null
  readonly priceVersion: number | null
  readonly arithmetic: string
}
/** What settled a claim: a payment, or a credit. */
export type AllocationReading = {
  readonly paymentId: PaymentId | null
  readonly creditId: CreditId | null
  readonly creditNumber: string | null
  readonly invoiceId: InvoiceId
  readonly invoiceNumber: string
  readonly providerTransaction: string | null
  readonly amountMinor: bigint
  readonly createdAt: Instant
}

export type CreditReading = {
  readonly id: CreditId
  readonly subscriberId: SubscriberId
  readonly subscriberName: string
  readonly accountNumber: string
  readonly kind: CreditKind
  readonly number: string
  readonly currency: Currency
  readonly totalMinor: bigint
  readonly allocatedMinor: bigint
  readonly issuedOn: string
  readonly reason: string
  readonly createdAt: Instant
}
export type CreditLineReading = {
  readonly position: number
  readonly invoiceId: InvoiceId
  readonly invoiceNumber: string
  readonly invoiceLine: number
  readonly start: string | null
  readonly end: string | null
  readonly subscriptionId: SubscriptionId | null
  /** With its days: of the line that is credited. */
  readonly description: LineDescription
  readonly periodStart: CivilDate | null
  readonly periodEnd: CivilDate | null
  readonly category: string
  readonly taxClass: string
  readonly taxPoint: string
  readonly netMinor: bigint
  readonly taxes: readonly TaxAmount[]
  readonly totalMinor: bigint
  readonly arithmetic: string
}

export type ChargeReading = {
  readonly id: ChargeId
  readonly subscriberId: SubscriberId
  readonly subscriptionId: SubscriptionId | null
  readonly description: string
  readonly category: string
  readonly taxClass: TaxClass
  readonly pricing: Pricing
  readonly amountMinor: bigint
  readonly currency: Currency
  readonly status: 'waiting' | 'invoiced' | 'withdrawn'
  readonly invoiceOn: CivilDate | null
  readonly invoicedOn: CivilDate | null
  readonly invoiceId: InvoiceId | null
  readonly invoiceNumber: string | null
  readonly withdrawnOn: CivilDate | null
  readonly withdrawnBecause: string | null
  readonly createdAt: Instant
}

export type ExemptionReading = {
  readonly id: ExemptionId
  readonly subscriberId: SubscriberId
  readonly certificate: string
  readonly taxes: readonly string[]
  readonly from: CivilDate
  readonly until: CivilDate | null
  readonly recordedBy: string
  readonly recordedAt: Instant
  readonly endedBy: string | null
  readonly endedAt: Instant | null
}

export type PaymentReading = {
  readonly id: PaymentId
  readonly source: string
  readonly installationId: InstallationId | null
  readonly branchId: BranchId | null
  readonly providerTransaction: string | null
  readonly intentId: IntentId | null
  readonly amountMinor: bigint
  readonly currency: Currency
  readonly allocatedMinor: bigint
  readonly status: string
  readonly subscriberId: SubscriberId | null
  readonly subscriberName: string | null
  readonly accountNumber: string | null
  readonly matchRule: string | null
  readonly suspenseReason: string | null
  readonly accountReference: string | null
  readonly payer: PayerIdentity
  readonly payerName: string | null
  readonly evidence: EvidenceGrade
  readonly paidAt: Instant
  readonly receivedAt: Instant
  readonly recordedAt: Instant
  readonly recordedBy: string | null
  readonly resolvedAt: Instant | null
  readonly resolvedBy: string | null
  readonly receiptNumber: string | null
  readonly receiptIssuedOn: CivilDate | null
}
export type CandidateReading = {
  readonly subscriberId: SubscriberId
  readonly name: string
  readonly accountNumber: string
  readonly score: number
  readonly reasons: readonly string[]
}
export type NoticeReading = {
  readonly id: NoticeId
  readonly evidence: EvidenceGrade
  readonly status: string
  readonly providerTransaction: string | null
  readonly amountMinor: bigint | null
  readonly currency: Currency | null
  readonly detail: string | null
  readonly receivedAt: Instant
  readonly outcome: string | null
}

export type IntentReading = {
  readonly id: IntentId
  readonly installationId: InstallationId
  readonly subscriberId: SubscriberId
  readonly amountMinor: bigint
  readonly promptMinor: bigint
  readonly currency: Currency
  readonly phone: string
  readonly accountReference: string
  readonly status: IntentStatus
  readonly providerReference: string | null
  readonly requestedAt: Instant
  readonly lookUpAttempts: number
  readonly nextLookUpAt: Instant | null
  readonly failureCode: string | null
  readonly failureClass: string | null
  readonly failureMessage: string | null
  readonly paymentId: PaymentId | null
}
export type IntentMoveReading = {
  readonly fromStatus: string | null
  readonly toStatus: string
  readonly evidence: string
  readonly detail: string
  readonly at: Instant
}

export type AccessReading = {
  readonly serviceId: ServiceId
  readonly subscriberId: SubscriberId
  readonly subscriberName: string
  readonly accountNumber: string
  readonly installationId: InstallationId
  readonly username: string
  readonly wantedState: AccessState
  readonly wantedReason: string
  readonly wantedVersion: number
  readonly wantedAt: Instant
  readonly profileName: string
  readonly hold: string | null
  readonly recheckOn: string | null
  readonly observedState: AccessState | null
  readonly observedVersion: number | null
  readonly observedAt: Instant | null
  readonly status: string
  readonly attempts: number
  readonly nextAttemptAt: Instant
  readonly lastError: string | null
  readonly driftCount: number
  readonly lastDrift: string | null
  readonly lastDriftAt: Instant | null
}

type WhoseReading = { readonly subscriberId: SubscriberId; readonly subscriberName: string; readonly accountNumber: string }
export type ExtensionReading = WhoseReading & {
  readonly id: ExtensionId
  readonly until: string
  readonly reason: string
  readonly status: string
  readonly note: string | null
  readonly requestedBy: string
  readonly requestedAt: Instant
  readonly answeredBy: string | null
  readonly answeredAt: Instant | null
  readonly endedAt: Instant | null
}
/** Its amounts are text inside lists, since they come as JSON. */
export type InstalmentPlanReading = WhoseReading & {
  readonly id: InstalmentPlanId
  readonly status: string
  readonly currency: Currency
  readonly totalMinor: bigint
  readonly graceDays: number
  readonly startedOn: string
  readonly endedOn: string | null
  readonly createdBy: string
  readonly createdAt: Instant
  readonly endedAt: Instant | null
  readonly instalments: readonly { readonly dueOn: string; readonly amountMinor: string }[]
  readonly invoices: readonly {
    readonly invoiceId: InvoiceId
    readonly number: string
    readonly openMinor: string
    readonly stillOpenMinor: string
  }[]
}

export type LedgerAccountReading = {
  readonly id: LedgerAccountId
  readonly kind: LedgerAccountKind
  readonly currency: Currency
  readonly owner: string
  /** Debits above zero; summed from the postings. */
  readonly balanceMinor: bigint
  readonly postings: bigint
}
export type EntryReading = {
  readonly id: EntryId
  readonly kind: string
  readonly currency: Currency
  readonly effectiveOn: string
  readonly sourceNoun: string
  readonly sourceId: string
  readonly reversesEntryId: EntryId | null
  readonly recordedAt: Instant
  readonly postings: readonly {
    readonly accountId: LedgerAccountId
    readonly kind: LedgerAccountKind
    readonly owner: string
    readonly amountMinor: bigint
  }[]
}

export type DunningPolicyReading = {
  readonly id: DunningPolicyId
  readonly branchId: BranchId | null
  readonly segment: string | null
  readonly planId: PlanId | null
  readonly steps: readonly DunningStep[]
  readonly createdAt: Instant
  readonly updatedAt: Instant
}

export type CutOffBatchReading = {
  readonly id: CutOffBatchId
  readonly status: CutOffBatchStatus
  readonly openedOn: string
  readonly refreshedOn: string
  readonly decidedAt: Instant | null
  readonly decidedBy: string | null
  readonly reason: string | null
  readonly createdAt: Instant
  readonly listed: number
  readonly takenOut: number
  readonly cutOff: number
  readonly spared: number
  /** Of the subscribers listed or cut off, each counted once: a sum for each of their currencies. */
  readonly debts: readonly { readonly currency: Currency; readonly amountMinor: string }[]
}
export type CutOffMemberReading = {
  readonly serviceId: ServiceId
  readonly username: string
  readonly subscriberId: SubscriberId
  readonly subscriberName: string
  readonly accountNumber: string
  readonly debtMinor: bigint
  readonly currency: Currency
  readonly daysOverdue: number
  readonly status: string
  readonly reason: string | null
}

export type TaskReading = {
  readonly id: TaskId
  readonly kind: string
  readonly subjectNoun: string
  readonly subjectId: string
  readonly title: string
  readonly detail: Readonly<Record<string, unknown>>
  readonly createdAt: Instant
  readonly doneAt: Instant | null
}

export const timelineKinds = [
  'invoice_issued',
  'credit_issued',
  'payment_received',
  'prompt',
  'message',
  'access_wanted',
  'access_applied',
  'staff_action',
] as const
export type TimelineKind = (typeof timelineKinds)[number]
export type TimelineReading = {
  readonly at: Instant
  readonly kind: TimelineKind
  /** Unique on the timeline, for paging through things of one instant. */
  readonly key: string
  readonly facts: Readonly<Record<string, string | number | null>>
}

export type ReadingStore = {
  organisation(): Promise<OrganisationReading>
  branches(page: PageQuery): Promise<readonly BranchReading[]>
  branch(id: BranchId): Promise<BranchReading | undefined>
  apiKeys(page: PageQuery): Promise<readonly ApiKeyReading[]>
  apiKey(id: ApiKeyId): Promise<ApiKeyReading | undefined>
  plans(page: PageQuery): Promise<readonly PlanReading[]>
  plan(id: PlanId): Promise<PlanReading | undefined>
  installations(page: PageQuery): Promise<readonly InstallationReading[]>
  installation(id: InstallationId): Promise<InstallationReading | undefined>
  subscribers(
    page: PageQuery & { readonly q?: string; readonly branchId?: BranchId; readonly parentId?: SubscriberId; readonly status?: string },
  ): Promise<readonly SubscriberReading[]>
  subscriber(id: SubscriberId): Promise<SubscriberReading | undefined>
  toPay(id: SubscriberId, renewalsUntil: CivilDate): Promise<ToPayReading | undefined>
  /** As they stand on the organisation's civil day of the instant. */
  subscriptions(page: PageQuery & { readonly subscriberId: SubscriberId }, at: Instant): Promise<readonly SubscriptionReading[]>
  subscription(id: SubscriptionId, at: Instant): Promise<SubscriptionReading | undefined>
  /** Drafts are none. */
  billingPreview(id: BillingPreviewId): Promise<BillingPreviewReading | undefined>
  previewedSubscribers(ids: readonly SubscriberId[]): Promise<readonly PreviewedSubscriber[]>
  /** In their order, after that position. */
  billingPreviewParts(
    id: BillingPreviewId,
    page: { readonly after: number; readonly limit: number },
  ): Promise<readonly BillingPreviewPartReading[]>
  services(page: PageQuery & { readonly subscriberId: SubscriberId }): Promise<readonly ServiceReading[]>
  service(id: ServiceId): Promise<ServiceReading | undefined>
  invoices(
    page: PageQuery & { readonly status?: string; readonly kind?: ClaimKind; readonly subscriberId?: SubscriberId },
  ): Promise<readonly InvoiceReading[]>
  invoice(id: InvoiceId): Promise<
    | (InvoiceReading & {
        readonly lines: readonly InvoiceLineReading[]
        readonly allocations: readonly AllocationReading[]
        readonly fiscal: readonly FiscalReading[]
      })
    | undefined
  >
  credits(page: PageQuery & { readonly kind?: CreditKind; readonly subscriberId?: SubscriberId }): Promise<readonly CreditReading[]>
  credit(id: CreditId): Promise<
    | (CreditReading & {
        readonly lines: readonly CreditLineReading[]
        readonly allocations: readonly AllocationReading[]
        readonly fiscal: readonly FiscalReading[]
      })
    | undefined
  >
  payments(page: PageQuery & { readonly status?: string; readonly subscriberId?: SubscriberId }): Promise<readonly PaymentReading[]>
  payment(id: PaymentId): Promise<
    | (PaymentReading & {
        readonly allocations: readonly AllocationReading[]
        readonly notices: readonly NoticeReading[]
        readonly entries: readonly EntryReading[]
      })
    | undefined
  >
  suspense(page: PageQuery): Promise<readonly (PaymentReading & { readonly candidates: readonly CandidateReading[] })[]>
  intents(page: PageQuery & { readonly status?: string; readonly subscriberId?: SubscriberId }): Promise<readonly IntentReading[]>
  intent(id: IntentId): Promise<(IntentReading & { readonly moves: readonly IntentMoveReading[] }) | undefined>
  access(page: PageQuery & { readonly status?: string; readonly installationId?: InstallationId }): Promise<readonly AccessReading[]>
  accessOf(id: ServiceId): Promise<AccessReading | undefined>
  charges(page: PageQuery & { readonly subscriberId: SubscriberId; readonly status?: string }): Promise<readonly ChargeReading[]>
  charge(id: ChargeId): Promise<ChargeReading | undefined>
  exemptions(page: PageQuery & { readonly subscriberId?: SubscriberId }): Promise<readonly ExemptionReading[]>
  exemption(id: ExemptionId): Promise<ExemptionReading | undefined>
  extensions(page: PageQuery & { readonly status?: string; readonly subscriberId?: SubscriberId }): Promise<readonly ExtensionReading[]>
  extension(id: ExtensionId): Promise<ExtensionReading | undefined>
  instalmentPlans(
    page: PageQuery & { readonly status?: string; readonly subscriberId?: SubscriberId },
  ): Promise<readonly InstalmentPlanReading[]>
  instalmentPlan(id: InstalmentPlanId): Promise<InstalmentPlanReading | undefined>
  ledgerAccounts(page: PageQuery & { readonly kind?: string }): Promise<readonly LedgerAccountReading[]>
  entries(page: PageQuery & { readonly accountId?: LedgerAccountId; readonly sourceId?: string }): Promise<readonly EntryReading[]>
  /** Those in force. */
  dunningPolicies(page: PageQuery): Promise<readonly DunningPolicyReading[]>
  dunningPolicy(id: DunningPolicyId): Promise<DunningPolicyReading | undefined>
  cutOffBatches(page: PageQuery & { readonly status?: CutOffBatchStatus }): Promise<readonly CutOffBatchReading[]>
  cutOffBatch(id: CutOffBatchId): Promise<CutOffBatchReading | undefined>
  cutOffMembers(id: CutOffBatchId, page: PageQuery): Promise<readonly CutOffMemberReading[]>
  tasks(page: PageQuery & { readonly status: 'open' | 'done' }): Promise<readonly TaskReading[]>
  task(id: TaskId): Promise<TaskReading | undefined>
  timeline(
    subscriberId: SubscriberId,
    page: { readonly limit: number; readonly after?: { readonly at: Instant; readonly key: string } },
  ): Promise<readonly TimelineReading[]>
}
