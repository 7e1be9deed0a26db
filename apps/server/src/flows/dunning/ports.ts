import type {
  BranchId,
  CivilDate,
  Dunned,
  DunningPolicyId,
  DunningScope,
  DunningStep,
  Instant,
  InvoiceId,
  NoticeDone,
  ScopedPolicy,
  SubscriberId,
} from '@nyuzi/core'

export type StoredPolicy = ScopedPolicy & { readonly id: DunningPolicyId }

/** An open invoice with all that says which reminders it owes. */
export type DunnedInvoice = Dunned & {
  readonly invoiceId: InvoiceId
  readonly subscriberId: SubscriberId
  readonly branchId: BranchId
  readonly dueOn: CivilDate
  readonly openMinor: bigint
  /** Its reminders that were sent or skipped. */
  readonly done: readonly NoticeDone[]
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
  /**
   * Open invoices that have come to one of the ages and not past the last, in the order of their ids; without those that
   * were reminded of the latest age they have come to.
   */
  toRemind(query: {
    readonly today: CivilDate
    readonly ages: readonly number[]
    readonly last: number
    readonly after: InvoiceId | undefined
    readonly limit: number
  }): Promise<readonly DunnedInvoice[]>
}
