import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anchors, civilDates, idOf } from '../../test/arbitraries.ts'
import { priceOf, subscriptionOf, termsOf } from '../../test/nouns.ts'
import { defaultBillingPolicy } from '../catalog/billing-policy.ts'
import { describeLine } from '../invoicing/line-description.ts'
import { money } from '../money/money.ts'
import type { Pause, Subscription } from '../subscriptions/subscription.ts'
import { addDays, type CivilDate, civilDate } from '../time/calendar.ts'
import type { Charge } from './charge.ts'
import { chargesDue } from './charges-due.ts'

const on = (date: string): CivilDate => civilDate(date)
const spans = (charges: readonly Charge[]): readonly string[] => charges.map(({ period }) => `${period.start} ${period.end}`)
const due = (subscription: Subscription, date: string, leadDays = 5) => chargesDue(subscription, on(date), { leadDays })
const shillings = (amount: number) => money(BigInt(amount) * 100n, 'KES')

describe('charges due', () => {
  it('name the price, the terms and the arithmetic they came from', () => {
    expect(due(subscriptionOf({ startsOn: on('2026-06-19') }), '2026-06-19').charges).toEqual([
      {
        subscriptionId: idOf('subscription', 1),
        description: { kind: 'plan' },
        component: 'base',
        category: 'internet',
        amount: shillings(1_000),
        rate: shillings(2_500),
        whole: { start: '2026-06-01', end: '2026-07-01' },
        period: { start: '2026-06-19', end: '2026-07-01' },
        dueOn: '2026-06-19',
        priceId: idOf('price', 1),
        priceVersion: 3,
        terms: 1,
        taxClass: 'internet',
        pricing: 'inclusive',
        arithmetic: '2500.00 × 12 ÷ 30',
      },
    ])
  })

  it('of a whole period are the price itself', () => {
    const [charge] = due(subscriptionOf(), '2026-06-01').charges
    expect(charge).toMatchObject({ amount: shillings(2_500), arithmetic: '2500.00', description: { kind: 'plan' } })
  })

  it('come as many days before a period as the policy says, and not a day earlier', () => {
    const subscription = subscriptionOf({ billedUntil: on('2026-07-01') })
    expect(due(subscription, '2026-06-25')).toEqual({ charges: [], billedUntil: '2026-07-01', nextInvoiceOn: '2026-06-26', capped: false })
    expect(spans(due(subscription, '2026-06-26').charges)).toEqual(['2026-07-01 2026-08-01'])
    expect(spans(due(subscription, '2026-07-01', 0).charges)).toEqual(['2026-07-01 2026-08-01'])
    expect(due(subscription, '2026-06-30', 0).charges).toEqual([])
  })

  it('go on from the days that were charged, so a repeat on the same day charges nothing', () => {
    const first = due(subscriptionOf(), '2026-06-30')
    expect(first).toMatchObject({ billedUntil: '2026-08-01', nextInvoiceOn: '2026-07-27' })
    expect(due(subscriptionOf({ billedUntil: first.billedUntil }), '2026-06-30').charges).toEqual([])
  })

  it('catch up on every missed period', () => {
    expect(spans(due(subscriptionOf(), '2026-08-15').charges)).toEqual([
      '2026-06-01 2026-07-01',
      '2026-07-01 2026-08-01',
      '2026-08-01 2026-09-01',
    ])
  })

  it('stop at fifteen and say so', () => {
    const daily = subscriptionOf({ price: priceOf({ cadence: { unit: 'day', count: 1 } }) })
    const first = due(daily, '2026-06-15', 0)
    expect([first.charges.length, first.billedUntil, first.capped]).toEqual([15, '2026-06-16', false])
    const more = due(daily, '2026-06-16', 0)
    expect([more.charges.length, more.billedUntil, more.capped]).toEqual([15, '2026-06-16', true])
  })

  it('of a free plan move the cursor and are not listed', () => {
    const free = subscriptionOf({ price: priceOf({ amount: shillings(0) }) })
    expect(due(free, '2026-08-15')).toEqual({ charges: [], billedUntil: '2026-09-01', nextInvoiceOn: '2026-08-27', capped: false })
  })

  it('in arrears come when the days are over, and are owed from then', () => {
    const subscription = subscriptionOf({ price: priceOf({ timing: 'arrears' }) })
    expect(due(subscription, '2026-06-30')).toMatchObject({ charges: [], nextInvoiceOn: '2026-07-01' })
    expect(due(subscription, '2026-07-01').charges).toMatchObject([
      { period: { start: '2026-06-01', end: '2026-07-01' }, dueOn: '2026-07-01' },
    ])
  })
})

