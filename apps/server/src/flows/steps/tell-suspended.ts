import { addDays, asId, type CivilDate, type Instant, type SubscriberId } from '@nyuzi/core'
import type { WantedChange } from '../access/ports.ts'
import type { Ids, Transaction } from '../ports.ts'
import { oweTogether } from './owe-together.ts'

/**
 * Owes a text to who has to pay for each line that is to be cut off for not paying or not renewing, in the transaction that decided
 * it; one for all lines of a payer. Once a version of the wanted state, so a line that is cut off again later is told again. Returns
 * how many lines it was.
 */
export async function tellSuspended(
  tx: Transaction,
  ids: Ids,
  today: CivilDate,
  now: Instant,
  changes: readonly WantedChange[],
): Promise<number> {
  const cutOff = changes.filter(({ state, reason }) => state === 'suspended' && (reason === 'overdue' || reason === 'expired'))
  const told = await tellees(tx, cutOff)
  await oweTogether(
    tx,
    cutOff.map((change) => ({
      id: asId('message', ids.next()),
      subscriberId: told(change),
      kind: change.reason === 'expired' ? 'expired' : 'suspended',
      dedupeKey: `suspended:${change.serviceId}:${change.version}`,
      source: { noun: 'service', id: change.serviceId },
      topic: 'cut_off',
      usefulUntil: addDays(today, 2),
    })),
    now,
  )
  return cutOff.length
}

/** The parent, where it pays; but for a debt that is the child's own, from before. */
async function tellees(tx: Transaction, changes: readonly WantedChange[]): Promise<(change: WantedChange) => SubscriberId> {
  const children = changes.filter(({ subscriberId, payerId, reason }) => payerId !== subscriberId && reason === 'overdue')
  const open = children.length === 0 ? [] : await tx.billing.openInvoices([...new Set(children.map(({ payerId }) => payerId))])
  const owing = new Set(open.map(({ subscriberId }) => subscriberId))
  return ({ subscriberId, payerId, reason }) => (reason === 'expired' || owing.has(payerId) ? payerId : subscriberId)
}
