import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anchors, idOf } from '../../test/arbitraries.ts'
import { priceOf, subscriptionOf } from '../../test/nouns.ts'
import { money } from '../money/money.ts'
import type { Subscription } from '../subscriptions/subscription.ts'
import { addDays, type CivilDate, civilDate } from '../time/calendar.ts'
import { type Charge, chargesDue } from './charge.ts'

const on = (date: string): CivilDate => civilDate(date)
const inAdvance = { leadDays: 5 }
const prepaid = priceOf({ billing: 'prepaid' })
const spans = (charges: readonly Charge[]): readonly string[] => charges.map(({ period }) => `${period.start} ${period.end}`)
const due = (subscription: Subscription, date: string, hasOpenInvoice = false) =>
  chargesDue(subscription, on(date), inAdvance, hasOpenInvoice)

describe('charges due', () => {
  it('name the price and the arithmetic they came from', () => {
    expect(due(subscriptionOf({ startsOn: on('2026-06-19') }), '2026-06-19').charges).toEqual([
      {
        subscriptionId: idOf('subscription', 1),
        description: 'Internet, 19 Jun 2026 to 30 Jun 2026',
        category: 'internet',
        amount: money(100_000n, 'KES'),
        period: { start: '2026-06-19', end: '2026-07-01' },
        priceId: idOf('price', 1),
        priceVersion: 3,
        taxClass: 'internet',
        pricing: 'inclusive',
        arithmetic: '2500.00 × 12 ÷ 30',
      },
    ])
  })

  it('of a whole period are the price itself', () => {
    const [charge] = due(subscriptionOf(), '2026-06-01').charges
    expect(charge).toMatchObject({
      amount: money(250_000n, 'KES'),
      arithmetic: '2500.00',
      description: 'Internet, 1 Jun 2026 to 30 Jun 2026',
    })
  })

  it('come as many days before a period as the policy says, and not a day earlier', () => {
    const subscription = subscriptionOf({ periodsCharged: 1 })
    expect(due(subscription, '2026-06-25')).toEqual({ charges: [], periodsCharged: 1, capped: false })
    expect(spans(due(subscription, '2026-06-26').charges)).toEqual(['2026-07-01 2026-08-01'])
    expect(spans(chargesDue(subscription, on('2026-07-01'), { leadDays: 0 }, false).charges)).toEqual(['2026-07-01 2026-08-01'])
    expect(chargesDue(subscription, on('2026-06-30'), { leadDays: 0 }, false).charges).toEqual([])
  })

  it('go on from the periods that were charged, so a repeat on the same day charges nothing', () => {
    const first = due(subscriptionOf(), '2026-06-30')
    expect(first.periodsCharged).toBe(2)
    expect(due(subscriptionOf({ periodsCharged: first.periodsCharged }), '2026-06-30').charges).toEqual([])
  })

  it('of postpaid catch up on every missed period, paid or not', () => {
    expect(spans(due(subscriptionOf(), '2026-08-15', true).charges)).toEqual([
      '2026-06-01 2026-07-01',
      '2026-07-01 2026-08-01',
      '2026-08-01 2026-09-01',
    ])
  })

  it('stop at fifteen and say so', () => {
    const daily = subscriptionOf({ price: priceOf({ cadence: { unit: 'day', count: 1 } }) })
    const first = chargesDue(daily, on('2026-06-15'), { leadDays: 0 }, false)
    expect([first.charges.length, first.periodsCharged, first.capped]).toEqual([15, 15, false])
    const more = chargesDue(daily, on('2026-06-16'), { leadDays: 0 }, false)
    expect([more.charges.length, more.periodsCharged, more.capped]).toEqual([15, 15, true])
  })

  it('of prepaid are one period at a time, and none while an invoice is open', () => {
    const subscription = subscriptionOf({ price: prepaid })
    expect(due(subscription, '2026-08-15')).toMatchObject({
      charges: [{ period: { start: '2026-06-01' } }],
      periodsCharged: 1,
      capped: false,
    })
    expect(due(subscription, '2026-08-15', true)).toEqual({ charges: [], periodsCharged: 0, capped: false })
    expect(due({ ...subscription, periodsCharged: 3 }, '2026-08-15').charges).toEqual([])
  })

  it('of a free plan are counted and not listed', () => {
    const free = subscriptionOf({ price: priceOf({ amount: money(0n, 'KES') }) })
    expect(due(free, '2026-08-15')).toEqual({ charges: [], periodsCharged: 3, capped: false })
  })

  it('of a free plan for days stop at fifteen too', () => {
    const free = subscriptionOf({ price: priceOf({ amount: money(0n, 'KES'), cadence: { unit: 'day', count: 1 } }) })
    expect(chargesDue(free, on('2027-06-16'), { leadDays: 0 }, false)).toEqual({ charges: [], periodsCharged: 15, capped: true })
  })
})

