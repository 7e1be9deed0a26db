import { type Instant, type SubscriberId, toCollect } from '@nyuzi/core'
import type { Transaction } from '../ports.ts'
import type { ToPayReading } from '../readings/ports.ts'
import { renewalsAskedUntil } from '../steps/renewals-asked-until.ts'

/** What a subscriber is asked for today, and what it comes from. */
export async function amountToPay(
  tx: Transaction,
  id: SubscriberId,
  now: Instant,
): Promise<(ToPayReading & { readonly amountMinor: bigint }) | undefined> {
  const found = await tx.readings.toPay(id, renewalsAskedUntil(await tx.organisation.read(), now))
  return found && { ...found, amountMinor: toCollect(found) }
}
