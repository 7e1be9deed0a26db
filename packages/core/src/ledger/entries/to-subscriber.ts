import type { SubscriberId } from '../../ids.ts'
import { type Money, money } from '../../money/money.ts'
import { invariant } from '../../outcome.ts'
import { credit, type Posting } from '../posting.ts'

/** The credits of money that reached its subscriber: claims first, unapplied credit for what is over. */
export function toSubscriber(input: {
  readonly subscriberId: SubscriberId
  readonly amount: Money
  readonly allocatedMinor: bigint
}): readonly Posting[] {
  const { subscriberId, amount, allocatedMinor } = input
  invariant(amount.amountMinor > 0n, 'a payment is more than nothing')
  invariant(allocatedMinor >= 0n && allocatedMinor <= amount.amountMinor, 'allocations never exceed their payment')
  return [
    credit('receivable', subscriberId, money(allocatedMinor, amount.currency)),
    credit('credit', subscriberId, money(amount.amountMinor - allocatedMinor, amount.currency)),
  ]
}
