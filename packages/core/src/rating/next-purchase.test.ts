import { describe, expect, it } from 'vitest'
import { priceOf, subscriptionOf, termsOf } from '../../test/nouns.ts'
import { defaultBillingPolicy, type RenewalPolicy } from '../catalog/billing-policy.ts'
import { money } from '../money/money.ts'
import { type CivilDate, civilDate } from '../time/calendar.ts'
import { nextPurchase, type Purchase } from './next-purchase.ts'

const on = (date: string): CivilDate => civilDate(date)
const prepaid = (lateRenewal: RenewalPolicy = 'from_payment') =>
  priceOf({
    billing: 'prepaid',
    policy: { ...defaultBillingPolicy, lateRenewal },
    extras: [
      {
        kind: 'one_time',
        key: 'set-up',
        title: 'Set-up',
        category: 'installation',
        amount: money(100_000n, 'KES'),
        taxClass: 'installation',
      },
    ],
  })
const said = (purchase: Purchase | undefined) =>
  purchase && [
    ...purchase.charges.map(({ component, period, amount }) => `${component} ${period.start} ${period.end} ${amount.amountMinor}`),
    `until ${purchase.billedUntil}`,
    ...(purchase.restarted === undefined ? [] : [`day ${purchase.restarted.anchorDay}`]),
  ]

describe('the next purchase of a prepaid subscription', () => {
  it('is the first period, with what is charged once, from the first day', () => {
    expect(said(nextPurchase(subscriptionOf({ price: prepaid() }), on('2026-06-01')))).toEqual([
      'base 2026-06-01 2026-07-01 250000',
      'set-up 2026-06-01 2026-06-02 100000',
      'until 2026-07-01',
    ])
  })

  it('is none while today is paid for', () => {
    expect(nextPurchase(subscriptionOf({ price: prepaid(), billedUntil: on('2026-07-01') }), on('2026-06-30'))).toBeUndefined()
  })

  it('on the day after the last paid one goes on where that ended', () => {
    expect(said(nextPurchase(subscriptionOf({ price: prepaid(), billedUntil: on('2026-07-01') }), on('2026-07-01')))).toEqual([
      'base 2026-07-01 2026-08-01 250000',
      'until 2026-08-01',
    ])
  })

  it('when late counts from the day of the payment, and the billing day moves', () => {
    expect(said(nextPurchase(subscriptionOf({ price: prepaid(), billedUntil: on('2026-07-01') }), on('2026-09-12')))).toEqual([
      'base 2026-09-12 2026-10-12 250000',
      'until 2026-10-12',
      'day 12',
    ])
  })

  it('when late, with a first payment that comes after the first day, begins with the payment', () => {
    expect(said(nextPurchase(subscriptionOf({ price: prepaid() }), on('2026-06-12')))).toEqual([
      'base 2026-06-12 2026-07-12 250000',
      'set-up 2026-06-12 2026-06-13 100000',
      'until 2026-07-12',
      'day 12',
    ])
  })

  it('when late under the other policy is the period that holds today, and the months without service are not charged', () => {
    const subscription = subscriptionOf({ price: prepaid('from_old_end'), billedUntil: on('2026-07-01') })
    expect(said(nextPurchase(subscription, on('2026-07-03')))).toEqual(['base 2026-07-01 2026-08-01 250000', 'until 2026-08-01'])
    expect(said(nextPurchase(subscription, on('2026-09-12')))).toEqual(['base 2026-09-01 2026-10-01 250000', 'until 2026-10-01'])
  })

  it('bears what is charged once when it is the first of all, however late it comes', () => {
    expect(said(nextPurchase(subscriptionOf({ price: prepaid('from_old_end') }), on('2026-07-05')))).toEqual([
      'base 2026-07-01 2026-08-01 250000',
      'set-up 2026-07-01 2026-07-02 100000',
      'until 2026-08-01',
    ])
  })

  it('under terms that changed meanwhile is at their price', () => {
    const higher = { ...prepaid(), amount: money(400_000n, 'KES') }
    const terms = [
      termsOf({ price: prepaid(), until: on('2026-08-01') }),
      termsOf({ number: 2, price: higher, from: on('2026-08-01'), periodsBefore: 0 }),
    ]
    const late = nextPurchase(subscriptionOf({ terms, billedUntil: on('2026-07-01') }), on('2026-08-20'))
    expect(said(late)).toEqual(['base 2026-08-20 2026-09-20 400000', 'until 2026-09-20', 'day 20'])
    expect(late?.restarted?.number).toBe(3)
  })

  it('is none during a pause, before the start and after the end', () => {
    const subscription = subscriptionOf({ price: prepaid(), billedUntil: on('2026-07-01') })
    expect(nextPurchase({ ...subscription, pauses: [{ from: on('2026-06-20') }] }, on('2026-07-05'))).toBeUndefined()
    expect(nextPurchase(subscriptionOf({ price: prepaid() }), on('2026-05-31'))).toBeUndefined()
    expect(nextPurchase({ ...subscription, status: 'cancelled', cancelledOn: on('2026-07-05') }, on('2026-07-05'))).toBeUndefined()
  })
})
