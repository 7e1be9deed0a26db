import type { CivilDate, PlanId, Price, PriceId, SubscriberId } from '@nyuzi/core'
import { checkCurrency } from '../check-currency.ts'
import { Conflict, NotFound } from '../errors.ts'
import type { Transaction } from '../ports.ts'

/** Of a plan, the newest price in force that is for the buyer; or the very version that is named. */
export type SoldAt = { readonly planId: PlanId } | { readonly priceId: PriceId }

/** The step that finds at which price a subscriber buys on a day. The buyer is locked. */
export async function priceFor(tx: Transaction, sold: SoldAt, on: CivilDate, subscriberId: SubscriberId): Promise<Price> {
  const buyer = await tx.subscribers.lock(subscriberId)
  if (!buyer) throw new NotFound('subscriber', 'subscriber')
  if ('priceId' in sold) {
    const price = await tx.catalog.price(sold.priceId)
    if (!price) throw new NotFound('price', 'price')
    checkCurrency(buyer.currency, price.amount, 'price')
    return price
  }
  const price = await tx.catalog.priceInForce(sold.planId, on, buyer)
  if (price) return price
  if (!(await tx.catalog.plan(sold.planId))) throw new NotFound('plan', 'plan')
  throw new Conflict('no_price_in_force', `The plan has no price in ${buyer.currency} in force on ${on}.`)
}
