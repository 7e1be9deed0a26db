import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { priceOf, subscriptionOf } from '../../test/nouns.ts'
import { decideAccess } from '../access/decide-access.ts'
import { defaultBillingPolicy, type PassRenewalPolicy } from '../catalog/billing-policy.ts'
import type { Validity } from '../catalog/pass.ts'
import { money } from '../money/money.ts'
import { expectedPass } from '../recompute/expected-pass.ts'
import { changePlan } from '../subscriptions/change-plan.ts'
import { type Subscription, withTerms } from '../subscriptions/subscription.ts'
import { civilDate, civilDateAt } from '../time/calendar.ts'
import { type Instant, plusMs } from '../time/instant.ts'
import type { Cadence } from '../time/period.ts'
import { chargesDue } from './charges-due.ts'
import { nextPass, type PassOccasion, passTermsOn } from './next-pass.ts'
import { nextInvoiceOn, nextSpan } from './next-span.ts'

const zone = 'Africa/Nairobi'
const at = new Date('2026-06-01T07:00:00Z')
const priced = (passRenewal: PassRenewalPolicy = 'automatic', cadence: Cadence = { unit: 'hour', count: 1 }) =>
  priceOf({ amount: money(2_000n, 'KES'), billing: 'prepaid', cadence, policy: { ...defaultBillingPolicy, passRenewal } })
const sold = (changes: Partial<Subscription> = {}, passRenewal: PassRenewalPolicy = 'automatic') =>
  subscriptionOf({ price: priced(passRenewal), ...changes })
const offered = (subscription: Subscription, occasion: PassOccasion) => nextPass(subscription, { at, zone, occasion })?.isOffered

const zones = fc.constantFrom('Africa/Nairobi', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'UTC')
const instants = fc.date({ min: new Date('2026-06-01T12:00:00Z'), max: new Date('2036-01-01'), noInvalidDate: true })
const lengths: fc.Arbitrary<Cadence> = fc.oneof(
  fc.record({ unit: fc.constant('minute' as const), count: fc.integer({ min: 1, max: 10_080 }) }),
  fc.record({ unit: fc.constant('hour' as const), count: fc.integer({ min: 1, max: 168 }) }),
)

describe('the next pass', () => {
  it('is of the same length in every zone on every day, and the second calculator finds the same', () => {
    fc.assert(
      fc.property(instants, zones, lengths, (from, where, cadence) => {
        const pass = nextPass(subscriptionOf({ price: priced('automatic', cadence) }), { at: from, zone: where, occasion: 'request' })
        if (pass === undefined) throw new Error('a pass is always to be had')
        const lengthMs = cadence.count * (cadence.unit === 'hour' ? 3_600_000 : 60_000)
        expect(pass.validity.until.getTime() - pass.validity.from.getTime()).toBe(lengthMs)
        const [charge] = pass.charges
        const facts = { price: money(2_000n, 'KES'), cadence, taxClass: 'internet', pricing: 'inclusive', startsOn: '2026-06-01' } as const
        const written = { from: pass.validity.from.toISOString(), until: pass.validity.until.toISOString(), zone: where }
        const period = charge?.period ?? { start: '', end: '' }
        const expected = expectedPass({ ...facts, anchorDay: 1, period, taxPoint: period.start }, written)
        expect([expected.period, expected.validUntil]).toEqual([charge?.period, written.until])
      }),
    )
  })

  it('is bought as its price says: by time or by a payment alone, and ahead only by who asks for it', () => {
    const running = { passUntil: plusMs(at, 60_000) }
    const occasions = ['run', 'sale', 'payment', 'request'] as const
    const answers = (changes: Partial<Subscription>, policy: PassRenewalPolicy) =>
      occasions.map((one) => offered(sold(changes, policy), one))
    expect(answers({}, 'automatic')).toEqual([true, true, true, true])
    expect(answers({}, 'on_payment')).toEqual([false, true, true, true])
    expect(answers(running, 'automatic')).toEqual([false, false, false, true])
    expect(answers(running, 'on_payment')).toEqual([false, false, true, true])
  })

  it('is none before the start, in a pause, or once a cancellation is noted', () => {
    expect(offered(sold({ startsOn: civilDate('2026-06-02') }), 'request')).toBeUndefined()
    expect(offered(sold({ pauses: [{ from: civilDate('2026-06-01') }] }), 'request')).toBeUndefined()
    expect(offered(sold({ status: 'cancelled', cancelledOn: civilDate('2026-06-09') }), 'request')).toBeUndefined()
  })

  it('is charged by no run of days, which know only the first day on which it may be bought', () => {
    expect(nextSpan(sold())).toBeUndefined()
    expect(nextInvoiceOn(sold(), 7)).toBe('2026-06-01')
    expect(chargesDue(sold(), civilDate('2026-07-01'), { leadDays: 7 })).toEqual({
      charges: [],
      billedUntil: '2026-06-01',
      capped: false,
      nextInvoiceOn: '2026-06-01',
    })
  })

  it('follows days, and days follow it', () => {
    const day = civilDate('2026-06-10')
    const monthly = subscriptionOf({ billedUntil: civilDate('2026-07-01') })
    const course = changePlan(monthly, priced(), 'now_restarted', day)
    expect(course).toMatchObject({ billedUntil: day, released: { from: day } })
    const passes = { ...withTerms(monthly, course.terms), billedUntil: course.billedUntil }
    expect(passTermsOn(passes, day)?.price.cadence.unit).toBe('hour')
    const back = changePlan(passes, priceOf(), 'at_period_end', civilDate('2026-06-12'))
    expect(back).toMatchObject({ billedUntil: '2026-06-12', terms: [{ origin: '2026-06-12', anchorDay: 12 }] })
    const expired = subscriptionOf({ price: priceOf({ billing: 'prepaid' }), billedUntil: civilDate('2026-06-05') })
    expect(changePlan(expired, priced(), 'now_prorated', day).billedUntil).toBe(day)
  })
})

describe('the line of a pass', () => {
  const stateAt = (when: Instant, bought: readonly Validity[]) =>
    decideAccess({
      today: civilDateAt(when, zone),
      subscription: {
        ...{ status: 'active', startsOn: civilDate('2026-06-01'), billing: 'prepaid', graceDays: 5, pauses: [] },
        billedUntil: civilDate('2026-06-01'),
        passes: { at: when, bought },
      },
      openInvoices: [],
      // Neither spares a pass.
      extendedUntil: civilDate('2030-01-01'),
      overdraftMinor: 1_000_000n,
      profile: priced().profile,
    })

  it('is on from its first millisecond to its last, and time alone is never asked for by day', () => {
    const pass = { from: at, until: plusMs(at, 3_600_000) }
    expect([-1, 0, 3_599_999, 3_600_000].map((ms) => stateAt(plusMs(at, ms), [pass]))).toMatchObject([
      { state: 'suspended', reason: 'expired' },
      { state: 'active', reason: 'paid' },
      { state: 'active', reason: 'paid' },
      { state: 'suspended', reason: 'expired' },
    ])
    expect(stateAt(at, [pass]).recheckOn).toBeUndefined()
  })
})
