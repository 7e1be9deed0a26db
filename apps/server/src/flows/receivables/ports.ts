import type {
  CivilDate,
  Currency,
  ExtensionId,
  ExtensionStatus,
  GrantedExtension,
  Instalment,
  InstalmentPlanId,
  InstalmentPlanStatus,
  Instant,
  InvoiceId,
  LateFeePolicy,
  PlanStanding,
  SubscriberId,
  SubscriptionId,
} from '@nyuzi/core'

export type NewExtension = {
  readonly id: ExtensionId
  readonly subscriberId: SubscriberId
  /** The first day without it. */
  readonly until: CivilDate
  readonly reason: string
  readonly requestedBy: string
  readonly requestedOn: CivilDate
  readonly requestedAt: Instant
}

export type ExtensionStore = {
  /** False when the subscriber has one that is requested or approved. */
  add(extension: NewExtension): Promise<boolean>
  /** Whether a prepaid subscription that this subscriber pays waits for credit. */
  awaitsCredit(subscriberId: SubscriberId): Promise<boolean>
  /** Those of a subscriber that were approved, whatever became of them. */
  granted(subscriberId: SubscriberId): Promise<readonly GrantedExtension[]>
  read(
    id: ExtensionId,
  ): Promise<{ readonly subscriberId: SubscriberId; readonly status: ExtensionStatus; readonly until: CivilDate } | undefined>
  approve(
    id: ExtensionId,
    answer: { readonly until: CivilDate; readonly by: string; readonly note?: string; readonly at: Instant },
  ): Promise<void>
  refuse(id: ExtensionId, answer: { readonly by: string; readonly note?: string; readonly at: Instant }): Promise<void>
  /** From `on` on it holds nothing, if it ever did. */
  withdraw(id: ExtensionId, end: { readonly on: CivilDate; readonly at: Instant }): Promise<void>
  /** Approved ones with what is still open of the invoices that were there when they were asked for, in the order of their ids. */
  approved(
    after: ExtensionId | undefined,
    limit: number,
  ): Promise<readonly { readonly id: ExtensionId; readonly until: CivilDate; readonly openMinor: bigint; readonly awaitsCredit: boolean }[]>
  settle(settled: readonly { readonly id: ExtensionId; readonly status: 'kept' | 'broken' }[], at: Instant): Promise<void>
}

export type NewInstalmentPlan = {
  readonly id: InstalmentPlanId
  readonly subscriberId: SubscriberId
  readonly currency: Currency
  readonly totalMinor: bigint
  readonly graceDays: number
  readonly startedOn: CivilDate
  readonly instalments: readonly Instalment[]
  readonly invoices: readonly { readonly invoiceId: InvoiceId; readonly openMinor: bigint }[]
  readonly createdBy: string
  readonly createdAt: Instant
}

export type EndedPlan = {
  readonly id: InstalmentPlanId
  readonly status: 'kept' | 'broken' | 'withdrawn'
  /** The first day on which it holds nothing; a kept one has none. */
  readonly endedOn?: CivilDate
}

export type InstalmentPlanStore = {
  /** False when a plan of the subscriber is running. */
  add(plan: NewInstalmentPlan): Promise<boolean>
  read(id: InstalmentPlanId): Promise<{ readonly subscriberId: SubscriberId; readonly status: InstalmentPlanStatus } | undefined>
  /** In the order of their ids. */
  running(
    after: InstalmentPlanId | undefined,
    limit: number,
  ): Promise<readonly { readonly id: InstalmentPlanId; readonly standing: PlanStanding }[]>
  end(ended: readonly EndedPlan[], at: Instant): Promise<void>
}

/** An invoice that may bear a fee; core says whether it does. */
export type LateInvoice = {
  readonly invoiceId: InvoiceId
  readonly subscriberId: SubscriberId
  readonly number: string
  readonly currency: Currency
  readonly dueOn: CivilDate
  readonly openMinor: bigint
  readonly feesCharged: number
}

export type LateQuery = {
  readonly day: CivilDate
  readonly policy: Pick<LateFeePolicy, 'from' | 'graceDays' | 'repeatEveryDays' | 'countMax'>
}

export type NewLateFee = {
  readonly invoiceId: InvoiceId
  readonly number: number
  readonly fallsOn: CivilDate
  readonly debitNoteId: InvoiceId
}

export type LateFeeStore = {
  /** Who has an invoice on which a fee may have fallen, in the order of their ids. */
  latePayers(query: LateQuery, after: SubscriberId | undefined, limit: number): Promise<readonly SubscriberId[]>
  lateInvoices(query: LateQuery, subscriberIds: readonly SubscriberId[]): Promise<readonly LateInvoice[]>
  add(fees: readonly NewLateFee[]): Promise<void>
}

export type ReceivableStore = {
  /** Of these, the invoices that an extension or an instalment plan holds on that day: nobody is reminded of them. */
  heldInvoices(ids: readonly InvoiceId[], day: CivilDate): Promise<ReadonlySet<InvoiceId>>
  /** Of these, the subscriptions whose payer has an extension on that day. */
  heldRenewals(ids: readonly SubscriptionId[], day: CivilDate): Promise<ReadonlySet<SubscriptionId>>
  setOverdraft(subscriberId: SubscriberId, overdraftMinor: bigint): Promise<void>
}
