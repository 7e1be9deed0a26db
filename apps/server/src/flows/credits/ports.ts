import type {
  BranchId,
  CivilDate,
  ClaimedDays,
  ClaimedLine,
  ClaimKind,
  Credit,
  CreditId,
  Currency,
  EntryId,
  FreeClaim,
  Instant,
  InvoiceId,
  InvoiceStatus,
  IssuedCredit,
  JournalEntry,
  PaymentId,
  Period,
  SubscriberId,
  SubscriptionId,
  TaxClass,
  TaxedAmount,
} from '@nyuzi/core'
import type { OpenInvoice } from '../billing/ports.ts'

export type LineRef = { readonly invoiceId: InvoiceId; readonly position: number }

/** A line of a claim, with what credits have left of it. */
export type CreditableLine = LineRef & {
  readonly subscriberId: SubscriberId
  readonly number: string
  readonly status: InvoiceStatus
  readonly currency: Currency
  readonly category: string
  readonly taxClass: TaxClass
  readonly taxPoint: CivilDate
  readonly subscriptionId?: SubscriptionId
  readonly claimed: ClaimedLine | ClaimedDays
  readonly left: TaxedAmount
  /** Days of it that are charged still, in order; none where it charges no days. */
  readonly charged: readonly Period[]
}

/** Days of a subscription that one line charges. */
export type ChargedDays = LineRef & {
  readonly subscriptionId: SubscriptionId
  /** Who was invoiced. */
  readonly payerId: SubscriberId
  readonly component: string
  readonly days: Period
}

/** Money or credit that no claim has taken yet. */
export type FreeCredit = {
  readonly subscriberId: SubscriberId
  readonly amountMinor: bigint
  readonly currency: Currency
  readonly since: Instant
} & ({ readonly paymentId: PaymentId } | { readonly creditId: CreditId })

/** A credit note as it was issued, to be computed again. */
export type IssuedCreditRow = IssuedCredit & { readonly id: CreditId; readonly number: string }

export type CreditStore = {
  /** The code of each subscriber's branch, with which the numbers of their documents begin. */
  branchCodes(ids: readonly SubscriberId[]): Promise<ReadonlyMap<SubscriberId, string>>
  lines(refs: readonly LineRef[]): Promise<readonly CreditableLine[]>
  linesOf(invoiceId: InvoiceId): Promise<readonly CreditableLine[]>
  /** Days from one on, or of a span, that are charged and not credited. */
  chargedDays(spans: readonly { subscriptionId: SubscriptionId; from: CivilDate; until?: CivilDate }[]): Promise<readonly ChargedDays[]>
  add(credits: readonly Credit[], at: Instant): Promise<void>
  addAllocations(
    allocations: readonly { id: string; creditId: CreditId; invoiceId: InvoiceId; amountMinor: bigint; effectiveOn: CivilDate }[],
    at: Instant,
  ): Promise<void>
  /** Free payments and credits of these subscribers, oldest first, locked. */
  free(ids: readonly SubscriberId[]): Promise<readonly FreeCredit[]>
  /** Credit notes after an id, in the order of their ids. */
  issued(after: CreditId | undefined, limit: number): Promise<readonly IssuedCreditRow[]>
  /** The number of the oldest claim for a deposit that is open. */
  depositAsked(id: SubscriberId): Promise<string | undefined>
  /** What is held as deposit: paid and not released. */
  depositHeld(id: SubscriberId): Promise<bigint>
}

export type Claim = {
  readonly id: InvoiceId
  readonly kind: ClaimKind
  readonly number: string
  readonly subscriberId: SubscriberId
  readonly branchId: BranchId
  readonly status: InvoiceStatus
  readonly currency: Currency
  readonly openMinor: bigint
  readonly allocatedMinor: bigint
  readonly credited: boolean
}

/** A claim that was given up, with what is still open of it. */
export type WrittenOffClaim = OpenInvoice & { readonly kind: ClaimKind }

export type ClaimStore = {
  add(claims: readonly FreeClaim[], at: Instant): Promise<void>
  read(id: InvoiceId): Promise<Claim | undefined>
  /** Of these, those that were given up; locked. */
  writtenOff(ids: readonly InvoiceId[]): Promise<readonly WrittenOffClaim[]>
  /** `void` only while nothing is settled or credited: the database refuses it else, and releases its days. */
  setStatus(id: InvoiceId, status: 'void' | 'uncollectible'): Promise<void>
  /** From the first to the last day that it charges of each subscription; its use, and what a person charged once, apart. */
  subscribedDays(id: InvoiceId): Promise<readonly { readonly subscriptionId: SubscriptionId; readonly days: Period }[]>
  /** The entry that claimed it. */
  entry(id: InvoiceId): Promise<(JournalEntry & { readonly id: EntryId }) | undefined>
}
