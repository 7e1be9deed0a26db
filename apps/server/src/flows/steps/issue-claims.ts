import { asId, type FreeClaim, issueClaim, type JournalEntry, seriesOf } from '@nyuzi/core'
import type { NewEntry } from '../ledger/ports.ts'
import type { Deps, Transaction } from '../ports.ts'
import { numberDocuments } from './number-documents.ts'

export type ClaimOrder = Omit<Parameters<typeof issueClaim>[0], 'id' | 'series' | 'sequence'> & {
  readonly entryOf: (claim: FreeClaim) => JournalEntry
}

/**
 * The step that writes claims outside the billing run, numbered and in the books. The caller has locked the subscribers,
 * and goes on with `applyCredit` and `wantAccess`.
 */
export async function issueClaims(
  { ids, clock }: Pick<Deps, 'ids' | 'clock'>,
  tx: Transaction,
  orders: readonly ClaimOrder[],
): Promise<readonly FreeClaim[]> {
  if (orders.length === 0) return []
  const codes = await tx.credits.branchCodes([...new Set(orders.map(({ subscriberId }) => subscriberId))])
  const seriesFor = ({ subscriberId, kind }: ClaimOrder) => seriesOf(codes.get(subscriberId) ?? '', kind)
  const next = await numberDocuments(tx, orders.map(seriesFor))
  const entries: NewEntry[] = []
  const claims = orders.map((order) => {
    const { entryOf, ...facts } = order
    const claim = issueClaim({ ...facts, ...next(seriesFor(order)), id: asId('invoice', ids.next()) })
    entries.push({ id: asId('entry', ids.next()), entry: entryOf(claim) })
    return claim
  })
  const now = clock.now()
  await Promise.all([tx.claims.add(claims, now), tx.ledger.record(entries, now)])
  return claims
}
