import type { Currency, SubscriberId } from '@nyuzi/core'
import { NotFound } from '../errors.ts'
import type { Transaction } from '../ports.ts'

export type LockedAccount = {
  readonly currency: Currency
  /** The subscriber, and the parent who pays for it. */
  readonly lockedIds: readonly SubscriberId[]
}

/** The step that locks one subscriber with who pays for it. `field`: where the caller named it, when not in the path. */
export async function lockAccount(tx: Transaction, subscriberId: SubscriberId, field?: string): Promise<LockedAccount> {
  const locked = await tx.billing.lockSubscribers([subscriberId])
  const currency = locked.get(subscriberId)
  if (currency === undefined) throw new NotFound('subscriber', field)
  return { currency, lockedIds: [...locked.keys()] }
}
