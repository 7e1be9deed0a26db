import type {
  BillingPreviewId,
  CivilDate,
  ClaimKind,
  CreditKind,
  Currency,
  InstallationId,
  Instant,
  MessageChannel,
  MessageId,
  MessageKind,
  ServiceId,
  SubscriberId,
  SubscriptionId,
} from '@nyuzi/core'

/** Whole minor units as text: an effect is kept as JSON. */
type Minor = string

export type EffectLine = {
  readonly description: string
  readonly component: string | null
  readonly periodStart: CivilDate | null
  readonly periodEnd: CivilDate | null
  readonly netMinor: Minor
  readonly totalMinor: Minor
  readonly taxes: readonly { readonly code: string; readonly title: string; readonly rateBp: number; readonly amountMinor: Minor }[]
  readonly arithmetic: string
}

/** One thing that the books, the lines or the messages would have more, or otherwise, afterwards. Without ids and numbers that are made anew each time. */
export type Effect =
  | {
      readonly effect: 'document_issued'
      readonly kind: ClaimKind | CreditKind
      readonly series: string
      readonly currency: Currency
      readonly totalMinor: Minor
      readonly issuedOn: CivilDate
      readonly dueOn: CivilDate | null
      readonly reason: string | null
      readonly lines: readonly EffectLine[]
    }
  | {
      readonly effect: 'claim_settled'
      /** Null: a claim, or a credit, of this preview. */
      readonly claim: string | null
      readonly claimKind: ClaimKind
      readonly credit: string | null
      readonly creditKind: 'payment' | CreditKind
      readonly currency: Currency
      readonly amountMinor: Minor
    }
  | {
      readonly effect: 'claim_changed'
      readonly claim: string
      readonly status: string
      readonly currency: Currency
      readonly openMinor: Minor
    }
  | {
      readonly effect: 'message_owed'
      readonly kind: MessageKind
      /** The number of the claim it is about; null where that is of this preview, or it is about none. */
      readonly claim: string | null
      readonly username: string | null
      readonly owedOn: CivilDate | null
      /** The payer is prompted with it, where a prompt may go out then. */
      readonly prompt: boolean
      readonly skippedBecause: string | null
    }
  | {
      readonly effect: 'access_moved'
      readonly serviceId: ServiceId
      readonly username: string
      readonly installationId: InstallationId
      readonly installationName: string
      readonly from: string | null
      readonly to: string
      readonly reason: string
      readonly fromProfile: string | null
      readonly toProfile: string
    }
  | {
      readonly effect: 'subscription_changed'
      /** Null: a subscription of this preview. */
      readonly subscriptionId: SubscriptionId | null
      readonly status: string
      readonly billedUntil: CivilDate
      readonly nextInvoiceOn: CivilDate | null
      readonly awaits: string | null
      /** Of what is bought next with credit. */
      readonly renewalOn: CivilDate | null
      readonly renewalMinor: Minor | null
      readonly cancelledOn: CivilDate | null
      readonly parkedReason: string | null
    }
  | {
      readonly effect: 'cut_off_listed'
      readonly username: string
      readonly status: string
      readonly reason: string | null
      readonly currency: Currency
      readonly debtMinor: Minor
      readonly daysOverdue: number
    }
  /** A row of a table that has no effect of its own kind. */
  | { readonly effect: 'row_written'; readonly table: string; readonly row: Readonly<Record<string, string | null>> }
  | { readonly effect: 'rows_deleted'; readonly table: string; readonly rows: number }

/** What a message will probably cost; part of no comparison. */
export type MessageEstimate = {
  /** Null: no messenger reaches the subscriber. */
  readonly channel: MessageChannel | null
  readonly parts: number | null
  /** Null: no rate is known. */
  readonly costMinor: Minor | null
}

/** An effect as it was read, with whose it is. Absent: the organisation's. */
export type SeenEffect = { readonly subscriberId?: SubscriberId; readonly messageId?: MessageId; readonly effect: Effect }

export type EffectRecording = {
  /** What the transaction has written since it was asked the last time, or since it began. */
  read(): Promise<readonly SeenEffect[]>
}

export type EffectStore = {
  /**
   * Begins to record what the transaction writes. `newest` is an id made just now: those after it are of this transaction.
   * `newFrom`: what has an id from this one on is told as if this transaction had made it. Default: `newest`.
   */
  record(newest: string, newFrom?: string): Promise<EffectRecording>
}

/** The change itself, or the run of a day. */
export const effectCauses = ['change', 'day'] as const
export type EffectCause = (typeof effectCauses)[number]

export type PreviewedEffect = {
  readonly cause: EffectCause
  readonly day: CivilDate
  readonly subscriberId: SubscriberId | null
  readonly effect: Effect
  readonly estimate?: MessageEstimate
}

