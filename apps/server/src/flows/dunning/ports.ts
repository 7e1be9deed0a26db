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
} from '@nyuzi/core'

export type StoredPolicy = ScopedPolicy & { readonly id: DunningPolicyId }

/** An open invoice and its reminders that were sent or skipped. */
export type DueInvoice = { readonly invoiceId: InvoiceId; readonly dueOn: CivilDate; readonly done: readonly NoticeDone[] }

/** All else that says which reminders it owes. */
export type DunnedInvoice = Dunned & { readonly invoiceId: InvoiceId; readonly subscriberId: SubscriberId; readonly openMinor: bigint }

export type DunningStore = {
  /** Those in force. */
  policies(): Promise<readonly StoredPolicy[]>
  /** False when another policy in force has the scope. */
  addPolicy(policy: { id: DunningPolicyId; scope: DunningScope; steps: readonly DunningStep[] }, at: Instant): Promise<boolean>
  /** One in force, locked until the commit. */
  lockPolicy(id: DunningPolicyId): Promise<StoredPolicy | undefined>
  changePolicy(id: DunningPolicyId, steps: readonly DunningStep[], at: Instant): Promise<void>
  removePolicy(id: DunningPolicyId, at: Instant): Promise<void>
  /** Open invoices that are due within the span of days, in the order of their due dates and ids. */
  openDueBetween(query: {
    readonly from: CivilDate
    readonly until: CivilDate
    readonly after: DueInvoice | undefined
    readonly limit: number
  }): Promise<readonly DueInvoice[]>
  dunned(ids: readonly InvoiceId[]): Promise<readonly DunnedInvoice[]>
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
