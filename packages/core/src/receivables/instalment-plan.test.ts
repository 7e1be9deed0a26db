import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { amountsMinor, civilDates } from '../../test/arbitraries.ts'
import { money } from '../money/money.ts'
import { addDays, civilDate } from '../time/calendar.ts'
import { drawUpInstalments, type PlanStanding, planHoldsUntil, planStatusOn } from './instalment-plan.ts'

const today = civilDate('2026-06-10')
const kes = (amountMinor: bigint) => money(amountMinor, 'KES')
const days = (...texts: string[]) => texts.map((text) => ({ dueOn: civilDate(text) }))

describe('instalments', () => {
  it('are equal parts, the first ones a cent more when it does not divide', () => {
    expect(drawUpInstalments(kes(100_000n), days('2026-06-10', '2026-06-20', '2026-06-30'), today)).toEqual({
      outcome: 'drawn_up',
      instalments: [
        { dueOn: '2026-06-10', amountMinor: 33_334n },
        { dueOn: '2026-06-20', amountMinor: 33_333n },
        { dueOn: '2026-06-30', amountMinor: 33_333n },
      ],
    })
  })

  it('are the amounts that were agreed on', () => {
    const parts = [
      { dueOn: civilDate('2026-06-15'), amountMinor: 70_000n },
      { dueOn: civilDate('2026-07-15'), amountMinor: 30_000n },
    ]
    expect(drawUpInstalments(kes(100_000n), parts, today)).toEqual({ outcome: 'drawn_up', instalments: parts })
  })

  it.each([
    ['none at all', [], 'A plan has 1 to 60 instalments.'],
    ['one in the past', days('2026-06-09'), 'The first instalment is not before 2026-06-10.'],
    ['two on a day', days('2026-06-11', '2026-06-11'), 'Each instalment is on a later day than the one before.'],
    [
      'one without its amount',
      [{ dueOn: today, amountMinor: 1n }, ...days('2026-06-11')],
      'Give every instalment its amount, or none of them.',
    ],
    ['another sum', [{ dueOn: today, amountMinor: 1n }], 'The instalments sum to 0.01, and the invoices to 0.02.'],
    ['more parts than cents', days('2026-06-11', '2026-06-12', '2026-06-13'), 'Each instalment is above zero.'],
  ])('are refused: %s', (_title, parts, message) => {
    expect(drawUpInstalments(kes(2n), parts, today)).toEqual({
      outcome: 'rejected',
      code: 'invalid_instalments',
      message,
      field: 'instalments',
    })
  })

  it('sum to the debt, whatever it is and however many they are', () => {
    fc.assert(
      fc.property(amountsMinor, fc.integer({ min: 1, max: 60 }), (amountMinor, count) => {
        fc.pre(amountMinor >= BigInt(count))
        const parts = Array.from({ length: count }, (_, index) => ({ dueOn: addDays(today, index) }))
        const drawn = drawUpInstalments(kes(amountMinor), parts, today)
        if (drawn.outcome !== 'drawn_up') return expect.fail(drawn.message)
        expect(drawn.instalments.reduce((sum, part) => sum + part.amountMinor, 0n)).toBe(amountMinor)
      }),
    )
  })
})

describe('a plan', () => {
  const plan = (coveredMinor: bigint, changes: Partial<PlanStanding> = {}): PlanStanding => ({
    instalments: [
      { dueOn: civilDate('2026-06-15'), amountMinor: 300n },
      { dueOn: civilDate('2026-07-15'), amountMinor: 200n },
    ],
    coveredMinor,
    graceDays: 3,
    ...changes,
  })
  const on = (text: string, coveredMinor: bigint) => planStatusOn(plan(coveredMinor), civilDate(text))

  it('runs until the grace of an instalment that did not come is over', () => {
    expect(on('2026-06-18', 299n)).toBe('running')
    expect(on('2026-06-19', 299n)).toBe('broken')
    expect(on('2026-06-19', 300n)).toBe('running')
    expect(on('2026-07-18', 499n)).toBe('running')
    expect(on('2026-07-19', 499n)).toBe('broken')
  })

  it('is kept as soon as all of it is settled, early or late', () => {
    expect(on('2026-06-11', 500n)).toBe('kept')
    expect(on('2026-09-01', 500n)).toBe('kept')
  })

  it('holds nothing from the day it ended on', () => {
    expect(planHoldsUntil(plan(0n, { endedOn: civilDate('2026-06-12') }))).toBe('2026-06-12')
  })

  it('holds at least as long for more money, and breaks on the very day it holds no more', () => {
    const parts = fc.array(fc.record({ gap: fc.integer({ min: 1, max: 40 }), amountMinor: amountsMinor }), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(civilDates, parts, fc.nat(12), fc.bigInt({ min: 0n, max: 1_000n }), fc.nat(10), (start, gaps, paid, more, graceDays) => {
        let dueOn = start
        const instalments = gaps.map(({ gap, amountMinor }) => {
          dueOn = addDays(dueOn, gap)
          return { dueOn, amountMinor }
        })
        const coveredMinor = instalments.slice(0, paid).reduce((sum, { amountMinor }) => sum + amountMinor, 0n)
        const standing = { instalments, coveredMinor, graceDays }
        const until = planHoldsUntil(standing)
        expect(planHoldsUntil({ ...standing, coveredMinor: coveredMinor + more }) >= until).toBe(true)
        const whole = paid >= instalments.length
        expect(planStatusOn(standing, addDays(until, -1))).toBe(whole ? 'kept' : 'running')
        expect(planStatusOn(standing, until)).toBe(whole ? 'kept' : 'broken')
      }),
    )
  })
})
