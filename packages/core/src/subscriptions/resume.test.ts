import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anchors } from '../../test/arbitraries.ts'
import { priceOf, subscriptionOf, termsOf } from '../../test/nouns.ts'
import { chargesDue } from '../rating/charges-due.ts'
import { addDays, civilDate } from '../time/calendar.ts'
import { daysIn } from '../time/period.ts'
import { resumeOn, resumePaused } from './resume.ts'
import { withTerms } from './subscription.ts'

const on = civilDate

describe('after a pause', () => {
  const subscription = subscriptionOf({ billedUntil: on('2026-07-01') })
  const pausedFrom = (day: string, policy: 'bill' | 'skip' | 'extend') => ({ from: on(day), policy })

  it('skipped days are given back, and billed ones stay', () => {
    expect(resumePaused(subscription, pausedFrom('2026-06-10', 'skip'), on('2026-06-20'))).toEqual({
      terms: [],
      billedUntil: '2026-07-01',
      released: { from: '2026-06-10', until: '2026-06-20' },
    })
    expect(resumePaused(subscription, pausedFrom('2026-06-10', 'bill'), on('2026-06-20'))).toEqual({ terms: [], billedUntil: '2026-07-01' })
    expect(resumePaused(subscription, pausedFrom('2026-06-10', 'skip'), on('2026-06-10'))).toEqual({ terms: [], billedUntil: '2026-07-01' })
  })

  it('days that are extended follow, and phases go on with the next period', () => {
    expect(resumePaused(subscription, pausedFrom('2026-06-21', 'extend'), on('2026-08-05'))).toMatchObject({
      terms: [{ number: 2, origin: '2026-08-15', anchorDay: 15, from: '2026-08-15', periodsBefore: 1 }],
      billedUntil: '2026-08-15',
    })
  })

  it('terms that were to begin among the days that follow begin after them', () => {
    const next = termsOf({ number: 2, from: on('2026-07-01'), price: priceOf({ version: 9 }) })
    const noted = subscriptionOf({ terms: [termsOf({ until: on('2026-07-01') }), next], billedUntil: on('2026-07-01') })
    const course = resumePaused(noted, pausedFrom('2026-06-21', 'extend'), on('2026-06-26'))
    expect(course.terms).toMatchObject([
      { number: 3, from: '2026-06-26', until: '2026-07-06', price: { version: 3 } },
      { number: 4, from: '2026-07-06', origin: '2026-07-06', price: { version: 9 } },
    ])
    expect(withTerms(noted, course.terms).terms.map(({ number }) => number)).toEqual([1, 3, 4])
  })

  it('that a debt asked for, skipping charges the rest of the period and extending a whole one', () => {
    const stopped = subscriptionOf({ billedUntil: on('2026-06-01'), terms: [termsOf({ origin: on('2026-05-01') })] })
    const chargedFrom = (policy: 'skip' | 'extend') => {
      const { terms, billedUntil } = resumeOn(stopped, on('2026-06-21'), policy, on('2026-06-05'))
      return chargesDue({ ...withTerms(stopped, terms), billedUntil }, on('2026-06-21'), { leadDays: 0 }).charges.map(
        ({ period }) => period,
      )
    }
    expect(chargedFrom('skip')).toEqual([{ start: '2026-06-21', end: '2026-07-01' }])
    expect(chargedFrom('extend')).toEqual([{ start: '2026-06-21', end: '2026-07-21' }])
  })

  it('extended days are as many as were charged and not served, whenever it was paused and resumed', () => {
    fc.assert(
      fc.property(anchors, fc.nat(60), fc.nat(200), fc.nat(200), ({ startsOn, anchorDay, cadence }, after, ahead, off) => {
        const billedUntil = addDays(startsOn, after + ahead)
        const from = addDays(startsOn, after)
        const day = addDays(from, off + 1)
        const sold = subscriptionOf({ startsOn, anchorDay, price: priceOf({ cadence }), billedUntil })
        const course = resumePaused(sold, { from, policy: 'extend' }, day)
        expect(daysIn({ start: day, end: course.billedUntil })).toBe(daysIn({ start: from, end: billedUntil }))
      }),
    )
  })
})
