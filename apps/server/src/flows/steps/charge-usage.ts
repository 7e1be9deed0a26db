import { type Charge, type CivilDate, chargeUsage, invariant, type SubscriberId } from '@nyuzi/core'
import type { Transaction } from '../ports.ts'
import type { UsageGroup } from '../usage/ports.ts'
import { namedIn } from './issue-charges.ts'

export type UsageCharge = { readonly subscriberId: SubscriberId; readonly series: string; readonly charges: readonly Charge[] }

/**
 * The step that rates what was used in periods that are over, inside the caller's transaction and under the lock of the
 * subscribers. What it returns is charged by the caller; use that costs nothing is settled here and stands on no invoice.
 */
export async function chargeUsageDue(
  tx: Transaction,
  subscriberIds: readonly SubscriberId[],
  day: CivilDate,
): Promise<readonly UsageCharge[]> {
  const groups = await tx.usage.due(subscriberIds, day)
  if (groups.length === 0) return []
  const termsOf = await tx.usage.termsOf([...new Set(groups.map(({ subscriptionId }) => subscriptionId))])
  const charged: UsageCharge[] = []
  const settled: (UsageGroup & { charged: boolean })[] = []
  for (const group of groups) {
    const { payerId: subscriberId, series, subscriptionId, units, ratedUnits, periodStart, periodEnd } = group
    const terms = termsOf.get(subscriptionId)?.find(({ number }) => number === group.terms)
    const usage = terms?.price.usage?.find(({ tariff }) => tariff.unit === group.unit)
    invariant(terms !== undefined && usage !== undefined, `no terms rate the ${group.unit} of ${subscriptionId} from ${periodStart} on`)
    const charge = chargeUsage({ subscriptionId, terms, usage, units, ratedUnits, period: { start: periodStart, end: periodEnd } }, day)
    if (charge.amount.amountMinor > 0n) charged.push({ subscriberId, series, charges: [namedIn(group, charge)] })
    // What made the whole cheaper is not rated: it counts with what comes in after it.
    settled.push({ ...group, charged: charge.amount.amountMinor >= 0n })
  }
  await tx.usage.settle(settled)
  return charged
}
