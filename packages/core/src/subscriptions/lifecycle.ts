import type { CivilDate } from '../time/calendar.ts'
import type { SubscriptionStatus } from './subscription.ts'

/** Is the subscription over on that day? One that is cancelled without a day never ran again. */
export const isOver = (
  { status, cancelledOn }: { readonly status: SubscriptionStatus; readonly cancelledOn?: CivilDate },
  on: CivilDate,
): boolean => status === 'cancelled' && (cancelledOn === undefined || on >= cancelledOn)
