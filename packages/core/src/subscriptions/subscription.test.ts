import { describe, expect, it } from 'vitest'
import { priceOf, subscriptionOf } from '../../test/nouns.ts'
import { civilDate } from '../time/calendar.ts'
import { isOver } from './lifecycle.ts'
import { billingAnchorOf, graceDaysOf } from './subscription.ts'

describe('a subscription', () => {
  it('counts its periods from its own start and anchor, in the cadence of its price', () => {
    const subscription = subscriptionOf({ anchorDay: 31, price: priceOf({ cadence: { unit: 'month', count: 3 } }) })
    expect(billingAnchorOf(subscription)).toEqual({ startsOn: '2026-06-01', anchorDay: 31, cadence: { unit: 'month', count: 3 } })
  })

  it('has the grace of its price unless it has its own, and none is its own too', () => {
    expect(graceDaysOf(subscriptionOf())).toBe(3)
    expect(graceDaysOf(subscriptionOf({ graceDays: 10 }))).toBe(10)
    expect(graceDaysOf(subscriptionOf({ graceDays: 0 }))).toBe(0)
  })

  it('is over from the day it is cancelled on, and not a day before', () => {
    const cancelled = { status: 'cancelled', cancelledOn: civilDate('2026-06-20') } as const
    expect(isOver(cancelled, civilDate('2026-06-19'))).toBe(false)
    expect(isOver(cancelled, civilDate('2026-06-20'))).toBe(true)
    expect(isOver(cancelled, civilDate('2026-06-21'))).toBe(true)
  })

  it('that is active is never over, and one cancelled without a day always is', () => {
    expect(isOver({ status: 'active' }, civilDate('2099-01-01'))).toBe(false)
    expect(isOver({ status: 'active', cancelledOn: civilDate('2026-01-01') }, civilDate('2026-02-01'))).toBe(false)
    expect(isOver({ status: 'cancelled' }, civilDate('1999-01-01'))).toBe(true)
  })
})
