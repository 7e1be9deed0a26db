import { type Rejection, rejected } from '../outcome.ts'
import { addDays, addMonths, type CivilDate, daysBetween } from '../time/calendar.ts'

/** A subscriber's promise to pay by a day; while it is approved and that day has not come, debt neither reminds nor cuts off. */
export const extensionStatuses = ['requested', 'approved', 'refused', 'kept', 'broken', 'withdrawn'] as const
export type ExtensionStatus = (typeof extensionStatuses)[number]

/** What may be promised, and what needs no person to approve it. */
export type ExtensionPolicy = {
  readonly daysMax: number
  /** How many are granted within so many months. */
  readonly countMax: number
  readonly perMonths: number
  /** Up to so many days are approved at once, unless a promise was broken within those months. */
  readonly automaticDaysMax: number
}

export const defaultExtensionPolicy: ExtensionPolicy = { daysMax: 7, countMax: 2, perMonths: 3, automaticDaysMax: 0 }

export type GrantedExtension = { readonly requestedOn: CivilDate; readonly status: ExtensionStatus }

/** What to answer to one who asks on that day to be spared before `until`. */
export function answerExtension(
  request: { readonly today: CivilDate; readonly until: CivilDate },
  granted: readonly GrantedExtension[],
  policy: ExtensionPolicy,
): { readonly outcome: 'approved' | 'requested' } | Rejection<'extension_too_long' | 'too_many_extensions' | 'extension_in_the_past'> {
  const { today, until } = request
  const days = daysBetween(today, until)
  if (days < 1) return rejected('extension_in_the_past', `Name a day after ${today}.`, 'until')
  if (days > policy.daysMax) {
    const latest = addDays(today, policy.daysMax)
    return rejected('extension_too_long', `An extension has at most ${policy.daysMax} days: name ${latest} or an earlier day.`, 'until')
  }
  const since = addMonths(today, -policy.perMonths)
  const recent = granted.filter(({ requestedOn }) => requestedOn > since)
  if (recent.length >= policy.countMax) {
    const had = `${recent.length} extensions since ${since}`
    return rejected('too_many_extensions', `The subscriber had ${had}; ${policy.countMax} are allowed in ${policy.perMonths} months.`)
  }
  const trusted = recent.every(({ status }) => status !== 'broken')
  return { outcome: trusted && days <= policy.automaticDaysMax ? 'approved' : 'requested' }
}

/**
 * What becomes of a promise on a day: kept once what was owed when it was made is settled and nothing waits to be bought,
 * broken when its day came first.
 */
export function promiseStatusOn(
  { until, openMinor, awaitsCredit }: { readonly until: CivilDate; readonly openMinor: bigint; readonly awaitsCredit: boolean },
  day: CivilDate,
): 'approved' | 'kept' | 'broken' {
  if (openMinor <= 0n && !awaitsCredit) return 'kept'
  return day < until ? 'approved' : 'broken'
}
