import { type Rejection, rejected } from '../outcome.ts'
import type { CivilDate } from '../time/calendar.ts'
import type { Subscription, SubscriptionStatus } from './subscription.ts'

type Served = { readonly status: SubscriptionStatus; readonly cancelledOn?: CivilDate }

/** Is the subscription over on that day? One that is cancelled without a day never ran again. */
export const isOver = ({ status, cancelledOn }: Served, on: CivilDate): boolean =>
  status === 'cancelled' && (cancelledOn === undefined || on >= cancelledOn)

export type Cancellation = { readonly outcome: 'cancelled'; readonly subscription: Subscription } | Rejection<'already_cancelled'>

/** Ends a subscription; `cancelledOn` is the first day without service. Charged periods stay charged. */
export function cancelSubscription(subscription: Subscription, cancelledOn: CivilDate): Cancellation {
  if (subscription.status === 'cancelled') return rejected('already_cancelled', 'The subscription is cancelled already.')
  return { outcome: 'cancelled', subscription: { ...subscription, status: 'cancelled', cancelledOn } }
}
