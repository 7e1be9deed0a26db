import type {
  BranchId,
  CivilDate,
  Currency,
  InstallationId,
  Instant,
  Language,
  Pause,
  Phone,
  ServiceId,
  ServiceKind,
  Subscriber,
  SubscriberId,
  Subscription,
  SubscriptionId,
  SuspensionPolicy,
  Terms,
} from '@nyuzi/core'

export const subscriberStatuses = ['active', 'closed'] as const
export type SubscriberStatus = (typeof subscriberStatuses)[number]

export type SubscriberChanges = {
  readonly name?: string
  readonly branchId?: BranchId
  readonly phone?: Phone | null
  readonly email?: string | null
  readonly addressLines?: readonly string[]
  readonly taxPin?: string | null
  readonly language?: Language
  readonly segment?: string
  readonly status?: SubscriberStatus
}

export type Family = {
  readonly parentId?: SubscriberId
  readonly hasChildren: boolean
  readonly status: SubscriberStatus
  readonly currency: Currency
}

export type LockedSubscriber = {
  readonly id: SubscriberId
  readonly status: SubscriberStatus
  readonly branchId: BranchId
  readonly segment: string
  readonly currency: Currency
}

export type SubscriberStore = {
  /** False when another subscriber's account number is the same once folded. */
  add(subscriber: Subscriber, at: Instant): Promise<boolean>
  /** Locked until the commit. */
  lock(id: SubscriberId): Promise<LockedSubscriber | undefined>
  change(id: SubscriberId, changes: SubscriberChanges): Promise<void>
  /** Of its own, or paid by it. */
  hasActiveSubscription(id: SubscriberId): Promise<boolean>
  family(id: SubscriberId): Promise<Family | undefined>
  /** Its subscriptions are invoiced to the parent from now on, or to itself. */
  setParent(id: SubscriberId, parentId: SubscriberId | null, pays: boolean): Promise<void>
}

/** What the next charge of a subscription waits for, unscanned: credit that buys it, or the payment of a debt. */
export type Awaits = 'credit' | 'payment'

export type Schedule = { readonly nextInvoiceOn?: CivilDate | undefined; readonly awaits?: Awaits | undefined }

export type PauseRecord = Pause & {
  readonly policy: SuspensionPolicy
  readonly reason: string
  /** The day on which the line went on again, and what the pause gives back was given. */
  readonly settledOn?: CivilDate
}

/** A pause whose end has come. */
export type PauseEnd = Required<Pause> & {
  readonly subscriptionId: SubscriptionId
  readonly subscriberId: SubscriberId
  readonly policy: SuspensionPolicy
}

/** With who pays for it. */
export type PaidSubscription = Subscription & { readonly payerId: SubscriberId }

/** With all terms and pauses that it ever had. */
export type LockedSubscription = PaidSubscription & {
  /** Of an add-on. */
  readonly baseId?: SubscriptionId
  readonly awaits?: Awaits
}

export type SubscriptionStore = {
  /** Without its terms; tells who pays for it. */
  add(subscription: Subscription, schedule: Schedule, at: Instant, baseId?: SubscriptionId): Promise<SubscriberId>
  read(id: SubscriptionId): Promise<PaidSubscription | undefined>
  /** Locked until the commit. */
  lock(id: SubscriptionId): Promise<Subscription | undefined>
  /** Locked until the commit, in the order of their ids. */
  lockTimelines(ids: readonly SubscriptionId[]): Promise<readonly LockedSubscription[]>
  /** Whose they are. */
  subscribersOf(ids: readonly SubscriptionId[]): Promise<readonly SubscriberId[]>
  /** Those of a base that are active. */
  addOns(id: SubscriptionId): Promise<readonly SubscriptionId[]>
  /** What was agreed for their days before holds on none of them. */
  addTerms(terms: readonly { readonly subscriptionId: SubscriptionId; readonly terms: Terms }[], at: Instant): Promise<void>
  /** Their service begins on that day and not before. */
  begin(subscriptions: readonly Pick<Subscription, 'id' | 'startsOn'>[]): Promise<void>
  /** `billing.advance` says what is still to be invoiced. */
  cancel(id: SubscriptionId, cancelledOn: CivilDate): Promise<void>
  addPause(id: SubscriptionId, pause: PauseRecord, at: Instant): Promise<void>
  /** Ends and settles it; one that ends before it begins never was. */
  endPause(id: SubscriptionId, from: CivilDate, until: CivilDate): Promise<void>
  /** Those that ended by the day and are not settled, the oldest ends first. */
  pausesToSettle(day: CivilDate, limit: number): Promise<readonly PauseEnd[]>
  /** All that there ever were, oldest first. */
  pauses(id: SubscriptionId): Promise<readonly PauseRecord[]>
}

export type NewService = {
  readonly id: ServiceId
  readonly subscriberId: SubscriberId
  readonly subscriptionId: SubscriptionId
  readonly installationId: InstallationId
  readonly kind: ServiceKind
  readonly username: string
  /** Sealed. */
  readonly password: Uint8Array
  readonly createdAt: Instant
}

export type Hold = 'opened' | 'held'

export type ServiceStore = {
  /** False when the installation holds that name already. */
  add(service: NewService): Promise<boolean>
  read(
    id: ServiceId,
  ): Promise<{ readonly id: ServiceId; readonly subscriberId: SubscriberId; readonly installationId: InstallationId } | undefined>
  setHold(id: ServiceId, hold: Hold | null): Promise<void>
}
