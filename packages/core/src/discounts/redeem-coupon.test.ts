import { describe, expect, it } from 'vitest'
import { idOf } from '../../test/arbitraries.ts'
import { money } from '../money/money.ts'
import { civilDate } from '../time/calendar.ts'
import { type Coupon, type RedemptionFacts, refuseCoupon } from './redeem-coupon.ts'

const coupon: Coupon = {
  id: '1',
  code: 'WELCOME',
  title: 'Welcome',
  value: { kind: 'percentage', rateBp: 1_000 },
  exclusive: false,
  newSubscribersOnly: false,
}
const facts: RedemptionFacts = {
  day: civilDate('2026-08-10'),
  redemptions: 0,
  redemptionsBySubscriber: 0,
  redeemedOnSubscription: false,
  planId: idOf('plan', 1),
  currency: 'KES',
  isNewSubscriber: false,
}
const answer = (limits: Partial<Coupon>, changes: Partial<RedemptionFacts> = {}) =>
  refuseCoupon({ ...coupon, ...limits }, { ...facts, ...changes })?.code ?? 'redeemed'

describe('a coupon', () => {
  it('without limits is for everyone, once a subscription', () => {
    expect(answer({})).toBe('redeemed')
    expect(answer({}, { redeemedOnSubscription: true })).toBe('coupon_redeemed_already')
  })

  it('is valid from its first day, until before its last', () => {
    const days = { validFrom: civilDate('2026-08-10'), validUntil: civilDate('2026-08-12') }
    const on = (day: string) => answer(days, { day: civilDate(day) })
    expect(['2026-08-09', '2026-08-10', '2026-08-11', '2026-08-12'].map(on)).toEqual([
      'coupon_not_valid',
      'redeemed',
      'redeemed',
      'coupon_not_valid',
    ])
  })

  it('is used up after its limit, for all and for one', () => {
    expect(answer({ redemptionsMax: 2 }, { redemptions: 1 })).toBe('redeemed')
    expect(answer({ redemptionsMax: 2 }, { redemptions: 2 })).toBe('coupon_used_up')
    expect(answer({ redemptionsPerSubscriberMax: 1 }, { redemptions: 9 })).toBe('redeemed')
    expect(answer({ redemptionsPerSubscriberMax: 1 }, { redemptionsBySubscriber: 1 })).toBe('coupon_used_up')
  })

  it('may be for some plans, some segments, new subscribers and one currency', () => {
    expect(answer({ planIds: [idOf('plan', 1)] })).toBe('redeemed')
    expect(answer({ planIds: [idOf('plan', 2)] })).toBe('coupon_not_for_you')
    expect(answer({ segments: ['home'] }, { segment: 'home' })).toBe('redeemed')
    expect(answer({ segments: ['home'] }, { segment: 'business' })).toBe('coupon_not_for_you')
    expect(answer({ segments: ['home'] })).toBe('coupon_not_for_you')
    expect(answer({ newSubscribersOnly: true }, { isNewSubscriber: true })).toBe('redeemed')
    expect(answer({ newSubscribersOnly: true })).toBe('coupon_not_for_you')
    expect(answer({ value: { kind: 'fixed', amount: money(5n, 'KES') } })).toBe('redeemed')
    expect(answer({ value: { kind: 'fixed', amount: money(5n, 'USD') } })).toBe('coupon_not_for_you')
  })

  it('says what would have to be otherwise', () => {
    expect(refuseCoupon({ ...coupon, validFrom: civilDate('2026-09-01') }, facts)).toEqual({
      outcome: 'rejected',
      code: 'coupon_not_valid',
      message: 'WELCOME can be used from 2026-09-01 on',
      field: 'code',
    })
  })
})
