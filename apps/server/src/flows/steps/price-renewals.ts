import { type CivilDate, type Renewal, renewalOf, type Subscription, type SubscriptionId } from '@nyuzi/core'
import type { Organisation, Transaction } from '../ports.ts'
import { chosenTaxPack } from '../tax-pack.ts'
import { withDiscounts } from './discounting.ts'

/** The step after something changed what a subscription costs next, other than a charge: tells anew what credit has to cover. */
export async function priceRenewals(
  tx: Transaction,
  organisation: Organisation,
  ids: readonly SubscriptionId[],
  today: CivilDate,
): Promise<void> {
  const subscriptions = (await Promise.all(ids.map((id) => tx.subscriptions.read(id)))).filter((one) => one !== undefined)
  const renewals = await renewalsOf(tx, organisation, subscriptions, today)
  await tx.billing.setRenewals(
    subscriptions.map(({ id }) => ({ id, renewal: renewals.get(id) })),
    today,
  )
}

/** What they buy next, with what lowers their prices; none of one that buys nothing. */
export async function renewalsOf(
  tx: Transaction,
  organisation: Organisation,
  subscriptions: readonly Subscription[],
  today: CivilDate,
): Promise<ReadonlyMap<SubscriptionId, Renewal>> {
  const pack = chosenTaxPack(organisation.policy)
  const prepaid = subscriptions.filter(({ terms }) => terms.some(({ price }) => price.billing === 'prepaid'))
  const discounted = await withDiscounts(
    tx,
    organisation,
    prepaid.map((subscription) => ({ subscription })),
  )
  return new Map(
    discounted.flatMap(({ subscription }) => {
      const renewal = renewalOf(subscription, today, pack)
      return renewal === undefined ? [] : [[subscription.id, renewal] as const]
    }),
  )
}
