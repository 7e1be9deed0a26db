import type {
  BranchId,
  CallbackId,
  CivilDate,
  Currency,
  EvidenceGrade,
  InstallationId,
  Instant,
  IntentId,
  IntentStatus,
  MatchCandidate,
  MatchRule,
  NoticeId,
  OrganisationId,
  PayerIdentity,
  PaymentFailure,
  PaymentId,
  PaymentNotice,
  Phone,
  RankedCandidate,
  SubscriberId,
  SuspenseReason,
} from '@nyuzi/core'

/** A call as it will stand in the inbox. */
export type IncomingCallback = {
  readonly id: CallbackId
  readonly organisationId: OrganisationId
  readonly installationId: InstallationId
  readonly channel: string
  readonly dedupeKey: string
  readonly body: Uint8Array
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly peerAddress?: string
  /** The path's token, when it must name a payment intent. */
  readonly intentToken?: string
  readonly receivedAt: Instant
}

/**
 * `conflict`: the same key came with other bytes; both are kept and a person is told. `spooled`: the database was away,
 * the call is durable on disk, and whether its token is known shows when it gets to the database.
 */
export type KeptCallback = 'stored' | 'repeat' | 'conflict' | 'unknown_token' | 'spooled'

/** The inbox as the callback route sees it: many calls share one durable write. */
export type Inbox = { keep(callback: IncomingCallback): Promise<KeptCallback> }

/** A call that waits in the inbox: its token has been looked up, its key has done its work. */
export type StoredCallback = Omit<IncomingCallback, 'organisationId' | 'dedupeKey' | 'intentToken'> & { readonly intentId?: IntentId }

export type CallbackEnd = {
  readonly id: CallbackId
  readonly status: 'processed' | 'ignored' | 'quarantined' | 'received'
  readonly reason?: string
  /** With `received`: when to look at it again. */
  readonly nextAttemptAt?: Instant
}

export type CallbackStore = {
  /** Waiting rows, oldest first, locked and skipping those another server holds. */
  claim(limit: number, now: Instant, only?: readonly CallbackId[]): Promise<readonly StoredCallback[]>
  finish(ends: readonly CallbackEnd[], now: Instant): Promise<void>
  /** Makes a quarantined call wait again; false when it is none. */
  retry(id: CallbackId, at: Instant): Promise<boolean>
}

export type NewNotice = {
  readonly id: NoticeId
  readonly installationId: InstallationId
  readonly callbackId?: CallbackId
  readonly intentId?: IntentId
  readonly notice: PaymentNotice
  readonly receivedAt: Instant
}

export type WaitingNotice = {
  readonly id: NoticeId
  readonly installationId: InstallationId
  readonly intentId?: IntentId
  readonly notice: PaymentNotice
  readonly receivedAt: Instant
}

export const noticeOutcomes = [
  'posted',
  'already_posted',
  'joined',
  'receipt_attached',
  'failure_recorded',
  'noted',
  'conflict',
  'no_amount',
  'parked',
] as const
export type NoticeOutcome = (typeof noticeOutcomes)[number]

export type NoticeStore = {
  add(notices: readonly NewNotice[]): Promise<void>
  /** Waiting notices, oldest first, locked and skipping; the intent is found by its id or by the provider's reference. */
  claim(limit: number, only?: readonly NoticeId[]): Promise<readonly WaitingNotice[]>
  finish(ends: readonly { id: NoticeId; outcome: NoticeOutcome; paymentId?: PaymentId }[], now: Instant): Promise<void>
  /** Makes a parked notice wait again; false when it is none. */
  retry(id: NoticeId): Promise<boolean>
}

export type Intent = {
  readonly id: IntentId
  readonly installationId: InstallationId
  readonly subscriberId: SubscriberId
  readonly amountMinor: bigint
  readonly promptMinor: bigint
  readonly currency: Currency
  readonly phone: Phone
  readonly accountReference: string
  readonly status: IntentStatus
  readonly callbackToken: string
  readonly providerReference?: string
  readonly requestedAt: Instant
  readonly lookUpAttempts: number
  readonly nextLookUpAt?: Instant
  readonly failure?: PaymentFailure
  readonly paymentId?: PaymentId
}

export type IntentMove = {
  readonly id: IntentId
  readonly from: IntentStatus
  readonly to: IntentStatus
  readonly evidence: EvidenceGrade | 'request' | 'clock'
  readonly detail: string
  readonly at: Instant
  readonly providerReference?: string
  readonly failure?: PaymentFailure
  readonly paymentId?: PaymentId
  /** Null ends the look-ups; undefined leaves their time as it is. */
  readonly nextLookUpAt?: Instant | null
}

