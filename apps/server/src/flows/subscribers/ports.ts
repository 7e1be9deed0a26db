import type {
  BranchId,
  CivilDate,
  InstallationId,
  Instant,
  Language,
  Phone,
  ServiceId,
  ServiceKind,
  Subscriber,
  SubscriberId,
  Subscription,
  SubscriptionId,
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

export type SubscriberStore = {
  /** False when another subscriber's account number is the same once folded. */
  add(subscriber: Subscriber, at: Instant): Promise<boolean>
  /** Locked until the commit. */
  lock(id: SubscriberId): Promise<{ readonly id: SubscriberId; readonly status: SubscriberStatus } | undefined>
  change(id: SubscriberId, changes: SubscriberChanges): Promise<void>
  hasActiveSubscription(id: SubscriberId): Promise<boolean>
}

export type SubscriptionStore = {
  add(subscription: Subscription, nextInvoiceOn: CivilDate, at: Instant): Promise<void>
  read(id: SubscriptionId): Promise<Subscription | undefined>
  /** Locked until the commit. */
  lock(id: SubscriptionId): Promise<Subscription | undefined>
  cancel(id: SubscriptionId, cancelledOn: CivilDate, nextInvoiceOn: CivilDate | null): Promise<void>
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
