import { numberOf, writeDay } from './civil-days.ts'
import type { DiscountRow } from './expected-discounts.ts'
import { wholePeriodAround } from './expected-period.ts'
import type { LineFacts } from './line-facts.ts'

/** A promotion as it is stored, with the day on which it was known to end. */
export type PromotionRow = Omit<DiscountRow, 'source' | 'from' | 'until' | 'steps'> & {
  readonly startsOn: string
  readonly endsOn?: string | undefined
  /** For whoever begins on its days: how many periods it lowers. */
  readonly periodsMax?: number | undefined
}

/** Everything that was agreed with a subscriber, whether or not it is on a line. */
export type Agreements = {
  readonly promotions: readonly PromotionRow[]
  /** Coupons that were redeemed and rewards for referrals. */
  readonly held: readonly DiscountRow[]
  readonly volumeSteps: NonNullable<DiscountRow['steps']>
  readonly loyaltySteps: NonNullable<DiscountRow['steps']>
  /** The periods under which the subscription began. */
  readonly first: Pick<LineFacts, 'cadence' | 'anchorDay' | 'startsOn'>
}

/** Every discount that could lower a price, with the days on which it holds. */
export function agreedDiscounts({ promotions, held, volumeSteps, loyaltySteps, first }: Agreements): readonly DiscountRow[] {
  return [
    ...promotions.flatMap((promotion) => promotionAsDiscount(promotion, first)),
    ...(volumeSteps.length === 0 ? [] : [{ id: 'volume', source: 'volume', code: 'VOLUME', steps: volumeSteps }]),
    ...(loyaltySteps.length === 0 ? [] : [{ id: 'loyalty', source: 'loyalty', code: 'LOYALTY', steps: loyaltySteps }]),
    ...held,
  ]
}

function promotionAsDiscount({ startsOn, endsOn, periodsMax, ...row }: PromotionRow, first: Agreements['first']): readonly DiscountRow[] {
  if (periodsMax === undefined) return [{ ...row, source: 'promotion', from: startsOn, until: endsOn }]
  const missed = first.startsOn < startsOn || (endsOn !== undefined && endsOn <= first.startsOn)
  if (missed) return []
  const begin = numberOf(first.startsOn)
  let end = begin
  for (let period = 0; period < periodsMax; period++) end = wholePeriodAround(first, begin, end).wholeEnd
  return [{ ...row, source: 'promotion', from: first.startsOn, until: writeDay(end) }]
}
