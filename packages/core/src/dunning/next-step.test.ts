import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { civilDates } from '../../test/arbitraries.ts'
import { addDays, type CivilDate, civilDate } from '../time/calendar.ts'
import { isReminded, type NoticeDone, noticesOwed } from './next-step.ts'
import { changeSteps, type DunningPolicy, defaultDunningPolicy } from './policy.ts'
import type { DunningStep } from './step.ts'

const invoice = { dueOn: civilDate('2026-06-10'), openMinor: 250_000n }
const doneOf = (keys: readonly string[], { steps }: DunningPolicy = defaultDunningPolicy): NoticeDone[] =>
  steps.filter(({ key }) => keys.includes(key)).map(({ key, daysFromDue }) => ({ key, owedOn: addDays(invoice.dueOn, daysFromDue) }))
const say = (notices: ReturnType<typeof noticesOwed>): string[] => notices.map(({ step, action }) => `${action} ${step.key}`)
const owed = (today: string, done: readonly string[] = [], openMinor = 250_000n) =>
  say(noticesOwed({ ...invoice, openMinor }, doneOf(done), civilDate(today), defaultDunningPolicy))

const stepAt = (daysFromDue: number): DunningStep => ({ key: `day_${daysFromDue}`, daysFromDue, message: 'invoice_due', lateDays: 90 })
const policies: fc.Arbitrary<DunningPolicy> = fc
  .uniqueArray(fc.integer({ min: -15, max: 30 }), { minLength: 1, maxLength: 6 })
  .map((days) => ({ steps: days.map(stepAt) }))

type Sent = { readonly key: string; readonly age: number; readonly owedAge: number }

/** The notices of each day on which the run happens, by the policy of that day. */
function runOn(policyAt: (age: number) => DunningPolicy, dueOn: CivilDate, ages: readonly number[]) {
  const done: NoticeDone[] = []
  const sent: Sent[] = []
  for (const age of ages) {
    for (const { step, owedOn, action } of noticesOwed({ dueOn, openMinor: 1n }, done, addDays(dueOn, age), policyAt(age))) {
      if (done.some(({ key }) => key === step.key)) expect.fail(`${step.key} comes twice`)
      done.push({ key: step.key, owedOn })
      if (action === 'send') sent.push({ key: step.key, age, owedAge: step.daysFromDue })
    }
  }
  return { done: new Set(done.map(({ key }) => key)), sent }
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

  it('are sent as late as the step allows, by itself for 45 days', () => {
    const policy = (lateDays?: number): DunningPolicy => ({
      steps: [{ key: 'due', daysFromDue: 0, message: 'invoice_due', ...(lateDays === undefined ? {} : { lateDays }) }],
    })
    const on = (today: string, lateDays?: number) => noticesOwed(invoice, [], civilDate(today), policy(lateDays))
    expect(say(on('2026-06-10', 0))).toEqual(['send due'])
    expect(on('2026-06-11', 0)).toMatchObject([{ action: 'skip', reason: 'too_late' }])
    expect(say(on('2026-07-25'))).toEqual(['send due'])
    expect(say(on('2026-07-26'))).toEqual(['skip due'])
  })

  it('of a policy that took over do not repeat what the one before sent', () => {
    const other: DunningPolicy = { steps: [stepAt(0), stepAt(1), stepAt(7)] }
    const done = doneOf(['before_due', 'due', 'after_due'])
    expect(noticesOwed(invoice, done, civilDate('2026-06-13'), other)).toMatchObject([
      { step: { key: 'day_0' }, action: 'skip' },
      { step: { key: 'day_1' }, action: 'skip', reason: 'later_step_owed' },
    ])
    expect(say(noticesOwed(invoice, [...done, ...doneOf(['day_0', 'day_1'], other)], civilDate('2026-06-17'), other))).toEqual([
      'send day_7',
    ])
  })

  it('run daily end with the same steps done as run once late, and never send one twice', () => {
    fc.assert(
      fc.property(policies, civilDates, fc.integer({ min: -20, max: 40 }), (policy, dueOn, last) => {
        const everyDay = Array.from({ length: last + 21 }, (_, day) => day - 20)
        const daily = runOn(() => policy, dueOn, everyDay)
        const late = runOn(() => policy, dueOn, [last])
        expect(late.done).toEqual(daily.done)
        // What the late run still sends is the latest the daily run sent, and nothing else is of use by now.
        expect(late.sent.map(({ key }) => key)).toEqual(daily.sent.map(({ key }) => key).slice(-1))
      }),
      { numRuns: 500 },
    )
  })

  it('on any days of running, under policies that change, are sent once, in order of age, never early and never as old news', () => {
    const someDays = fc.uniqueArray(fc.integer({ min: -20, max: 40 }), { maxLength: 25 }).map((days) => days.sort((a, b) => a - b))
    const changes = fc.array(fc.record({ age: fc.integer({ min: -20, max: 40 }), policy: policies }), { maxLength: 4 })
    fc.assert(
      fc.property(policies, changes, civilDates, someDays, (first, later, dueOn, days) => {
        const history: { from: number; policy: DunningPolicy }[] = [{ from: Number.NEGATIVE_INFINITY, policy: first }]
        for (const { age, policy } of later.sort((a, b) => a.age - b.age)) {
          const before = history.at(-1)?.policy.steps ?? []
          history.push({ from: age, policy: { steps: changeSteps(before, policy.steps, addDays(dueOn, age)) } })
        }
        const policyAt = (age: number) => history.findLast(({ from }) => from <= age)?.policy ?? first
        const { sent } = runOn(policyAt, dueOn, days)
        expect(new Set(sent.map(({ key }) => key)).size).toBe(sent.length)
        for (const [index, { key, age, owedAge }] of sent.entries()) {
          expect(age).toBeGreaterThanOrEqual(owedAge)
          expect(owedAge).toBeGreaterThan(sent[index - 1]?.owedAge ?? Number.NEGATIVE_INFINITY)
          const since = policyAt(age).steps.find((step) => step.key === key)?.since
          if (since !== undefined) expect(addDays(dueOn, owedAge) >= since).toBe(true)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('are none to send for an invoice that was reminded of the latest age it has come to', () => {
    fc.assert(
      fc.property(
        policies,
        civilDates,
        fc.integer({ min: -20, max: 40 }),
        fc.integer({ min: -20, max: 40 }),
        (policy, dueOn, age, later) => {
          const done = noticesOwed({ dueOn, openMinor: 1n }, [], addDays(dueOn, age), policy).map(({ step, owedOn }) => ({
            key: step.key,
            owedOn,
          }))
          const today = addDays(dueOn, Math.max(age, later))
          const ages = policy.steps.map(({ daysFromDue }) => daysFromDue).sort((a, b) => a - b)
          const owes = noticesOwed({ dueOn, openMinor: 1n }, done, today, policy).some(({ action }) => action === 'send')
          expect(isReminded({ dueOn, done }, today, ages)).toBe(!owes)
        },
      ),
    )
  })

  it('of two steps on one day send the one that is written last', () => {
    const policy: DunningPolicy = {
      steps: [
        { key: 'mild', daysFromDue: 0, message: 'invoice_due' },
        { key: 'stern', daysFromDue: 0, message: 'invoice_overdue' },
      ],
    }
    expect(say(noticesOwed(invoice, [], invoice.dueOn, policy))).toEqual(['skip mild', 'send stern'])
  })
})
