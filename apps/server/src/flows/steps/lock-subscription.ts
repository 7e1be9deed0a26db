import type { SubscriptionId } from '@nyuzi/core'
import { Conflict, NotFound } from '../errors.ts'
import type { Transaction } from '../ports.ts'
import type { LockedSubscription } from '../subscribers/ports.ts'

export type LockedFamily = {
  readonly subscription: LockedSubscription
  /** Those that stand on it and are active. */
  readonly addOns: readonly LockedSubscription[]
}

/**
 * The step that begins a change of a subscription: locks whom it belongs to and who pays, then it with its add-ons. One that
 * is cancelled changes no more.
 */
export async function lockSubscription(tx: Transaction, id: SubscriptionId): Promise<LockedFamily> {
  const found = await tx.subscriptions.read(id)
  if (!found) throw new NotFound('subscription')
  // The first lock of every money transaction: a payment decides about the same lines, and one of the two sees what the other wrote.
  await tx.billing.lockSubscribers([found.subscriberId])
  const family = await tx.subscriptions.lockTimelines([id, ...(await tx.subscriptions.addOns(id))])
  const subscription = family.find((one) => one.id === id)
  if (!subscription) throw new NotFound('subscription')
  if (subscription.status === 'cancelled')
    throw new Conflict('already_cancelled', `This subscription is cancelled from ${subscription.cancelledOn} on.`)
  return { subscription, addOns: family.filter((one) => one.id !== id) }
}
