import { addDays, asId, type CivilDate, type Instant } from '@nyuzi/core'
import type { WantedChange } from '../access/ports.ts'
import type { Ids, Transaction } from '../ports.ts'

/**
 * Owes a text to each subscriber whose line is to be cut off for not paying or not renewing, in the transaction that decided it. Once a
 * version of the wanted state, so a line that is cut off again later is told again. Returns how many lines it was.
 */
export async function tellSuspended(
  tx: Transaction,
  ids: Ids,
  today: CivilDate,
  now: Instant,
  changes: readonly WantedChange[],
): Promise<number> {
  const cutOff = changes.filter(({ state, reason }) => state === 'suspended' && (reason === 'overdue' || reason === 'expired'))
  await tx.messages.owe(
    cutOff.map(({ serviceId, subscriberId, version, reason }) => ({
      id: asId('message', ids.next()),
      subscriberId,
      kind: reason === 'expired' ? 'expired' : 'suspended',
      dedupeKey: `suspended:${serviceId}:${version}`,
      source: { noun: 'service', id: serviceId },
      usefulUntil: addDays(today, 2),
    })),
    now,
  )
  return cutOff.length
}
