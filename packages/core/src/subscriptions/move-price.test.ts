import { describe, expect, it } from 'vitest'
import { idOf } from '../../test/arbitraries.ts'
import { priceOf, subscriptionOf, termsOf } from '../../test/nouns.ts'
import { civilDate } from '../time/calendar.ts'
import { addOnTerms, followBase } from './add-on.ts'
import { moveToPrice, replaces } from './move-price.ts'

const on = civilDate
const today = on('2026-06-10')

describe('a new version of a price', () => {
  const newer = priceOf({ version: 4, effectiveFrom: on('2026-06-20') })
  const from = (subscription: Parameters<typeof moveToPrice>[0], price = newer) => moveToPrice(subscription, price, today)?.terms[0]?.from

  it('replaces older ones of the plan for the same buyers', () => {
    expect(replaces(newer, priceOf())).toBe(true)
    for (const other of [
      priceOf({ version: 5 }),
      priceOf({ planId: idOf('plan', 2) }),
      priceOf({ segment: 'school' }),
      priceOf({ branchId: idOf('branch', 1) }),
    ])
      expect(replaces(newer, other)).toBe(false)
  })

  it('holds from the first period that begins when it is in force and is not charged', () => {
    expect(from(subscriptionOf({ billedUntil: on('2026-06-01') }))).toBe('2026-07-01')
    expect(from(subscriptionOf({ billedUntil: on('2026-08-01') }))).toBe('2026-08-01')
    expect(from(subscriptionOf(), priceOf({ version: 4, effectiveFrom: on('2026-07-01') }))).toBe('2026-07-01')
  })

  it('holds for what ran out when it is bought again, and not before it is in force', () => {
    const expired = subscriptionOf({ startsOn: on('2026-01-01'), price: priceOf({ billing: 'prepaid' }), billedUntil: on('2026-02-01') })
    const prepaid = priceOf({ billing: 'prepaid', version: 4, effectiveFrom: on('2026-03-01') })
    expect(from(expired, prepaid)).toBe(today)
    expect(from(expired, { ...prepaid, effectiveFrom: on('2026-06-15') })).toBe('2026-06-15')
  })

  it('keeps periods and phases, takes what was noted with it, and leaves what is of another plan', () => {
    const away = termsOf({ number: 2, from: on('2026-08-01'), price: priceOf({ planId: idOf('plan', 2) }) })
    const course = moveToPrice(subscriptionOf({ terms: [termsOf({ until: on('2026-08-01'), periodsBefore: 2 }), away] }), newer, today)
    expect(course?.terms).toMatchObject([{ number: 3, price: newer, from: '2026-07-01', until: '2026-08-01', periodsBefore: 2 }])
    expect(moveToPrice(subscriptionOf({ terms: [away] }), newer, today)).toBeUndefined()
  })
})

describe('an add-on', () => {
  it('has the periods of its base, and begins new ones with it', () => {
    const base = subscriptionOf({ startsOn: on('2026-01-31'), anchorDay: 31 })
    expect(addOnTerms(base, priceOf(), on('2026-03-15'))).toMatchObject({
      origin: '2026-02-28',
      anchorDay: 31,
      from: '2026-03-15',
      periodsBefore: 0,
    })
    const addOn = subscriptionOf({ billedUntil: on('2026-08-01') })
    const restarted = termsOf({ origin: on('2026-07-10'), anchorDay: 10, from: on('2026-07-10') })
    expect(followBase(addOn, restarted)).toMatchObject({
      terms: [{ number: 2, origin: '2026-07-10', anchorDay: 10, from: '2026-07-10', periodsBefore: 1 }],
      billedUntil: '2026-07-10',
      released: { from: '2026-07-10' },
    })
  })
})
