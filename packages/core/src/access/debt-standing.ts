import { planHoldsUntil } from '../receivables/instalment-plan.ts'
import { addDays, type CivilDate } from '../time/calendar.ts'
import type { AccessReason } from './access-state.ts'
import { defaultCutOffPolicy, nextCutOffDay } from './cut-off-policy.ts'
import type { AccessInput, OpenDebt } from './entitlement.ts'

/** What debt says of a line: `cut_off`, or why it stays on. */
type DebtStanding = Extract<
  AccessReason,
  'paid' | 'in_grace' | 'on_instalments' | 'in_overdraft' | 'below_minimum' | 'extended' | 'cut_off_waits'
>

type Debt = {
  readonly dueOn: CivilDate
  readonly openMinor: bigint
  /** The first day on which its grace is over. */
  readonly ripeOn: CivilDate
  /** The first day on which no instalment plan holds it. */
  readonly heldUntil?: CivilDate
}

/**
 * What the debts say on any day, as long as nothing else happens. More falls due and what holds them ends, so once they cut
 * off they do so for good: `cutOffOn` is the first such day that is no protected one. A line that is off stays off on a
 * protected day, and one that is on is not switched off on it.
 */
export function standingOfDebts(input: AccessInput): {
  readonly on: (day: CivilDate) => DebtStanding | 'cut_off'
  /** The days on which the answer may turn, in no order. */
  readonly turningDays: readonly CivilDate[]
} {
  const { extendedUntil, cutOff = defaultCutOffPolicy } = input
  const debts = input.openInvoices.filter(({ openMinor }) => openMinor > 0n).map((debt) => debtOf(debt, input.subscription.graceDays))
  const sparedOn = (day: CivilDate): DebtStanding | undefined => {
    const overdue = debts.filter(({ dueOn }) => dueOn < day)
    if (overdue.length === 0) return 'paid'
    const ripe = overdue.filter(({ ripeOn }) => ripeOn <= day)
    if (ripe.length === 0) return 'in_grace'
    const owed = ripe.filter(({ heldUntil }) => heldUntil === undefined || heldUntil <= day)
    if (owed.length === 0) return 'on_instalments'
    const owedMinor = owed.reduce((sum, { openMinor }) => sum + openMinor, 0n)
    if (owedMinor <= (input.overdraftMinor ?? 0n)) return 'in_overdraft'
    if (owedMinor < cutOff.minimumDebtMinor) return 'below_minimum'
    return extendedUntil !== undefined && day < extendedUntil ? 'extended' : undefined
  }
  const ends = [
    ...debts.flatMap(({ ripeOn, heldUntil }) => [ripeOn, ...(heldUntil === undefined ? [] : [heldUntil])]),
    ...(extendedUntil === undefined ? [] : [extendedUntil]),
  ].sort()
  const unsparedOn = ends.find((day) => sparedOn(day) === undefined)
  const cutOffOn = unsparedOn === undefined ? undefined : nextCutOffDay(unsparedOn, cutOff)
  return {
    on: (day) => sparedOn(day) ?? (cutOffOn !== undefined && day >= cutOffOn ? 'cut_off' : 'cut_off_waits'),
    turningDays: [...debts.map(({ dueOn }) => addDays(dueOn, 1)), ...ends, ...(cutOffOn === undefined ? [] : [cutOffOn])],
  }
}

const debtOf = ({ dueOn, openMinor, plan }: OpenDebt, graceDays: number): Debt => ({
  dueOn,
  openMinor,
  ripeOn: addDays(dueOn, graceDays + 1),
  ...(plan && { heldUntil: planHoldsUntil(plan) }),
})
