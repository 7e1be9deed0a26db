import type { DunningStep } from './step.ts'

/** The rules for late payers. */
export type DunningPolicy = { readonly steps: readonly DunningStep[] }

export const defaultDunningPolicy: DunningPolicy = {
  steps: [
    { key: 'before_due', daysFromDue: -5, message: 'invoice_before_due' },
    { key: 'due', daysFromDue: 0, message: 'invoice_due' },
    { key: 'after_due', daysFromDue: 1, message: 'invoice_overdue' },
  ],
}
