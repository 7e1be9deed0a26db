import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { civilDates } from '../../test/arbitraries.ts'
import { addDays, civilDate } from '../time/calendar.ts'
import { noticesOwed } from './next-step.ts'
import { type DunningPolicy, defaultDunningPolicy } from './policy.ts'

const invoice = { dueOn: civilDate('2026-06-10'), openMinor: 250_000n }
const owed = (today: string, done: readonly string[] = [], openMinor = 250_000n) =>
  noticesOwed({ ...invoice, openMinor }, done, civilDate(today), defaultDunningPolicy).map(({ step, action }) => `${action} ${step.key}`)

const policies: fc.Arbitrary<DunningPolicy> = fc
  .uniqueArray(fc.integer({ min: -15, max: 30 }), { minLength: 1, maxLength: 6 })
  .map((days) => ({ steps: days.map((daysFromDue) => ({ key: `day_${daysFromDue}`, daysFromDue, message: 'invoice_due' as const })) }))

/** The notices of each day on which the run happens. */
function runOn(policy: DunningPolicy, dueOn: typeof invoice.dueOn, ages: readonly number[]) {
  const done: string[] = []
  const sentOn = new Map<string, number>()
  for (const age of ages) {
    for (const { step, action } of noticesOwed({ dueOn, openMinor: 1n }, done, addDays(dueOn, age), policy)) {
      if (done.includes(step.key)) expect.fail(`${step.key} comes twice`)
      done.push(step.key)
      if (action === 'send') sentOn.set(step.key, age)
    }
  }
  return { done: new Set(done), sentOn }
}

describe('notices owed', () => {
  it('come on their day', () => {
    expect(owed('2026-06-04')).toEqual([])
    expect(owed('2026-06-05')).toEqual(['send before_due'])
    expect(owed('2026-06-10', ['before_due'])).toEqual(['send due'])
    expect(owed('2026-06-11', ['before_due', 'due'])).toEqual(['send after_due'])
    expect(owed('2026-07-11', ['before_due', 'due', 'after_due'])).toEqual([])
  })

  it('come late when the run was late, but only the latest', () => {
    expect(owed('2026-06-08')).toEqual(['send before_due'])
    expect(owed('2026-06-10')).toEqual(['skip before_due', 'send due'])
    expect(owed('2026-06-20')).toEqual(['skip before_due', 'skip due', 'send after_due'])
    expect(owed('2026-06-20', ['before_due'])).toEqual(['skip due', 'send after_due'])
  })

  it('never go back: after a later step an older one is skipped', () => {
    expect(owed('2026-06-20', ['after_due'])).toEqual(['skip before_due', 'skip due'])
  })

  it('are none for an invoice that is paid', () => {
    expect(owed('2026-06-20', [], 0n)).toEqual([])
    expect(owed('2026-06-20', [], -1n)).toEqual([])
    expect(owed('2026-06-20', [], 1n)).toHaveLength(3)
  })

  it('run daily end with the same steps done as run once late, and never send one twice', () => {
    fc.assert(
      fc.property(policies, civilDates, fc.integer({ min: -20, max: 40 }), (policy, dueOn, last) => {
        const everyDay = Array.from({ length: last + 21 }, (_, day) => day - 20)
        const daily = runOn(policy, dueOn, everyDay)
        const late = runOn(policy, dueOn, [last])
        expect(late.done).toEqual(daily.done)
        // What the late run still sends is the latest the daily run sent, and nothing else is of use by now.
        expect([...late.sentOn.keys()]).toEqual([...daily.sentOn.keys()].slice(-1))
      }),
      { numRuns: 500 },
    )
  })

  it('on any days of running send each step at most once, in order of age and never early', () => {
    const someDays = fc.uniqueArray(fc.integer({ min: -20, max: 40 }), { maxLength: 25 }).map((days) => days.sort((a, b) => a - b))
    fc.assert(
      fc.property(policies, civilDates, someDays, (policy, dueOn, days) => {
        const { sentOn } = runOn(policy, dueOn, days)
        const sent = [...sentOn].map(([key, age]) => ({
          age,
          daysFromDue: policy.steps.find((step) => step.key === key)?.daysFromDue ?? 0,
        }))
        for (const [index, { age, daysFromDue }] of sent.entries()) {
          expect(age).toBeGreaterThanOrEqual(daysFromDue)
          expect(daysFromDue).toBeGreaterThan(sent[index - 1]?.daysFromDue ?? Number.NEGATIVE_INFINITY)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('of two steps on one day send the one that is written last', () => {
    const policy: DunningPolicy = {
      steps: [
        { key: 'mild', daysFromDue: 0, message: 'invoice_due' },
        { key: 'stern', daysFromDue: 0, message: 'invoice_overdue' },
      ],
    }
    const notices = noticesOwed(invoice, [], invoice.dueOn, policy)
    expect(notices.map(({ step, action }) => `${action} ${step.key}`)).toEqual(['skip mild', 'send stern'])
  })
})
