import { describe, expect, it } from 'vitest'
import { idOf } from '../../test/arbitraries.ts'
import { priceOf, subscriptionOf } from '../../test/nouns.ts'
import type { Discount } from '../discounts/discount.ts'
import { money } from '../money/money.ts'
import type { Subscription } from '../subscriptions/subscription.ts'
import { civilDate } from '../time/calendar.ts'
import { chargesDue } from './charges-due.ts'

const june = civilDate('2026-06-01')
const ten: Discount = { id: '1', code: 'TEN', title: 'Ten', source: 'promotion', value: { kind: 'percentage', rateBp: 1_000 } }
const off: Discount = { id: '2', code: 'OFF', title: 'Off', source: 'coupon', value: { kind: 'fixed', amount: money(25_000n, 'KES') } }
const lowered = (discounts: readonly Discount[], changes: Parameters<typeof subscriptionOf>[0] = {}): Subscription =>
  subscriptionOf({ ...changes, discounting: { discounts, subscriberSince: june, activeSubscriptions: 1 } })
const charged = (subscription: Subscription, day = '2026-06-20') => chargesDue(subscription, civilDate(day), { leadDays: 0 }).charges

describe('a charge with discounts', () => {
  it('has what is left of the price as its rate, and says how', () => {
    expect(charged(lowered([off, ten]))).toMatchObject([
      {
        amount: money(200_000n, 'KES'),
        rate: money(200_000n, 'KES'),
        arithmetic: '2500.00 − TEN 250.00 − OFF 250.00',
        discounts: [{ code: 'TEN' }, { code: 'OFF', base: money(225_000n, 'KES') }],
      },
    ])
  })

  it('is lowered before it is divided by days', () => {
    const [charge] = charged(lowered([off, ten], { startsOn: civilDate('2026-06-16') }))
    expect(charge).toMatchObject({
      amount: money(100_000n, 'KES'),
      arithmetic: '2500.00 − TEN 250.00 − OFF 250.00 = 2000.00; 2000.00 × 15 ÷ 30',
    })
  })

  it('is that of the day it begins on, for the plan it is for', () => {
    const july = [{ ...ten, from: civilDate('2026-07-01') }]
    expect(charged(lowered(july), '2026-07-01').map(({ amount }) => amount.amountMinor)).toEqual([250_000n, 225_000n])
    expect(charged(lowered([{ ...ten, planIds: [idOf('plan', 2)] }]))[0]).not.toHaveProperty('discounts')
  })

  it('leaves the parts of a bundle and what is charged once alone, and lowers a phase', () => {
    const extra = {
      kind: 'recurring',
      key: 'ip',
      title: 'Static IP',
      category: 'internet',
      amount: money(50_000n, 'KES'),
      taxClass: 'internet',
    } as const
    const price = priceOf({ extras: [extra], phases: [{ title: 'Intro', periods: 1, amount: money(100_000n, 'KES') }] })
    expect(charged(lowered([ten], { price })).map(({ component, amount }) => [component, amount.amountMinor])).toEqual([
      ['base', 90_000n],
      ['ip', 50_000n],
    ])
  })

  it('of nothing is not listed and moves the cursor', () => {
    const free = lowered([{ ...ten, value: { kind: 'percentage', rateBp: 10_000 } }])
    expect(chargesDue(free, june, { leadDays: 0 })).toMatchObject({ charges: [], billedUntil: '2026-07-01' })
  })
})
