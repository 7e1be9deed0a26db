import type {
  AccessInput,
  AccessProfile,
  AccessReason,
  AccessState,
  CivilDate,
  Currency,
  InstallationId,
  Instant,
  PaymentId,
  ServiceId,
  ServiceKind,
  SubscriberId,
  SubscriptionId,
} from '@nyuzi/core'

/** A service with all that decides what it may do, but the day and the organisation's policy. */
export type ServiceStanding = {
  readonly serviceId: ServiceId
  readonly subscriptionId: SubscriptionId
  readonly subscriberId: SubscriberId
  /** Of its debts. */
  readonly currency: Currency
  readonly payerId: SubscriberId
  readonly installationId: InstallationId
  readonly input: Omit<AccessInput, 'today' | 'cutOff' | 'awaitsApproval'>
  /** Undefined before the first decision. */
  readonly wanted?: {
    readonly state: AccessState
    readonly reason: AccessReason
    readonly profile: AccessProfile
    readonly version: number
    readonly overdueSince?: CivilDate
    readonly recheckOn?: CivilDate
  }
}

export type WantedChange = {
  readonly serviceId: ServiceId
  readonly subscriberId: SubscriberId
  /** Who is billed for it: the subscriber, or the parent. */
  readonly payerId: SubscriberId
  readonly installationId: InstallationId
  readonly state: AccessState
  readonly reason: AccessReason
  readonly profile: AccessProfile
  /** Since when a debt keeps it off. */
  readonly overdueSince?: CivilDate
  readonly recheckOn?: CivilDate
  /** False when only the day of the next decision moved: nothing has to be done on the network. */
  readonly moved: boolean
  readonly version: number
  readonly urgent: boolean
  readonly causePaymentId?: PaymentId
  readonly causeAt?: Instant
}

/** What one lane has to do now. */
export type WantedService = {
  readonly serviceId: ServiceId
  readonly subscriberId: SubscriberId
  readonly kind: ServiceKind
  readonly username: string
  /** Sealed; the host opens it just before the call. */
  readonly password: Uint8Array
  readonly state: AccessState
  readonly reason: AccessReason
  readonly profile: AccessProfile
  readonly version: number
  readonly wantedAt: Instant
  readonly observedState?: AccessState
  readonly observedVersion?: number
  readonly causePaymentId?: PaymentId
  readonly causeAt?: Instant
}

export type AppliedAccess = {
  readonly serviceId: ServiceId
  readonly subscriberId: SubscriberId
  readonly version: number
  readonly observedState: AccessState
  readonly fromState?: AccessState
  readonly reason: AccessReason
  readonly outcome: 'ok' | 'changed' | 'drift'
  readonly differences?: string
  readonly sessionsDropped: number
  readonly proof: string
  readonly wantedAt: Instant
  readonly causePaymentId?: PaymentId
}

export type DeferredAccess = {
  readonly serviceId: ServiceId
  readonly version: number
  readonly status: 'retrying' | 'conflict'
  readonly error: string
  readonly nextAttemptAt: Instant
}

/** A subscription that owes something new, due today or later, while nothing else happened to its lines. */
export type NewDebt = { readonly subscriptionId: SubscriptionId; readonly dueOn: CivilDate }

export type AccessStore = {
  standings(
    query: ({ subscriberIds: readonly SubscriberId[] } | { serviceIds: readonly ServiceId[] }) & { today: CivilDate; now: Instant },
  ): Promise<readonly ServiceStanding[]>
  /**
   * What these subscribers were invoiced leaves a line alone that is on and paid up on that day, until the day after it falls
   * due: then it is decided anew. Returns the other lines of these subscribers and of those they pay for.
   */
  owe(newDebts: readonly NewDebt[], subscriberIds: readonly SubscriberId[], today: CivilDate): Promise<readonly ServiceId[]>
  /** Subscribers with a service whose decision may change by itself on or before that day. */
  subscribersToRecheck(today: CivilDate, limit: number): Promise<readonly SubscriberId[]>
  /** Decides anew, with the next daily run, about every line whose state follows from its debts. */
  recheckDebts(today: CivilDate): Promise<void>
  /** What a debt of these subscriptions kept off is accounted for: since when it did is forgotten. */
  accountedFor(ids: readonly SubscriptionId[]): Promise<void>
  want(changes: readonly WantedChange[], at: Instant): Promise<void>
  /** Boxes with work that may be tried now. */
  lanesDue(now: Instant): Promise<readonly InstallationId[]>
  /** Takes the lane of one box for `leaseMs` of real time, unless another server has it. */
  leaseLane(installationId: InstallationId, holder: string, leaseMs: number): Promise<boolean>
  /** Holds it for `leaseMs` more, if it is still this holder's. */
  renewLane(installationId: InstallationId, holder: string, leaseMs: number): Promise<void>
  /** Lets the lane go, with how it went; a failure sets the time of the next try. */
  releaseLane(
    installationId: InstallationId,
    holder: string,
    end: { state: 'reachable' | 'unreachable' | 'misconfigured'; error?: string; nextAttemptAt: Instant; at: Instant },
  ): Promise<void>
  laneFailures(installationId: InstallationId): Promise<number>
  /** The next slice of one lane: payers first, then by age. */
  claimWanted(installationId: InstallationId, limit: number, now: Instant): Promise<readonly WantedService[]>
  recordApplied(applied: readonly AppliedAccess[], at: Instant): Promise<void>
  recordDeferred(deferred: readonly DeferredAccess[], at: Instant): Promise<void>
  /** What the network should hold for this box where it was seen in place; for finding drift. */
  inSync(
    installationId: InstallationId,
  ): Promise<readonly { serviceId: ServiceId; username: string; state: AccessState; profileName: string }[]>
  /** Makes services due now although nothing new is wanted. */
  recheckNetwork(serviceIds: readonly ServiceId[], at: Instant): Promise<void>
  reconciled(installationId: InstallationId, at: Instant): Promise<void>
  /** It could not be read whole; a lane that is being worked on knows better. */
  unread(installationId: InstallationId, trouble: { state: 'unreachable' | 'misconfigured'; error: string }): Promise<void>
  lanesToReconcile(before: Instant): Promise<readonly InstallationId[]>
}
