import type {
  BranchId,
  CivilDate,
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

export type Family = { readonly parentId?: SubscriberId; readonly hasChildren: boolean; readonly status: SubscriberStatus }

export type SubscriberStore = {
  /** False when another subscriber's account number is the same once folded. */
  add(subscriber: Subscriber, at: Instant): Promise<boolean>
  /** Locked until the commit. */
  lock(id: SubscriberId): Promise<{ readonly id: SubscriberId; readonly status: SubscriberStatus; readonly branchId: BranchId } | undefined>
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

export type PauseRecord = Pause & { readonly policy: SuspensionPolicy; readonly reason: string }

export type SubscriptionStore = {
  /** Without its terms. */
  add(subscription: Subscription, schedule: Schedule, at: Instant): Promise<void>
  read(id: SubscriptionId): Promise<Subscription | undefined>
  /** Locked until the commit. */
  lock(id: SubscriptionId): Promise<Subscription | undefined>
  /** The terms that held before end where these begin. */
  addTerms(terms: readonly { readonly subscriptionId: SubscriptionId; readonly terms: Terms }[], at: Instant): Promise<void>
  /** Takes back terms that have not begun: those before them hold on. */
  dropTermsFrom(id: SubscriptionId, from: CivilDate): Promise<void>
  cancel(id: SubscriptionId, cancelledOn: CivilDate, nextInvoiceOn: CivilDate | undefined): Promise<void>
  addPause(id: SubscriptionId, pause: PauseRecord, at: Instant): Promise<void>
  /** A pause that ends before it begins never was. */
  endPause(id: SubscriptionId, from: CivilDate, until: CivilDate): Promise<void>
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