describe('a price with more than an amount', () => {
  const price = priceOf({
    phases: [
      { title: 'Trial', periods: 1, amount: shillings(0) },
      { title: 'First months', periods: 2, amount: shillings(1_500) },
    ],
    extras: [
      { kind: 'recurring', key: 'static-ip', title: 'Static IP', category: 'equipment', amount: shillings(300), taxClass: 'equipment' },
      {
        kind: 'one_time',
        key: 'set-up',
        title: 'Installation',
        category: 'installation',
        amount: shillings(2_000),
        taxClass: 'installation',
      },
    ],
  })

  it('charges its phases first, the parts of its bundle with each period, and once what is once', () => {
    const { charges } = due(subscriptionOf({ price }), '2026-09-01', 0)
    expect(charges.map((charge) => [describeLine(charge, 'en'), charge.component, charge.amount.amountMinor])).toEqual([
      ['Static IP, 1 Jun 2026 to 30 Jun 2026', 'static-ip', 30_000n],
      ['Installation', 'set-up', 200_000n],
      ['Internet (First months), 1 Jul 2026 to 31 Jul 2026', 'base', 150_000n],
      ['Static IP, 1 Jul 2026 to 31 Jul 2026', 'static-ip', 30_000n],
      ['Internet (First months), 1 Aug 2026 to 31 Aug 2026', 'base', 150_000n],
      ['Static IP, 1 Aug 2026 to 31 Aug 2026', 'static-ip', 30_000n],
      ['Internet, 1 Sep 2026 to 30 Sep 2026', 'base', 250_000n],
      ['Static IP, 1 Sep 2026 to 30 Sep 2026', 'static-ip', 30_000n],
    ])
  })

  it('counts its phases on over new terms of the same plan', () => {
    const terms = [termsOf({ price, number: 2, origin: on('2026-07-10'), from: on('2026-07-10'), anchorDay: 10, periodsBefore: 2 })]
    const { charges } = due(subscriptionOf({ terms, startsOn: on('2026-06-01'), billedUntil: on('2026-07-10') }), '2026-08-10', 0)
    const base = charges.filter(({ component }) => component === 'base')
    expect(base.map(({ amount }) => amount)).toEqual([shillings(1_500), shillings(2_500)])
  })

  it.each([
    ['prorated', [100_000n], '2500.00 × 12 ÷ 30'],
    ['full', [250_000n], '2500.00'],
    ['free', [], undefined],
  ] as const)('charges a short first period as its policy says: %s', (firstPeriod, amounts, arithmetic) => {
    const stub = priceOf({ policy: { ...defaultBillingPolicy, firstPeriod } })
    const { charges, billedUntil } = due(subscriptionOf({ price: stub, startsOn: on('2026-06-19') }), '2026-06-19', 0)
    expect(charges.map(({ amount }) => amount.amountMinor)).toEqual(amounts)
    expect(charges[0]?.arithmetic).toBe(arithmetic)
    expect(billedUntil).toBe('2026-07-01')
  })
})

describe('charges under terms that change', () => {
  const higher = priceOf({ id: idOf('price', 2), version: 1, amount: shillings(4_000) })

  it('end with the old terms and go on under the new ones, on the same billing day', () => {
    const terms = [termsOf({ until: on('2026-07-11') }), termsOf({ number: 2, price: higher, from: on('2026-07-11') })]
    const { charges } = due(subscriptionOf({ terms, billedUntil: on('2026-07-01') }), '2026-08-01', 0)
    expect(charges.map(({ period, arithmetic, terms: number }) => [period.start, arithmetic, number])).toEqual([
      ['2026-07-01', '2500.00 × 10 ÷ 31', 1],
      ['2026-07-11', '4000.00 × 21 ÷ 31', 2],
      ['2026-08-01', '4000.00', 2],
    ])
  })

  it('skip the days of a pause, and wait while it has no end', () => {
    const pauses = [{ from: on('2026-06-11'), until: on('2026-07-16') }, { from: on('2026-08-01') }]
    const { charges, billedUntil, nextInvoiceOn } = due(subscriptionOf({ pauses }), '2026-12-01', 0)
    expect(spans(charges)).toEqual(['2026-06-01 2026-06-11', '2026-07-16 2026-08-01'])
    expect([billedUntil, nextInvoiceOn]).toEqual(['2026-08-01', undefined])
  })
})

