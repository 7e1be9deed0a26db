import type { Price } from '../catalog/price.ts'
import type { SubscriberId, SubscriptionId } from '../ids.ts'
import type { CivilDate } from '../time/calendar.ts'
import type { BillingAnchor } from '../time/period.ts'

export type SubscriptionStatus = 'active' | 'cancelled'

/** What a subscriber agreed to buy. */
export type Subscription = {
  readonly id: SubscriptionId
  readonly subscriberId: SubscriberId
  readonly price: Price
  readonly startsOn: CivilDate
  /** 1–31, kept for ever. */
  readonly anchorDay: number
  readonly status: SubscriptionStatus
  /** The first day without service; set when the status is `cancelled`, and it may lie ahead. */
  readonly cancelledOn?: CivilDate
  /** Instead of the price's. */
  readonly graceDays?: number
  /** How many periods were charged, which is the number of the next one to charge. */
  readonly periodsCharged: number
}

export const billingAnchorOf = ({ startsOn, anchorDay, price }: Subscription): BillingAnchor => ({
  startsOn,
  anchorDay,
  cadence: price.cadence,
})

export const graceDaysOf = ({ graceDays, price }: Subscription): number => graceDays ?? price.graceDays