export type IntentStore = {
  add(intent: Intent): Promise<void>
  read(id: IntentId): Promise<Intent | undefined>
  /** Locked in the order of their ids. */
  lock(ids: readonly IntentId[]): Promise<readonly Intent[]>
  /** Created ones, and ones whose dispatch was left by a server that died before `deadBefore`; claimed for this caller. */
  claimToDispatch(limit: number, now: Instant, deadBefore: Instant): Promise<readonly { intent: Intent; takenOver: boolean }[]>
  claimToLookUp(limit: number, now: Instant): Promise<readonly Intent[]>
  move(moves: readonly IntentMove[]): Promise<void>
  learnReference(id: IntentId, providerReference: string): Promise<void>
  /** Records an attempt that brought nothing plain. */
  scheduleLookUp(id: IntentId, attempts: number, lastLookUpAt: Instant, nextLookUpAt: Instant | null): Promise<void>
  /** Begins the ladder anew for one that is not settled; false when it is. */
  lookUpAgain(id: IntentId, at: Instant): Promise<boolean>
  /** Prompts to one phone, newest first, for the pause between prompts. */
  recentTo(phone: Phone, since: Instant): Promise<readonly { requestedAt: Instant; amountMinor: bigint }[]>
}

export type NewPayment = {
  readonly id: PaymentId
  readonly source: 'provider' | 'manual' | 'withholding'
  readonly installationId?: InstallationId
  readonly branchId?: BranchId
  readonly providerTransaction?: string
  readonly intentId?: IntentId
  readonly amountMinor: bigint
  readonly currency: Currency
  readonly subscriberId?: SubscriberId
  readonly matchRule?: MatchRule
  readonly suspenseReason?: SuspenseReason
  readonly candidates: readonly RankedCandidate[]
  readonly accountReference?: string
  readonly payer: PayerIdentity
  readonly payerName?: string
  readonly evidence: EvidenceGrade
  readonly paidAt: Instant
  readonly receivedAt: Instant
  readonly recordedAt: Instant
  readonly recordedBy?: string
}

export type PostedPayment = {
  readonly id: PaymentId
  readonly source: 'provider' | 'manual' | 'withholding'
  readonly installationId?: InstallationId
  readonly branchId?: BranchId
  readonly providerTransaction?: string
  readonly intentId?: IntentId
  readonly amountMinor: bigint
  readonly currency: Currency
  readonly allocatedMinor: bigint
  readonly status: 'matched' | 'unmatched'
  readonly subscriberId?: SubscriberId
  readonly accountReference?: string
  readonly paidAt: Instant
  readonly receivedAt: Instant
}

export type AwaitingReceipt = PostedPayment & {
  /** Of the prompt. */
  readonly requestedAt: Instant
  readonly phone: Phone
  readonly phoneSha256: string
}

export type UnclaimedReceipt = PostedPayment & {
  readonly payer: PayerIdentity
  /** Of the phone that was asked about. */
  readonly phoneSha256: string
}

export type PaymentStore = {
  /** Writes those whose provider transaction (or manual reference) is new; returns their ids. The rest exist already. */
  addNew(payments: readonly NewPayment[]): Promise<ReadonlySet<PaymentId>>
  byReceipts(receipts: readonly { installationId: InstallationId; providerTransaction: string }[]): Promise<readonly PostedPayment[]>
  byIntents(intentIds: readonly IntentId[]): Promise<readonly PostedPayment[]>
  read(id: PaymentId): Promise<PostedPayment | undefined>
  lock(id: PaymentId): Promise<PostedPayment | undefined>
  /** Until the commit no one else joins receipts and prompts that share nothing but their installation. */
  lockJoining(installationIds: readonly InstallationId[]): Promise<void>
  /** Paid prompts whose receipt is still to come: of these subscribers, or of anyone at these installations. */
  awaitingReceipt(query: {
    subscriberIds: readonly SubscriberId[]
    installationIds: readonly InstallationId[]
  }): Promise<readonly AwaitingReceipt[]>
  /** Receipts paid within the window that no prompt has claimed: of this subscriber, or in suspense without a reference. */
  awaitingIntent(query: {
    installationId: InstallationId
    subscriberId: SubscriberId
    phone: Phone
    amountMinor: bigint
    from: Instant
    until: Instant
  }): Promise<readonly UnclaimedReceipt[]>
  attachReceipt(id: PaymentId, providerTransaction: string): Promise<void>
  attachIntent(id: PaymentId, intentId: IntentId): Promise<void>
  /** Moves a payment out of suspense. */
  assign(id: PaymentId, subscriberId: SubscriberId, by: string, at: Instant): Promise<void>
  addAllocations(
    allocations: readonly { id?: string; paymentId: PaymentId; invoiceId: string; amountMinor: bigint; effectiveOn: CivilDate }[],
    at: Instant,
  ): Promise<void>
  /** Subscribers that any of the keys could mean, with what they owe. */
  candidates(keys: {
    accountKeys: readonly string[]
    phones: readonly string[]
    phoneSha256s: readonly string[]
  }): Promise<readonly MatchCandidate[]>
}