describe('charges of a cancelled subscription', () => {
  const cancelled = (cancelledOn: string, changes: Parameters<typeof subscriptionOf>[0] = {}) =>
    subscriptionOf({ status: 'cancelled', cancelledOn: on(cancelledOn), ...changes })

  it('end with the last day of service', () => {
    const { charges, billedUntil, nextInvoiceOn } = due(cancelled('2026-07-11'), '2026-09-30')
    expect(spans(charges)).toEqual(['2026-06-01 2026-07-01', '2026-07-01 2026-07-11'])
    expect(charges[1]).toMatchObject({ amount: money(80_645n, 'KES'), arithmetic: '2500.00 × 10 ÷ 31' })
    expect([billedUntil, nextInvoiceOn]).toEqual(['2026-07-11', undefined])
  })

  it('are none for a period that begins on the day of the cancellation', () => {
    expect(spans(due(cancelled('2026-07-01'), '2026-09-30').charges)).toEqual(['2026-06-01 2026-07-01'])
    expect(due(cancelled('2026-06-01'), '2026-09-30').charges).toEqual([])
  })

  it('of a stub are cut at both ends', () => {
    const [charge] = due(cancelled('2026-06-25', { startsOn: on('2026-06-19') }), '2026-06-19').charges
    expect(charge).toMatchObject({ amount: shillings(500), arithmetic: '2500.00 × 6 ÷ 30' })
  })

  it('are none when nobody knows since when it is cancelled', () => {
    expect(due(subscriptionOf({ status: 'cancelled' }), '2026-06-30').charges).toEqual([])
  })

  it('do not mind a day of cancellation on one that is active again', () => {
    expect(spans(due(subscriptionOf({ cancelledOn: on('2026-06-11') }), '2026-06-01').charges)).toEqual(['2026-06-01 2026-07-01'])
  })
})

/** Pauses that follow one another, each some days after the one before and some days long. */
const pausesFrom = (start: CivilDate) =>
  fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 })), { maxLength: 4 }).map((steps) => {
    const pauses: Pause[] = []
    let at = start
    for (const [gap, length] of steps) {
      const from = addDays(at, gap)
      at = addDays(from, length)
      pauses.push({ from, until: at })
    }
    return pauses
  })

describe('charges over time', () => {
  it('cover every day once but the paused ones, in whole or cut periods, on whatever days the run happens', () => {
    const scenes = fc
      .record({ anchor: anchors, timing: fc.constantFrom('advance' as const, 'arrears' as const) })
      .chain(({ anchor, timing }) =>
        fc.record({
          subscription: pausesFrom(anchor.startsOn).map((pauses) =>
            subscriptionOf({
              price: priceOf({ cadence: anchor.cadence, timing }),
              startsOn: anchor.startsOn,
              anchorDay: anchor.anchorDay,
              pauses,
            }),
          ),
          runs: fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 12 }),
          leadDays: fc.integer({ min: 0, max: 40 }),
        }),
      )
    fc.assert(
      fc.property(scenes, ({ subscription: first, runs, leadDays }) => {
        let subscription = first
        let today = first.startsOn
        let covered = first.startsOn
        for (const days of runs) {
          today = addDays(today, days)
          const { charges, billedUntil, capped, nextInvoiceOn } = chargesDue(subscription, today, { leadDays })
          for (const { period, whole, amount, rate } of charges) {
            const skipped = first.pauses.find(({ from }) => from === covered)
            expect(period.start).toBe(skipped?.until ?? covered)
            expect(period.start >= whole.start && period.end <= whole.end && period.start < period.end).toBe(true)
            expect(first.pauses.some(({ from, until }) => from < period.end && (until ?? from) > period.start)).toBe(false)
            expect(amount.amountMinor >= 0n && amount.amountMinor <= rate.amountMinor).toBe(true)
            covered = period.end
          }
          expect(billedUntil).toBe(covered)
          if (!capped) expect(nextInvoiceOn !== undefined && nextInvoiceOn > today).toBe(true)
          subscription = { ...subscription, billedUntil }
        }
      }),
    )
  })

  it('are the same however the days of running fall', () => {
    fc.assert(
      fc.property(anchors, civilDates, fc.array(fc.nat(120), { maxLength: 6 }), (anchor, _, cuts) => {
        const price = priceOf({
          cadence: { ...anchor.cadence, count: Math.max(anchor.cadence.count, anchor.cadence.unit === 'day' ? 30 : 5) },
        })
        const whole = subscriptionOf({ price, startsOn: anchor.startsOn, anchorDay: anchor.anchorDay })
        const last = addDays(anchor.startsOn, 300)
        const once = chargesDue(whole, last, { leadDays: 3 })
        let subscription = whole
        const charges: Charge[] = []
        for (const day of [...cuts]
          .sort((left, right) => left - right)
          .map((cut) => addDays(anchor.startsOn, cut))
          .concat(last)) {
          const some = chargesDue(subscription, day, { leadDays: 3 })
          charges.push(...some.charges)
          subscription = { ...subscription, billedUntil: some.billedUntil }
        }
        expect(charges).toEqual(once.charges)
      }),
    )
  })
})
