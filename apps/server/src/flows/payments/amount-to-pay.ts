import { addDays, type CivilDate, civilDateAt, type Instant, type SubscriberId, toCollect } from '@nyuzi/core'
import type { Organisation, Transaction } from '../ports.ts'
import type { ToPayReading } from '../readings/ports.ts'

/** A renewal is asked for as early as an invoice would be issued. */
export const renewalsAskedUntil = ({ timeZone, policy }: Pick<Organisation, 'timeZone' | 'policy'>, now: Instant): CivilDate =>
  addDays(civilDateAt(now, timeZone), policy.invoiceLeadDays)

/** What a subscriber is asked for today, and what it comes from. */
export async function amountToPay(
  tx: Transaction,
  id: SubscriberId,
  now: Instant,
): Promise<(ToPayReading & { readonly amountMinor: bigint }) | undefined> {
  const found = await tx.readings.toPay(id, renewalsAskedUntil(await tx.organisation.read(), now))
  return found && { ...found, amountMinor: toCollect(found) }
}
