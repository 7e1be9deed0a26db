import type { CivilDate } from '../time/calendar.ts'
import { type DunningStep, lateDaysDefault } from './step.ts'

/** The rules for late payers. */
export type DunningPolicy = { readonly steps: readonly DunningStep[] }

/** Holds where an organisation has decided nothing. */
export const defaultDunningPolicy: DunningPolicy = {
  steps: [
    { key: 'before_due', daysFromDue: -5, message: 'invoice_before_due' },
    { key: 'due', daysFromDue: 0, message: 'invoice_due' },
    { key: 'after_due', daysFromDue: 1, message: 'invoice_overdue' },
  ],
}

/**
 * The steps as they hold from today on. One that stays at its age goes on as it was, so what it owes and has not sent is
 * still sent; one that is new or was moved begins today, so it never sends what its day has passed for.
 */
export const changeSteps = (
  before: readonly DunningStep[],
  after: readonly Omit<DunningStep, 'since'>[],
  today: CivilDate,
): readonly DunningStep[] =>
  after.map((step) => {
    const same = before.find(({ key, daysFromDue }) => key === step.key && daysFromDue === step.daysFromDue)
    if (!same) return { ...step, since: today }
    return same.since === undefined ? step : { ...step, since: same.since }
  })

/** The ages an invoice has on the days of these policies' steps, in order, and the age from which on none is sent any more. */
export function agesOfUse(policies: readonly DunningPolicy[]): { readonly ages: readonly number[]; readonly last: number } {
  const steps = policies.flatMap((policy) => policy.steps)
  return {
    ages: [...new Set(steps.map(({ daysFromDue }) => daysFromDue))].sort((left, right) => left - right),
    last: Math.max(...steps.map(({ daysFromDue, lateDays = lateDaysDefault }) => daysFromDue + lateDays)),
  }
}
