import type { Instant, InvoiceId, PriceId, SubscriberId, SubscriptionId, Validity } from '@nyuzi/core'
import type { DueSubscription } from '../billing/ports.ts'

export type NewPass = {
  readonly id: string
  readonly subscriptionId: SubscriptionId
  readonly priceId: PriceId
  readonly terms: number
  readonly validity: Validity
  /** The line that charges it; absent where it costs nothing. */
  readonly line?: { readonly invoiceId: InvoiceId; readonly position: number }
}

/** A subscription of which a pass begins or is over. */
export type TurningPass = { readonly subscriptionId: SubscriptionId; readonly subscriberId: SubscriberId }

export type PassStore = {
  /** Each is looked at as it begins, too: the instants of whoever decided about its line before may have been earlier ones. */
  add(passes: readonly NewPass[], at: Instant): Promise<void>
  /**
   * Those whose instant has come, with their payers locked, the longest waiting first. Whom another transaction holds is
   * passed over.
   */
  claimTurning(now: Instant, limit: number, only?: readonly SubscriptionId[]): Promise<readonly TurningPass[]>
  /** These, but for those that are parked. */
  due(ids: readonly SubscriptionId[]): Promise<readonly DueSubscription[]>
  /** Sets when each of them turns next. */
  turned(ids: readonly SubscriptionId[], now: Instant): Promise<void>
  /** Its line is still looked after, but no more once it fails again. */
  park(id: SubscriptionId, reason: string): Promise<void>
  /** The last one that was bought. */
  last(id: SubscriptionId): Promise<BoughtPass | undefined>
}

export type BoughtPass = Validity & { readonly id: string; readonly invoiceId?: InvoiceId }
