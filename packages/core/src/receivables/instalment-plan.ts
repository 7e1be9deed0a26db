import { type Money, money, toDecimal } from '../money/money.ts'
import { splitByWeights } from '../money/split.ts'
import { invariant, type Rejection, rejected } from '../outcome.ts'
import { addDays, type CivilDate } from '../time/calendar.ts'

/** A debt that is paid in parts. As long as each part comes, the debt is held: no reminder, no cut-off. */
export type Instalment = { readonly dueOn: CivilDate; readonly amountMinor: bigint }

export const instalmentPlanStatuses = ['running', 'kept', 'broken', 'withdrawn'] as const
export type InstalmentPlanStatus = (typeof instalmentPlanStatuses)[number]

/** A plan with how much of its debt is settled since it began, by whatever means. */
export type PlanStanding = {
  /** In the order of their days. */
  readonly instalments: readonly Instalment[]
  readonly coveredMinor: bigint
  /** Days after an instalment's day for which the plan waits. */
  readonly graceDays: number
  /** Since when it holds nothing any more, because it was broken or withdrawn. */
  readonly endedOn?: CivilDate
}

/** More parts than this make no plan that anyone follows. */
export const instalmentsMax = 60

/** The parts of a debt, on the given days: of the given amounts, or equal ones. They sum to the debt exactly. */
export function drawUpInstalments(
  debt: Money,
  parts: readonly { readonly dueOn: CivilDate; readonly amountMinor?: bigint }[],
  today: CivilDate,
): { readonly outcome: 'drawn_up'; readonly instalments: readonly Instalment[] } | Rejection<'invalid_instalments'> {
  invariant(debt.amountMinor > 0n, 'only a debt is paid in parts')
  const refuse = (message: string) => rejected('invalid_instalments', message, 'instalments')
  const [first] = parts
  if (!first || parts.length > instalmentsMax) return refuse(`A plan has 1 to ${instalmentsMax} instalments.`)
  if (first.dueOn < today) return refuse(`The first instalment is not before ${today}.`)
  if (parts.some(({ dueOn }, index) => index > 0 && dueOn <= (parts[index - 1]?.dueOn ?? dueOn)))
    return refuse('Each instalment is on a later day than the one before.')
  const given = parts.flatMap(({ amountMinor }) => (amountMinor === undefined ? [] : [amountMinor]))
  if (given.length > 0 && given.length < parts.length) return refuse('Give every instalment its amount, or none of them.')
  const amounts = given.length > 0 ? given : equalParts(debt, parts.length)
  const sum = amounts.reduce((total, amount) => total + amount, 0n)
  if (sum !== debt.amountMinor) {
    const [given, owed] = [toDecimal(money(sum, debt.currency)), toDecimal(debt)]
    return refuse(`The instalments sum to ${given}, and the invoices to ${owed}.`)
  }
  if (amounts.some((amount) => amount <= 0n)) return refuse('Each instalment is above zero.')
  return { outcome: 'drawn_up', instalments: parts.map(({ dueOn }, index) => ({ dueOn, amountMinor: amounts[index] as bigint })) }
}

const equalParts = (debt: Money, count: number): readonly bigint[] =>
  splitByWeights(debt, Array<bigint>(count).fill(1n)).map(({ amountMinor }) => amountMinor)

/** The first day on which the plan holds its debt no more, as long as nothing else is paid. */
export function planHoldsUntil({ instalments, coveredMinor, graceDays, endedOn }: PlanStanding): CivilDate {
  if (endedOn !== undefined) return endedOn
  let dueMinor = 0n
  const missed = instalments.find(({ amountMinor }) => {
    dueMinor += amountMinor
    return dueMinor > coveredMinor
  })
  const last = missed ?? instalments.at(-1)
  invariant(last !== undefined, 'a plan has an instalment')
  return addDays(last.dueOn, graceDays + 1)
}

/** What becomes of a running plan on a day: kept once all of it is settled, broken by an instalment that did not come. */
export function planStatusOn(plan: PlanStanding, day: CivilDate): 'running' | 'kept' | 'broken' {
  const debtMinor = plan.instalments.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)
  if (plan.coveredMinor >= debtMinor) return 'kept'
  return day < planHoldsUntil(plan) ? 'running' : 'broken'
}
