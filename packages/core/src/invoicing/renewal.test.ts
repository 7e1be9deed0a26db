import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { priceOf, subscriptionOf, termsOf } from '../../test/nouns.ts'
import { defaultBillingPolicy, type RenewalPolicy } from '../catalog/billing-policy.ts'
import { money } from '../money/money.ts'
import { nextPurchase } from '../rating/next-purchase.ts'
import { taxPackOf } from '../tax/tax-packs.ts'
import { addDays, type CivilDate, civilDate } from '../time/calendar.ts'
import { draftInvoice } from './draft-invoice.ts'
import { renewalOf } from './renewal.ts'

const on = (date: string): CivilDate => civilDate(date)
const prepaid = priceOf({ billing: 'prepaid' })
const may = on('2026-05-20')
const paidUntil = (date: string, changes = {}) => subscriptionOf({ price: prepaid, billedUntil: on(date), ...changes })

describe('The renewal of a prepaid subscription', () => {
  it('is the next period, from the first day that is not bought', () => {
    expect(renewalOf(paidUntil('2026-07-01'), may, undefined)).toEqual({ on: '2026-07-01', amountMinor: 250_000n })
    expect(renewalOf(subscriptionOf({ price: prepaid }), may, undefined)).toEqual({ on: '2026-06-01', amountMinor: 250_000n })
  })

  it('is with the taxes of its first day', () => {
    const exclusive = priceOf({ billing: 'prepaid', pricing: 'exclusive' })
    const renewal = renewalOf(paidUntil('2026-07-01', { price: exclusive }), may, taxPackOf('KE'))
    const charges = nextPurchase(paidUntil('2026-07-01', { price: exclusive }), on('2026-07-01'))?.charges ?? []
    const { subscriberId } = paidUntil('2026-07-01')
    expect(renewal?.amountMinor).toBe(
      draftInvoice({ subscriberId, charges, today: on('2026-07-01'), taxPack: taxPackOf('KE') }).total.amountMinor,
    )
    expect(renewal?.amountMinor).toBeGreaterThan(250_000n)
  })

  it('follows a pause, is cut by the end, and is under the terms of its day', () => {
    expect(renewalOf(paidUntil('2026-07-01', { pauses: [{ from: on('2026-07-01'), until: on('2026-08-01') }] }), may, undefined)?.on).toBe(
      '2026-08-01',
    )
    expect(renewalOf(paidUntil('2026-07-01', { status: 'cancelled', cancelledOn: on('2026-07-11') }), may, undefined)?.amountMinor).toBe(
      80_645n,
    )
    const dearer = { ...prepaid, amount: money(400_000n, 'KES') }
    const terms = [termsOf({ price: prepaid, until: on('2026-07-01') }), termsOf({ number: 2, price: dearer, from: on('2026-07-01') })]
    expect(renewalOf(subscriptionOf({ terms, billedUntil: on('2026-07-01') }), may, undefined)?.amountMinor).toBe(400_000n)
  })

  it('is none when nothing is bought then: postpaid, over, or paused for who knows how long', () => {
    expect(renewalOf(subscriptionOf({ price: priceOf() }), may, undefined)).toBeUndefined()
    expect(renewalOf(paidUntil('2026-07-01', { status: 'cancelled', cancelledOn: on('2026-07-01') }), may, undefined)).toBeUndefined()
    expect(renewalOf(paidUntil('2026-07-01', { pauses: [{ from: on('2026-06-20') }] }), may, undefined)).toBeUndefined()
  })

  it('while it lacks today, is what today would buy, counted from the first day that lacked', () => {
    const late = paidUntil('2026-07-01', { status: 'cancelled', cancelledOn: on('2026-08-11') })
    expect(renewalOf(late, on('2026-08-01'), undefined)).toEqual({ on: '2026-07-01', amountMinor: 80_645n })
    expect(renewalOf(late, on('2026-08-11'), undefined)).toBeUndefined()
  })

  it('is free where the period costs nothing', () => {
    const free = { ...prepaid, amount: money(0n, 'KES') }
    expect(renewalOf(paidUntil('2026-07-01', { price: free }), may, undefined)).toEqual({ on: '2026-07-01', amountMinor: 0n })
  })

  it('told when a period is bought is what buying the next one on its first day costs', () => {
    const policies = fc.constantFrom<RenewalPolicy>('from_payment', 'from_old_end')
    fc.assert(
      fc.property(policies, fc.integer({ min: 1, max: 31 }), fc.integer({ min: 0, max: 400 }), (lateRenewal, anchorDay, lateDays) => {
        const price = priceOf({ billing: 'prepaid', policy: { ...defaultBillingPolicy, lateRenewal } })
        const subscription = subscriptionOf({ price, anchorDay, billedUntil: on('2026-06-01') })
        const bought = nextPurchase(subscription, addDays(on('2026-06-01'), lateDays))
        if (bought === undefined) throw new Error('nothing was bought')
        expect(bought.lackingFrom).toBe('2026-06-01')
        const renewal = renewalOf(bought.then, addDays(on('2026-06-01'), lateDays), undefined)
        const next = nextPurchase(bought.then, bought.billedUntil)
        expect(renewal).toEqual({
          on: bought.billedUntil,
          amountMinor: next?.charges.reduce((sum, { amount }) => sum + amount.amountMinor, 0n),
        })
      }),
    )
  })
})
