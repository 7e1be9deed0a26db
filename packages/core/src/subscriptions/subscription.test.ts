import { describe, expect, it } from 'vitest'
import { priceOf, subscriptionOf, termsOf } from '../../test/nouns.ts'
import { civilDate } from '../time/calendar.ts'
import { isOver } from './lifecycle.ts'
import { billingAnchorOf, pauseOn, termsOn } from './subscription.ts'

const on = civilDate

describe('a subscription', () => {
  it('counts its periods from the origin and anchor of its terms, in the cadence of their price', () => {
    const [terms] = subscriptionOf({ anchorDay: 31, price: priceOf({ cadence: { unit: 'month', count: 3 } }) }).terms
    expect(terms && billingAnchorOf(terms)).toEqual({ startsOn: '2026-06-01', anchorDay: 31, cadence: { unit: 'month', count: 3 } })
  })

  it('stands under the terms that hold on a day, and under the first before they begin', () => {
    const terms = [
      termsOf({ until: on('2026-07-10') }),
      termsOf({ number: 3, from: on('2026-07-10'), until: on('2026-08-01') }),
      termsOf({ number: 2, from: on('2026-08-01') }),
    ]
    const numbers = ['2026-05-01', '2026-07-09', '2026-07-10', '2026-07-31', '2026-08-01'].map((day) => termsOn({ terms }, on(day)).number)
    expect(numbers).toEqual([1, 1, 3, 3, 2])
  })

  it('is paused from the first day of a pause to the day before it ends', () => {
    const pauses = [{ from: on('2026-06-10'), until: on('2026-06-12') }, { from: on('2026-07-01') }]
    const days = ['2026-06-09', '2026-06-10', '2026-06-11', '2026-06-12', '2026-07-01', '2030-01-01']
    expect(days.map((day) => pauseOn({ pauses }, on(day)) !== undefined)).toEqual([false, true, true, false, true, true])
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
