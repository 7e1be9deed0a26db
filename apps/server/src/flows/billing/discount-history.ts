import { type Agreements, agreedDiscounts, type CivilDate, type DiscountFacts, type DiscountStep, type Instant, plusMs } from '@nyuzi/core'
import type { OrganisationPolicy, Transaction } from '../ports.ts'
import type { IssuedLineRow, RecordedPromotion, StepChoice } from './ports.ts'
import { knownAt, slackMs } from './tax-history.ts'

/** What the organisation gave to everyone, and from when on. */
export type DiscountHistory = {
  readonly promotions: readonly RecordedPromotion[]
  /** Oldest first; the first has held since ever. */
  readonly steps: readonly {
    readonly from: Instant | undefined
    readonly volumeSteps: readonly DiscountStep[]
    readonly loyaltySteps: readonly DiscountStep[]
  }[]
}

export async function readDiscountHistory(tx: Transaction, policy: OrganisationPolicy): Promise<DiscountHistory> {
  const [promotions, choices] = [await tx.issued.promotions(), await tx.issued.stepChoices()]
  return { promotions, steps: stepsOver(policy, choices) }
}

function stepsOver({ volumeSteps = [], loyaltySteps = [] }: OrganisationPolicy, choices: readonly StepChoice[]): DiscountHistory['steps'] {
  if (choices.length === 0) return [{ from: undefined, volumeSteps, loyaltySteps }]
  const steps: DiscountHistory['steps'][number][] = [{ from: undefined, volumeSteps: [], loyaltySteps: [] }]
  for (const choice of choices) {
    const held = steps.at(-1)
    steps.push({
      from: choice.at,
      volumeSteps: choice.volumeSteps === undefined ? (held?.volumeSteps ?? []) : (choice.volumeSteps ?? []),
      loyaltySteps: choice.loyaltySteps === undefined ? (held?.loyaltySteps ?? []) : (choice.loyaltySteps ?? []),
    })
  }
  return steps
}

/** Whether what a subscriber has besides the line bears on any line. */
export const needsStandings = ({ promotions, steps }: DiscountHistory): boolean =>
  promotions.some(({ periodsMax }) => periodsMax !== undefined) ||
  steps.some(({ volumeSteps, loyaltySteps }) => volumeSteps.length + loyaltySteps.length > 0)

type From = NonNullable<IssuedLineRow['from']>

/**
 * What was agreed by the time an invoice was issued. Of what was recorded within a minute of it all is taken for known, or, the
 * other way, nothing; and of its subscriptions each number that may have been active counts.
 */
export function discountsKnown(
  { promotions, steps }: DiscountHistory,
  { held, standing, plan }: From,
  issuedAt: Instant,
): readonly Omit<DiscountFacts, 'day'>[] {
  const recorded = [
    ...promotions.flatMap(({ recordedAt, ends }) => [recordedAt, ...ends.map(({ at }) => at)]),
    ...held.map(({ recordedAt }) => recordedAt),
    ...steps.flatMap(({ from }) => from ?? []),
  ]
  const isClear = recorded.every((at) => knownAt(at, issuedAt).length === 1)
  return (isClear ? [0] : [0, 1]).flatMap((choice) => {
    const known = (at: Instant) => {
      const either = knownAt(at, issuedAt)
      return either[choice] ?? either[0] ?? false
    }
    const at = plusMs(issuedAt, choice === 0 ? slackMs : -slackMs)
    const inForce = steps.findLast(({ from }) => from === undefined || from <= at)
    const [volumeSteps, loyaltySteps] = [inForce?.volumeSteps ?? [], inForce?.loyaltySteps ?? []]
    const rows = agreedDiscounts({
      promotions: promotions.flatMap((one) => (known(one.recordedAt) ? [asKnown(one, known)] : [])),
      held: held.filter(({ recordedAt }) => known(recordedAt)),
      volumeSteps,
      loyaltySteps,
      first: standing?.first ?? never,
    })
    const owned = standing?.subscriptions ?? []
    const since = owned.filter(({ recordedAt }) => knownAt(recordedAt, issuedAt)[0]).map(({ startsOn }) => startsOn)
    const subscriberSince = since.reduce((first, day) => (day < first ? day : first), since[0] ?? '')
    const counts = volumeSteps.length === 0 ? [0] : countsActive(owned, issuedAt)
    return counts.map((activeSubscriptions) => ({ rows, planId: plan.id, subscriberSince, activeSubscriptions }))
  })
}

const asKnown = ({ ends, endsOn, ...promotion }: RecordedPromotion, known: (at: Instant) => boolean) => ({
  ...promotion,
  endsOn: [endsOn, ...ends.filter(({ at }) => known(at)).map(({ on }) => on)].reduce<string | undefined>(
    (first, on) => (first === undefined || (on !== undefined && on < first) ? on : first),
    undefined,
  ),
})

/** Every number of subscriptions that may have been active, the highest first. */
function countsActive(owned: readonly { readonly recordedAt: Instant; readonly cancelledAt?: Instant }[], at: Instant): readonly number[] {
  const may = (recordedAt: Instant, is: boolean) => knownAt(recordedAt, at).includes(is)
  const active = owned.filter(
    ({ recordedAt, cancelledAt }) => may(recordedAt, true) && (cancelledAt === undefined || may(cancelledAt, false)),
  )
  const surely = active.filter(
    ({ recordedAt, cancelledAt }) => !may(recordedAt, false) && (cancelledAt === undefined || !may(cancelledAt, true)),
  )
  return Array.from({ length: active.length - surely.length + 1 }, (_, index) => active.length - index)
}

/** No promotion for the first periods is there where the beginning was not asked for. */
const never: Agreements['first'] = { cadence: { unit: 'month', count: 1 }, anchorDay: 1, startsOn: '9999-12-31' as CivilDate }
