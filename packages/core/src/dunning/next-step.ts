import { type CivilDate, daysBetween } from '../time/calendar.ts'
import type { DunningPolicy } from './policy.ts'
import type { DunningStep } from './step.ts'

export type NoticeOwed = { readonly step: DunningStep; readonly action: 'send' | 'skip' }

/**
 * The steps an unpaid invoice has reached and not done. Only the latest is sent; older ones would tell what is no
 * longer so, and are skipped. Once a step is done, the older ones are never sent after it.
 */
export function noticesOwed(
  invoice: { readonly dueOn: CivilDate; readonly openMinor: bigint },
  done: readonly string[],
  today: CivilDate,
  policy: DunningPolicy,
): readonly NoticeOwed[] {
  if (invoice.openMinor <= 0n) return []
  const age = daysBetween(invoice.dueOn, today)
  const reached = policy.steps.filter(({ daysFromDue }) => daysFromDue <= age).sort((left, right) => left.daysFromDue - right.daysFromDue)
  const latest = reached.at(-1)
  return reached
    .filter(({ key }) => !done.includes(key))
    .map((step) => ({ step, action: step === latest ? ('send' as const) : ('skip' as const) }))
}
