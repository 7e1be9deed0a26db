import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { amountsMinor, idOf } from '../../test/arbitraries.ts'
import { discountContexts, discountLists } from '../../test/discounts.ts'
import { type Money, money } from '../money/money.ts'
import { Defect } from '../outcome.ts'
import { civilDate } from '../time/calendar.ts'
import { applyDiscounts } from './apply-discounts.ts'
import type { Discount, DiscountValue } from './discount.ts'

const prices: fc.Arbitrary<Money> = fc.oneof(fc.constant(0n), amountsMinor).map((amountMinor) => money(amountMinor, 'KES'))
const context = { day: civilDate('2026-08-01'), planId: idOf('plan', 1), subscriberSince: civilDate('2026-08-01'), activeSubscriptions: 1 }
const coupon = (value: DiscountValue, changes: Partial<Discount> = {}): Discount =>
  ({ id: 'c', code: 'C', title: 'a coupon', source: 'coupon', value, ...changes }) as Discount

describe('discounts', () => {
  it('taken and what is left are the list price, and none is below nothing', () => {
    fc.assert(
      fc.property(prices, discountLists, discountContexts, (price, discounts, facts) => {
        const { amount, applied } = applyDiscounts(price, discounts, facts)
        const taken = applied.reduce((sum, one) => sum + one.amount.amountMinor, 0n)
        expect(amount.amountMinor + taken).toBe(price.amountMinor)
        expect(amount.amountMinor >= 0n).toBe(true)
        expect(applied.every((one) => one.amount.amountMinor > 0n)).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })

  it('do not depend on the order in which they are listed', () => {
    const shuffled = discountLists.chain((discounts) =>
      fc.tuple(fc.constant(discounts), fc.shuffledSubarray([...discounts], { minLength: discounts.length })),
    )
    fc.assert(
      fc.property(prices, shuffled, discountContexts, (price, [discounts, others], facts) => {
        expect(applyDiscounts(price, others, facts)).toEqual(applyDiscounts(price, discounts, facts))
      }),
      { numRuns: 1_000 },
    )
  })

  it('are each taken of what the one before left', () => {
    fc.assert(
      fc.property(prices, discountLists, discountContexts, (price, discounts, facts) => {
        let left = price.amountMinor
        for (const { base, amount } of applyDiscounts(price, discounts, facts).applied) {
          expect(base.amountMinor).toBe(left)
          left -= amount.amountMinor
        }
      }),
    )
  })

  it('that stand alone never cost more than without them, and never join others', () => {
    fc.assert(
      fc.property(prices, discountLists, discountContexts, (price, discounts, facts) => {
        const { amount, applied } = applyDiscounts(price, discounts, facts)
        const joint = discounts.filter(({ exclusive }) => exclusive !== true)
        expect(amount.amountMinor <= applyDiscounts(price, joint, facts).amount.amountMinor).toBe(true)
        const alone = applied.filter(({ id }) => discounts.find((one) => one.id === id)?.exclusive === true)
        expect(alone.length === 0 || applied.length === 1).toBe(true)
      }),
    )
  })

  it('in another currency take nothing off', () => {
    const dollars = coupon({ kind: 'fixed', amount: money(500n, 'USD') })
    expect(applyDiscounts(money(1_000n, 'KES'), [dollars], context)).toEqual({ amount: money(1_000n, 'KES'), applied: [] })
  })

  it('above the whole or below nothing are a defect', () => {
    const apply = (value: DiscountValue) => applyDiscounts(money(1_000n, 'KES'), [coupon(value)], context)
    expect(() => apply({ kind: 'percentage', rateBp: 10_001 })).toThrow(Defect)
    expect(() => apply({ kind: 'percentage', rateBp: -1 })).toThrow(Defect)
    expect(() => apply({ kind: 'fixed', amount: money(-1n, 'KES') })).toThrow(Defect)
  })
})
