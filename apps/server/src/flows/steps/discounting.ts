import { type Discount, type Discounting, promotionFor, type Subscription, type SubscriptionId } from '@nyuzi/core'
import type { Organisation, OrganisationPolicy, Transaction } from '../ports.ts'

/** The same subscriptions with what lowers their prices: promotions, what they hold themselves, and the policy of the organisation. */
export async function withDiscounts<T extends { readonly subscription: Subscription }>(
  tx: Transaction,
  { policy }: Organisation,
  due: readonly T[],
): Promise<readonly T[]> {
  const discounting = await discountingOf(
    tx,
    policy,
    due.map(({ subscription }) => subscription.id),
  )
  return due.map((one) => {
    const found = discounting.get(one.subscription.id)
    return found === undefined ? one : { ...one, subscription: { ...one.subscription, discounting: found } }
  })
}

async function discountingOf(
  tx: Transaction,
  policy: OrganisationPolicy,
  ids: readonly SubscriptionId[],
): Promise<ReadonlyMap<SubscriptionId, Discounting>> {
  if (ids.length === 0) return new Map()
  const [promotions, held] = await Promise.all([tx.discounts.promotions(), tx.discounts.heldBy(ids)])
  const forAll = policyDiscounts(policy)
  const lowered = promotions.length + forAll.length > 0 ? ids : ids.filter((id) => held.has(id))
  if (lowered.length === 0) return new Map()
  const standings = await tx.discounts.standings(lowered)
  return new Map(
    standings.map(({ subscriptionId, first, ...facts }) => {
      const promoted = promotions.flatMap((promotion) => promotionFor(promotion, first) ?? [])
      return [subscriptionId, { ...facts, discounts: [...promoted, ...forAll, ...(held.get(subscriptionId) ?? [])] }]
    }),
  )
}

function policyDiscounts({ volumeSteps = [], loyaltySteps = [] }: OrganisationPolicy): readonly Discount[] {
  const volume = { id: 'volume', source: 'volume', code: 'VOLUME', title: 'Several subscriptions', steps: volumeSteps } as const
  const loyalty = { id: 'loyalty', source: 'loyalty', code: 'LOYALTY', title: 'Loyalty', steps: loyaltySteps } as const
  return [volume, loyalty].filter(({ steps }) => steps.length > 0)
}
