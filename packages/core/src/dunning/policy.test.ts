import { describe, expect, it } from 'vitest'
import { idOf } from '../../test/arbitraries.ts'
import { civilDate } from '../time/calendar.ts'
import { agesOfUse, changeSteps, defaultDunningPolicy } from './policy.ts'
import { type Dunned, type DunningScope, resolveDunningPolicy } from './resolve-policy.ts'

const today = civilDate('2026-06-10')

describe('A policy that is changed', () => {
  const before = [
    { key: 'due', daysFromDue: 0, message: 'invoice_due' },
    { key: 'firm', daysFromDue: 7, message: 'invoice_overdue', since: civilDate('2026-01-01') },
  ] as const

  it('keeps the beginning of steps that stay at their age, whatever else of them changes', () => {
    const after = [
      { key: 'due', daysFromDue: 0, message: 'invoice_before_due', lateDays: 3 },
      { key: 'firm', daysFromDue: 7, message: 'invoice_overdue', channels: ['email'] },
    ] as const
    expect(changeSteps(before, after, today)).toEqual([after[0], { ...after[1], since: '2026-01-01' }])
  })

  it('begins today with steps that are new or were moved', () => {
    const after = [
      { key: 'due', daysFromDue: 1, message: 'invoice_due' },
      { key: 'last', daysFromDue: 14, message: 'invoice_overdue' },
    ] as const
    expect(changeSteps(before, after, today).map(({ since }) => since)).toEqual([today, today])
  })
})

describe('The ages of use', () => {
  it('are those of all steps, up to the last on which one may be late', () => {
    expect(agesOfUse([defaultDunningPolicy])).toEqual({ ages: [-5, 0, 1], last: 46 })
    const legal = { key: 'legal', daysFromDue: 180, message: 'invoice_overdue', lateDays: 10 } as const
    expect(agesOfUse([{ steps: [legal] }, defaultDunningPolicy, { steps: [] }])).toEqual({ ages: [-5, 0, 1, 180], last: 190 })
  })
})

describe('Of several policies', () => {
  const [north, south] = [idOf('branch', 1), idOf('branch', 2)]
  const [home, fibre, extra] = [idOf('plan', 1), idOf('plan', 2), idOf('plan', 3)]
  const scopes = {
    organisation: {},
    segment: { segment: 'school' },
    branch: { branchId: north },
    both: { branchId: north, segment: 'school' },
    plan: { planId: fibre },
    extra: { planId: extra },
  } as const satisfies Record<string, DunningScope>
  const pick = (names: readonly (keyof typeof scopes)[], who: Partial<Dunned>) =>
    resolveDunningPolicy(
      names.map((name) => ({ name, scope: scopes[name], steps: [] })),
      { branchId: north, segment: 'school', planIds: [home], ...who },
    )?.name

  it('the most specific wins: plan, segment of a branch, branch, segment, organisation', () => {
    const order = ['plan', 'both', 'branch', 'segment', 'organisation'] as const
    for (const [index, name] of order.entries()) {
      expect(pick(order.slice(index), { planIds: [fibre] })).toBe(name)
      expect(pick(order.slice(index).reverse(), { planIds: [fibre] })).toBe(name)
    }
    expect(pick([], {})).toBeUndefined()
  })

  it('one of another branch, segment or plan is no choice', () => {
    expect(pick(['plan', 'both', 'branch', 'segment'], { branchId: south, segment: 'home' })).toBeUndefined()
    expect(pick(['both', 'segment'], { branchId: south })).toBe('segment')
    expect(pick(['both', 'branch'], { segment: 'home' })).toBe('branch')
  })

  it('the first plan on the invoice that has one counts', () => {
    expect(pick(['plan', 'extra', 'organisation'], { planIds: [home, extra, fibre] })).toBe('extra')
  })
})