/** Subscribers who belong together: what is done for one may be invoiced to another. */
export type Family = { readonly subscriberIds: readonly SubscriberId[] }

export const previewPartStatuses = ['planned', 'applied', 'changed', 'failed', 'shown'] as const
/** `shown`: the organisation's own, which nobody applies. */
export type PreviewPartStatus = (typeof previewPartStatuses)[number]

export type PreviewPart = {
  /** From 1. */
  readonly position: number
  /** Empty: no family, the organisation. */
  readonly subscriberIds: readonly SubscriberId[]
  readonly status: PreviewPartStatus
  readonly effects: readonly PreviewedEffect[]
  /** Why it could not be rehearsed. */
  readonly failure?: string
}

/** What differs when it is done. */
export type PreviewChanges = { readonly added: readonly PreviewedEffect[]; readonly gone: readonly PreviewedEffect[] }

export type PreviewTotals = {
  readonly subscribers: number
  readonly failed: number
  readonly documents: readonly {
    readonly kind: ClaimKind | CreditKind
    readonly count: number
    readonly totalMinor: Minor
    readonly currency: Currency
  }[]
  readonly settled: readonly { readonly currency: Currency; readonly amountMinor: Minor }[]
  readonly messages: readonly {
    readonly kind: MessageKind
    readonly channel: MessageChannel | null
    readonly count: number
    readonly parts: number
  }[]
  readonly messagesSkipped: number
  /** Null: no rate is known for some of them. */
  readonly messageCostMinor: Minor | null
  readonly accessMoves: readonly { readonly installation: string; readonly to: string; readonly count: number }[]
  readonly cutOffsListed: number
}

export const billingPreviewStatuses = ['drafted', 'open', 'applied', 'partly_applied'] as const
export type BillingPreviewStatus = (typeof billingPreviewStatuses)[number]

export type BillingPreview = {
  readonly id: BillingPreviewId
  readonly status: BillingPreviewStatus
  readonly subscriberId?: SubscriberId
  /** As it was asked for. */
  readonly change?: unknown
  readonly days: readonly CivilDate[]
  /** The first day on which it may be applied. */
  readonly appliesFrom: CivilDate
  readonly expiresAt: Instant
  readonly requestedBy: string
  readonly createdAt: Instant
}

/** Parts of one preview that was applied, with the next day on which what comes of it is compared with what it foretold. */
export type FollowedParts = {
  readonly previewId: BillingPreviewId
  readonly on: CivilDate
  /** The last day that it foretold. */
  readonly until: CivilDate
  readonly parts: readonly (PreviewPart & { readonly changes?: PreviewChanges })[]
}

export type PreviewStore = {
  /** Families in the order of the ids of their parents, after that one. */
  families(after: SubscriberId | undefined, limit: number): Promise<readonly (Family & { readonly parentId: SubscriberId })[]>
  /** Undefined when there is no such subscriber. */
  familyOf(id: SubscriberId): Promise<Family | undefined>
  /** As a draft, without its parts. */
  add(preview: BillingPreview): Promise<void>
  /** Their effects in canonical JSON: what the fingerprint is taken of. */
  addParts(id: BillingPreviewId, parts: readonly (Omit<PreviewPart, 'effects'> & { readonly effects: string })[]): Promise<void>
  /** The draft is complete: its fingerprint is taken. */
  open(id: BillingPreviewId, totals: PreviewTotals): Promise<void>
  /** Drafts are none. */
  read(id: BillingPreviewId): Promise<BillingPreview | undefined>
  /** From that position on. */
  parts(id: BillingPreviewId, from: number, limit: number): Promise<readonly PreviewPart[]>
  /** Of these parts those that still wait, locked until the commit. */
  lockParts(id: BillingPreviewId, positions: readonly number[]): Promise<readonly number[]>
  /** `followOn`: the first day to come that they foretell. It takes the place of what an earlier preview foretold for the same subscribers. */
  applied(id: BillingPreviewId, positions: readonly number[], at: Instant, followOn?: CivilDate): Promise<void>
  changed(id: BillingPreviewId, position: number, changes: PreviewChanges): Promise<void>
  /** Some whose next day has come, of one preview and one day, locked until the commit; those at work elsewhere are left out. */
  lockFollowed(until: CivilDate, limit: number): Promise<FollowedParts | undefined>
  /** That day was compared: what differed so far, and the next day; absent, that was the last. */
  followed(
    id: BillingPreviewId,
    parts: readonly { readonly position: number; readonly changes?: PreviewChanges }[],
    next: CivilDate | undefined,
  ): Promise<void>
  /** Counts what became of its parts, and closes it once none waits. */
  finish(id: BillingPreviewId, by: string, at: Instant): Promise<{ readonly applied: number; readonly changed: number }>
}
