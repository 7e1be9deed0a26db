import type {
  CivilDate,
  DeliveryState,
  InstallationId,
  Instant,
  InvoiceId,
  Language,
  MessageChannel,
  MessageFacts,
  MessageId,
  MessageKind,
  PaymentId,
  Reach,
  ServiceId,
  SubscriberId,
  SubscriptionId,
} from '@nyuzi/core'

export type MessageSource =
  | { noun: 'payment'; id: PaymentId }
  | { noun: 'invoice'; id: InvoiceId }
  | { noun: 'subscription'; id: SubscriptionId }
  | { noun: 'service'; id: ServiceId }

export type OwedMessage = {
  readonly id: MessageId
  readonly subscriberId: SubscriberId
  readonly kind: MessageKind
  /** One message for one fact; a second row with the same key is not written. */
  readonly dedupeKey: string
  readonly source: MessageSource
  /** The day a reminder is for. */
  readonly owedOn?: CivilDate
  /** The ways it may go, the preferred first; absent, any. */
  readonly channels?: readonly MessageChannel[]
  readonly usefulUntil?: CivilDate
  /** As it is sent, the payer is prompted too; absent, not. */
  readonly prompt?: boolean
  /** The one that tells it too. */
  readonly toldWith?: MessageId
  /** Recorded so that it is not owed again, never sent. */
  readonly skippedBecause?: string
}

/** A message with all its facts, read when it is to go out. */
export type MessageToSend = {
  readonly id: MessageId
  readonly subscriberId: SubscriberId
  readonly kind: MessageKind
  readonly language: Language
  readonly reach: Reach
  /** The ways it may go, the preferred first; absent, any. */
  readonly channels?: readonly MessageChannel[]
  readonly prompt: boolean
  /** The organisation's civil day. */
  readonly today: CivilDate
  readonly facts: MessageFacts
  /** The line's wanted state has not been seen on the network yet. */
  readonly linePending: boolean
  /** What it was about is settled: a reminder of a paid invoice, or of a renewal that was bought or is covered. */
  readonly pointless: boolean
  /** It can wait, and now are quiet hours, which end then. */
  readonly quietUntil?: Instant
  /** This one included. */
  readonly attempts: number
  readonly createdAt: Instant
  readonly usefulUntil?: CivilDate
  /** A server died while sending it: it may have gone out. */
  readonly interrupted: boolean
}

export type MessageEnd = {
  readonly id: MessageId
  readonly status: 'queued' | 'sent' | 'failed' | 'unknown' | 'skipped'
  readonly reason?: string
  readonly text?: string
  readonly channel?: MessageChannel
  readonly to?: string
  readonly installationId?: InstallationId
  readonly providerReference?: string
  readonly parts?: number
  readonly costMinor?: bigint
  /** With `queued`. */
  readonly nextAttemptAt?: Instant
}

/** A reminder by its step, or word of a cut-off, that may tell of more. */
export type JoinableReading = Pick<OwedMessage, 'id' | 'subscriberId' | 'kind' | 'usefulUntil' | 'channels' | 'prompt'> & {
  readonly topic: string
}

export type MessageStore = {
  /** Returns those that were not owed before. */
  owe(messages: readonly OwedMessage[], at: Instant): Promise<ReadonlySet<MessageId>>
  /** Those of subscribers that wait to go out for the first time, held back until the commit. */
  lockJoinable(subscriberIds: readonly SubscriberId[]): Promise<readonly JoinableReading[]>
  claim(limit: number, now: Instant, claimUntil: Instant): Promise<readonly MessageToSend[]>
  /** As they would go out now. */
  read(ids: readonly MessageId[], now: Instant): Promise<readonly MessageToSend[]>
  /** Makes due the receipts that waited to be able to say that the line is on. */
  lineSettled(subscriberIds: readonly SubscriberId[], now: Instant): Promise<void>
  /** False when another server has finished it. */
  finish(end: MessageEnd, now: Instant): Promise<boolean>
  /** Applies a delivery report; false when no message has that reference (yet). Never moves a message backwards. */
  report(report: {
    installationId: InstallationId
    providerReference: string
    state: DeliveryState
    reason?: string
    at: Instant
  }): Promise<boolean>
}
