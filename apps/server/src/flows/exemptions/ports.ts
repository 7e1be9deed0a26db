import type { CivilDate, Exemption, ExemptionId, Instant, SubscriberId, SubscriptionId } from '@nyuzi/core'

export type NewExemption = Exemption & {
  readonly id: ExemptionId
  readonly subscriberId: SubscriberId
  readonly recordedBy: string
  readonly recordedAt: Instant
}

export type ExemptionStore = {
  add(exemption: NewExemption): Promise<void>
  /** Locked until the commit. */
  lock(id: ExemptionId): Promise<(Exemption & { readonly subscriberId: SubscriberId; readonly endedOn?: CivilDate }) | undefined>
  end(id: ExemptionId, end: { readonly on: CivilDate; readonly by: string; readonly at: Instant }): Promise<void>
  /** By who holds them, in the order of their first days; nothing for who holds none. */
  heldBy(ids: readonly SubscriberId[]): Promise<ReadonlyMap<SubscriberId, readonly Exemption[]>>
  /** Active subscriptions that a subscriber pays: what they cost next follows from its certificates. */
  paidBy(id: SubscriberId): Promise<readonly SubscriptionId[]>
}
