import fc from 'fast-check'
import type { Discount, DiscountContext } from '../src/discounts/discount.ts'
import { money } from '../src/money/money.ts'
import type { DiscountFacts, DiscountRow } from '../src/recompute/expected-discounts.ts'
import { addDays, civilDate } from '../src/time/calendar.ts'
import { amountsMinor, civilDates, idOf } from './arbitraries.ts'

const today = civilDate('2026-08-01')
const days = fc.option(
  fc.integer({ min: -3, max: 3 }).map((shift) => addDays(today, shift)),
  { nil: undefined },
)
const rates = fc.integer({ min: 0, max: 10_000 })
const values = fc.oneof(
  fc.record({ kind: fc.constant('percentage' as const), rateBp: rates }),
  fc.record({ kind: fc.constant('fixed' as const), amount: amountsMinor.map((amountMinor) => money(amountMinor, 'KES')) }),
)
const steps = fc.uniqueArray(fc.record({ from: fc.integer({ min: 0, max: 40 }), rateBp: rates }), {
  selector: ({ from }) => from,
  maxLength: 5,
})
const plans = fc.option(fc.subarray([idOf('plan', 1), idOf('plan', 2)]), { nil: undefined })
const common = fc.record({
  from: days,
  until: days,
  exclusive: fc.option(fc.boolean(), { nil: undefined }),
  planIds: plans,
  title: fc.constant('a discount'),
})
const anyDiscount = fc.oneof(
  fc.record({ source: fc.constantFrom('promotion' as const, 'referral' as const, 'coupon' as const), value: values }),
  fc.record({ source: fc.constantFrom('volume' as const, 'loyalty' as const), steps }),
)

/** Up to eight, all with ids of their own. */
export const discountLists: fc.Arbitrary<readonly Discount[]> = fc
  .array(fc.tuple(common, anyDiscount), { maxLength: 8 })
  .map((pairs) => pairs.map(([shared, own], index) => ({ ...shared, ...own, id: `id-${index}`, code: `CODE${index}` })))

export const discountContexts: fc.Arbitrary<DiscountContext> = fc.record({
  day: fc.constant(today),
  planId: fc.constant(idOf('plan', 1)),
  subscriberSince: civilDates.map((date) => (date > today ? today : date)),
  activeSubscriptions: fc.integer({ min: 0, max: 50 }),
})

/** The same, as the second calculator reads it. */
export const discountFactsOf = (discounts: readonly Discount[], context: DiscountContext): DiscountFacts => ({
  ...context,
  rows: discounts.map(rowOf),
})

function rowOf({ id, source, code, from, until, planIds, exclusive, ...discount }: Discount): DiscountRow {
  const row = { id, source, code, from, until, planIds, exclusive }
  if ('steps' in discount) return { ...row, steps: discount.steps }
  const { value } = discount
  return value.kind === 'percentage' ? { ...row, rateBp: value.rateBp } : { ...row, fixed: value.amount }
}
