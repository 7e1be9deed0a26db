import { type CivilDate, type Renewal, renewalOf, type SubscriptionId } from '@nyuzi/core'
import type { Organisation, Transaction } from '../ports.ts'
import type { PaidSubscription } from '../subscribers/ports.ts'
import { withDiscounts } from './discounting.ts'
import { taxPacksOf } from './tax-packs.ts'

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
  subscriptions: readonly PaidSubscription[],
  today: CivilDate,
): Promise<ReadonlyMap<SubscriptionId, Renewal>> {
  const prepaid = subscriptions.filter(({ terms }) => terms.some(({ price }) => price.billing === 'prepaid'))
  const taxPackOf = await taxPacksOf(
    tx,
    organisation,
    prepaid.map(({ payerId }) => payerId),
  )
  const discounted = await withDiscounts(
    tx,
    organisation,
    prepaid.map((subscription) => ({ subscription })),
  )
  return new Map(
    discounted.flatMap(({ subscription }) => {
      const renewal = renewalOf(subscription, today, taxPackOf(subscription.payerId))
      return renewal === undefined ? [] : [[subscription.id, renewal] as const]
    }),
  )
}
