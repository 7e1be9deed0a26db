import { asId, civilDateAt, daysToDiscount, money, type OrganisationId, type SubscriberId } from '@nyuzi/core'
import type { Deps, ReferralReward, Transaction } from '../ports.ts'
import { priceRenewals } from '../steps/price-renewals.ts'
import type { SubscriptionDiscount, WaitingReferral } from './ports.ts'

const chunkMax = 500

/** Rewards both sides of each referral whose first invoice is paid, once, with a discount on the oldest subscription that each has. */
export async function rewardReferrals(deps: Pick<Deps, 'store' | 'clock' | 'ids'>, organisationId: OrganisationId): Promise<number> {
  let rewarded = 0
  for (;;) {
    const done = await deps.store.inOrganisation(organisationId, (tx) => rewardChunk(deps, tx))
    rewarded += done
    if (done < chunkMax) return rewarded
  }
}

async function rewardChunk({ clock, ids }: Pick<Deps, 'clock' | 'ids'>, tx: Transaction): Promise<number> {
  const now = clock.now()
  const organisation = await tx.organisation.read()
  const { policy, timeZone, currency } = organisation
  const { referralReward } = policy
  if (!referralReward) return 0
  const referrals = await tx.discounts.claimReferrals(chunkMax)
  if (referrals.length === 0) return 0
  const people = referrals.flatMap(({ referrerId, referredId }) => [referrerId, referredId])
  await tx.billing.lockSubscribers([...new Set(people)])
  const oldest = await tx.discounts.oldestActive(people)
  const today = civilDateAt(now, timeZone)
  const discountFor = async (
    subscriberId: SubscriberId,
    referral: WaitingReferral,
    reward: ReferralReward,
  ): Promise<SubscriptionDiscount[]> => {
    const subscriptionId = oldest.get(subscriberId)
    const subscription = subscriptionId && (await tx.subscriptions.lock(subscriptionId))
    if (!subscription) return []
    const { rateBp, amountMinor = '0', periods } = reward
    return [
      {
        id: asId('discount', ids.next()),
        subscriberId,
        subscriptionId,
        source: 'referral',
        sourceId: referral.id,
        code: 'REFERRAL',
        title: 'Referral',
        value: rateBp === undefined ? { kind: 'fixed', amount: money(BigInt(amountMinor), currency) } : { kind: 'percentage', rateBp },
        exclusive: false,
        ...daysToDiscount(subscription, today, periods),
      },
    ]
  }
  const discounts: SubscriptionDiscount[] = []
  for (const referral of referrals) {
    discounts.push(...(await discountFor(referral.referrerId, referral, referralReward.referrer)))
    discounts.push(...(await discountFor(referral.referredId, referral, referralReward.referred)))
  }
  await tx.discounts.add(discounts, now)
  await priceRenewals(tx, organisation, [...new Set(discounts.map(({ subscriptionId }) => subscriptionId))], today)
  await tx.discounts.setRewarded(
    referrals.map(({ id }) => id),
    now,
  )
  return referrals.length
}
