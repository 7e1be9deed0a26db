import type {
  CivilDate,
  CutOffBatchId,
  Dunned,
  DunningPolicyId,
  DunningScope,
  DunningStep,
  Instant,
  InvoiceId,
  NoticeDone,
  ScopedPolicy,
  ServiceId,
  SubscriberId,
  SubscriptionId,
} from '@nyuzi/core'

export type StoredPolicy = ScopedPolicy & { readonly id: DunningPolicyId }

/** What is reminded of: an open invoice by its due date, or a renewal by the first day that is not paid for. */
export type DunningSource =
  | { readonly noun: 'invoice'; readonly id: InvoiceId }
  | { readonly noun: 'subscription'; readonly id: SubscriptionId }

/** It, and its reminders that were sent or skipped. */
export type Due<Id extends DunningSource['id']> = { readonly id: Id; readonly dueOn: CivilDate; readonly done: readonly NoticeDone[] }

/** All else that says which reminders it owes; `subscriberId` is who has to pay. */
export type DunnedSource<Id extends DunningSource['id']> = Dunned & {
  readonly id: Id
  readonly subscriberId: SubscriberId
  readonly openMinor: bigint
}

/** A page of days in the order of due dates and ids. */
export type DuePage<Id extends DunningSource['id']> = {
  readonly from: CivilDate
  readonly until: CivilDate
  readonly after: Due<Id> | undefined
  readonly limit: number
}

export type DunningStore = {
  /** Those in force. */
  policies(): Promise<readonly StoredPolicy[]>
  /** False when another policy in force has the scope. */
  addPolicy(policy: { id: DunningPolicyId; scope: DunningScope; steps: readonly DunningStep[] }, at: Instant): Promise<boolean>
  /** One in force, locked until the commit. */
  lockPolicy(id: DunningPolicyId): Promise<StoredPolicy | undefined>
  changePolicy(id: DunningPolicyId, steps: readonly DunningStep[], at: Instant): Promise<void>
  removePolicy(id: DunningPolicyId, at: Instant): Promise<void>
  /** Open invoices that are due within the span of days. */
  invoicesDue(page: DuePage<InvoiceId>): Promise<readonly Due<InvoiceId>[]>
  dunnedInvoices(ids: readonly InvoiceId[]): Promise<readonly DunnedSource<InvoiceId>[]>
  /** Prepaid subscriptions whose paid days end within the span of days. One that never began ends never. */
  renewalsDue(page: DuePage<SubscriptionId>): Promise<readonly Due<SubscriptionId>[]>
  dunnedRenewals(ids: readonly SubscriptionId[]): Promise<readonly DunnedSource<SubscriptionId>[]>
}

export type CutOffBatchStatus = 'open' | 'approved' | 'rejected' | 'lapsed'
export type CutOffDecision = {
  readonly status: Exclude<CutOffBatchStatus, 'open'>
  readonly on: CivilDate
  readonly at: Instant
  readonly by?: string
  readonly reason?: string
}
export type CutOffMember = { readonly serviceId: ServiceId; readonly subscriberId: SubscriberId }

export type CutOffStore = {
  /** Opens a batch if lines wait that no batch decided today holds, unless one is open. */
  open(id: CutOffBatchId, today: CivilDate, at: Instant): Promise<void>
  /** The one that is open, locked until the commit. */
  lockOpen(): Promise<CutOffBatchId | undefined>
  lock(id: CutOffBatchId): Promise<{ readonly status: CutOffBatchStatus } | undefined>
  /** Lists the lines that wait now, with their debts of that day. */
  list(id: CutOffBatchId, today: CivilDate): Promise<void>
  /** Writes down what became of listed lines that wait no more; returns how many are still listed. */
  settle(id: CutOffBatchId): Promise<number>
  /** False when one of them is not listed. */
  takeOut(id: CutOffBatchId, serviceIds: readonly ServiceId[], reason: string): Promise<boolean>
  decide(id: CutOffBatchId, decision: CutOffDecision): Promise<void>
  /** Lines of an approved batch that nothing was decided about yet. */
  approvedMembers(limit: number): Promise<{ readonly batchId: CutOffBatchId; readonly members: readonly CutOffMember[] } | undefined>
}
