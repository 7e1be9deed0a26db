import { addDays, type CivilDate } from '../time/calendar.ts'
import type { DunningPolicy } from './policy.ts'
import { type DunningStep, lateDaysDefault } from './step.ts'

/** Why a step that was owed is not sent. */
export type SkipReason = 'later_step_owed' | 'decided_later' | 'too_late'
export type NoticeOwed = { readonly step: DunningStep; readonly owedOn: CivilDate } & (
  | { readonly action: 'send' }
  | { readonly action: 'skip'; readonly reason: SkipReason }
)

/** A step that was sent or skipped, under whichever policy held then, and the day it was for. */
export type NoticeDone = { readonly key: string; readonly owedOn: CivilDate }

/** Whether it was reminded of the latest of these ages that it has come to: then it owes nothing more, under whichever policy. */
export function isReminded(
  { dueOn, done }: { readonly dueOn: CivilDate; readonly done: readonly NoticeDone[] },
  today: CivilDate,
  ages: readonly number[],
): boolean {
  const latest = ages
    .map((age) => addDays(dueOn, age))
    .filter((day) => day <= today)
    .at(-1)
  return latest === undefined || done.some(({ owedOn }) => owedOn >= latest)
}

/**
 * The steps an unpaid invoice has reached and not done. Only the latest is sent; older ones would tell what is no longer
 * so, and are skipped, as is what would be older than a notice that is done already, also one of another policy.
 */
export function noticesOwed(
  invoice: { readonly dueOn: CivilDate; readonly openMinor: bigint },
  done: readonly NoticeDone[],
  today: CivilDate,
  policy: DunningPolicy,
): readonly NoticeOwed[] {
  if (invoice.openMinor <= 0n) return []
  const reached = policy.steps
    .map((step) => ({ step, owedOn: addDays(invoice.dueOn, step.daysFromDue) }))
    .filter(({ owedOn }) => owedOn <= today)
    .sort((left, right) => left.step.daysFromDue - right.step.daysFromDue)
  const latest = reached.at(-1)
  return reached
    .filter(({ step }) => !done.some(({ key }) => key === step.key))
    .map((one) => {
      const reason = one === latest ? reasonToSkip(one, done, today) : 'later_step_owed'
      return reason === undefined ? { ...one, action: 'send' } : { ...one, action: 'skip', reason }
    })
}

function reasonToSkip(
  { step: { since, lateDays = lateDaysDefault }, owedOn }: { readonly step: DunningStep; readonly owedOn: CivilDate },
  done: readonly NoticeDone[],
  today: CivilDate,
): SkipReason | undefined {
  if (done.some((notice) => notice.owedOn >= owedOn)) return 'later_step_owed'
  if (since !== undefined && owedOn < since) return 'decided_later'
  return today > addDays(owedOn, lateDays) ? 'too_late' : undefined
}