describe('charges of a cancelled subscription', () => {
  const cancelled = (cancelledOn: string, changes: Partial<Subscription> = {}) =>
    subscriptionOf({ status: 'cancelled', cancelledOn: on(cancelledOn), ...changes })

  it('end with the last day of service', () => {
    const { charges, periodsCharged } = due(cancelled('2026-07-11'), '2026-09-30')
    expect(spans(charges)).toEqual(['2026-06-01 2026-07-01', '2026-07-01 2026-07-11'])
    expect(charges[1]).toMatchObject({ amount: money(80_645n, 'KES'), arithmetic: '2500.00 × 10 ÷ 31' })
    expect(periodsCharged).toBe(2)
  })

  it('are none for a period that begins on the day of the cancellation', () => {
    expect(spans(due(cancelled('2026-07-01'), '2026-09-30').charges)).toEqual(['2026-06-01 2026-07-01'])
    expect(due(cancelled('2026-06-01'), '2026-09-30').charges).toEqual([])
  })

  it('of a stub are cut at both ends', () => {
    const [charge] = due(cancelled('2026-06-25', { startsOn: on('2026-06-19') }), '2026-06-19').charges
    expect(charge).toMatchObject({ amount: money(50_000n, 'KES'), arithmetic: '2500.00 × 6 ÷ 30' })
  })

  it('are none when nobody knows since when it is cancelled', () => {
    expect(due(subscriptionOf({ status: 'cancelled' }), '2026-06-30').charges).toEqual([])
  })

  it('do not mind a day of cancellation on one that is active again', () => {
    expect(spans(due(subscriptionOf({ cancelledOn: on('2026-06-11') }), '2026-06-01').charges)).toEqual(['2026-06-01 2026-07-01'])
  })
})

describe('charges over time', () => {
  it('tile the calendar without gap or overlap, on whatever days the run happens', () => {
    const pauses = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(anchors, pauses, fc.integer({ min: 0, max: 40 }), fc.boolean(), (anchor, runs, leadDays, isPrepaid) => {
        const price = priceOf({ cadence: anchor.cadence, billing: isPrepaid ? 'prepaid' : 'postpaid' })
        let subscription = subscriptionOf({ price, startsOn: anchor.startsOn, anchorDay: anchor.anchorDay })
        let today = anchor.startsOn
        let covered = anchor.startsOn
        for (const pause of runs) {
          today = addDays(today, pause)
          const { charges, periodsCharged, capped } = chargesDue(subscription, today, { leadDays }, false)
          expect(charges.length).toBeLessThanOrEqual(isPrepaid ? 1 : 15)
          expect(periodsCharged).toBe(subscription.periodsCharged + charges.length)
          for (const { period, amount } of charges) {
            expect(period.start).toBe(covered)
            expect(period.start <= addDays(today, leadDays)).toBe(true)
            expect(amount.amountMinor > 0n && amount.amountMinor <= price.amount.amountMinor).toBe(true)
            covered = period.end
          }
          if (!capped && !isPrepaid) expect(covered > addDays(today, leadDays)).toBe(true)
          subscription = { ...subscription, periodsCharged }
        }
      }),
    )
  })
})
