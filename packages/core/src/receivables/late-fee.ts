import { type Money, money, toDecimal } from '../money/money.ts'
import { divideRounded } from '../money/rounding.ts'
import { invariant } from '../outcome.ts'
import type { TaxClass } from '../tax/rule.ts'
import { addDays, type CivilDate, daysBetween } from '../time/calendar.ts'

/** What a late payer is charged: once, or again after every so many days. */
export type LateFeePolicy = {
  readonly amount: { readonly kind: 'fixed'; readonly amountMinor: bigint } | { readonly kind: 'percentage'; readonly rateBp: number }
  /** Days after the due date without a fee; the first one falls on the day after them. */
  readonly graceDays: number
  /** Absent: once. */
  readonly repeatEveryDays?: number
  /** Of one claim. */
  readonly countMax: number
  /** Claims that were due before bear none: a policy reaches nobody who could not know it. */
  readonly from: CivilDate
  readonly taxClass: TaxClass
}

export type LateFee = {
  /** From 1, of its claim. */
  readonly number: number
  /** The day it falls on, which may lie behind. */
  readonly fallsOn: CivilDate
  readonly amount: Money
  /** `2500.00 × 5 %` */
  readonly arithmetic: string
}

/**
 * The fees of a claim whose day has come and that were not charged. A percentage is of what is still open of the claim,
 * which is no fee itself: fees bear no fees. A run every day and one late run charge the same number.
 */
export function lateFeesDue(
  claim: { readonly dueOn: CivilDate; readonly open: Money; readonly feesCharged: number },
  policy: LateFeePolicy,
  today: CivilDate,
): readonly LateFee[] {
  const { dueOn, open, feesCharged } = claim
  if (open.amountMinor <= 0n || dueOn < policy.from) return []
  const { amount, arithmetic } = feeOf(open, policy)
  if (amount.amountMinor === 0n) return []
  const count = feesFallen(dueOn, policy, today)
  const numbers = Array.from({ length: Math.max(0, count - feesCharged) }, (_, index) => feesCharged + index + 1)
  return numbers.map((number) => ({ number, fallsOn: fallsOn(dueOn, policy, number), amount, arithmetic }))
}

function feesFallen(dueOn: CivilDate, { graceDays, repeatEveryDays, countMax }: LateFeePolicy, today: CivilDate): number {
  invariant(repeatEveryDays === undefined || repeatEveryDays >= 1, 'a fee is repeated after a day at the earliest')
  const daysSinceFirst = daysBetween(dueOn, today) - graceDays - 1
  if (daysSinceFirst < 0) return 0
  const count = repeatEveryDays === undefined ? 1 : 1 + Math.floor(daysSinceFirst / repeatEveryDays)
  return Math.min(count, countMax)
}

const fallsOn = (dueOn: CivilDate, { graceDays, repeatEveryDays = 0 }: LateFeePolicy, number: number): CivilDate =>
  addDays(dueOn, graceDays + 1 + (number - 1) * repeatEveryDays)

function feeOf(open: Money, { amount }: LateFeePolicy): { amount: Money; arithmetic: string } {
  if (amount.kind === 'fixed') {
    const fixed = money(amount.amountMinor, open.currency)
    return { amount: fixed, arithmetic: toDecimal(fixed) }
  }
  const share = money(divideRounded(open.amountMinor * BigInt(amount.rateBp), 10_000n), open.currency)
  return { amount: share, arithmetic: `${toDecimal(open)} × ${amount.rateBp / 100} %` }
}
