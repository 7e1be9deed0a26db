import type { PlanId } from '../ids.ts'
import type { CivilDate } from '../time/calendar.ts'
import { type BillingAnchor, periodContaining, periodNumber } from '../time/period.ts'
import type { Discount, DiscountValue } from './discount.ts'

/** A discount that everyone has who is subscribed to its plans. */
export type Promotion = {
  readonly id: string
  readonly code: string
  readonly title: string
  readonly value: DiscountValue
  readonly exclusive: boolean
  readonly planIds: readonly PlanId[]
  /**
   * Given, it is for whoever begins within its days, for that many periods from the first on. Absent, it is for all,
   * on its days.
   */
  readonly periodsMax?: number | undefined
  readonly startsOn: CivilDate
  /** The first day on which it no longer holds. */
  readonly endsOn?: CivilDate | undefined
}

/** What a promotion is for a subscription that began under these periods; undefined when it is not for it. */
export function promotionFor(promotion: Promotion, first: BillingAnchor): Discount | undefined {
  const { id, code, title, value, exclusive, planIds, periodsMax, startsOn, endsOn } = promotion
  const discount = { id, code, title, source: 'promotion', value, exclusive, planIds } as const
  if (periodsMax === undefined) return { ...discount, from: startsOn, until: endsOn }
  const beganWithin = first.startsOn >= startsOn && (endsOn === undefined || first.startsOn < endsOn)
  return beganWithin ? { ...discount, from: first.startsOn, until: endOfPeriods(first, first.startsOn, periodsMax) } : undefined
}

/** The day on which that many periods are over, counting the one that holds the day. */
export function endOfPeriods(anchor: BillingAnchor, from: CivilDate, periods: number): CivilDate {
  const at = from < anchor.startsOn ? anchor.startsOn : from
  const index = periodContaining(anchor, at)?.index ?? 0
  return periodNumber(anchor, index + periods - 1).end
}
