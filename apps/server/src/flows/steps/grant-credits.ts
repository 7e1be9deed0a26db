import {
  asId,
  type CivilDate,
  type Credit,
  type CreditId,
  creditGranted,
  depositReleased,
  type InvoiceId,
  issueCredit,
  type Money,
  type SubscriberId,
  seriesOf,
} from '@nyuzi/core'
import type { NewEntry } from '../ledger/ports.ts'
import type { Deps, Transaction } from '../ports.ts'
import { numberDocuments } from './number-documents.ts'
import { openClaims } from './open-claims.ts'

export type CreditGrant = {
  readonly kind: 'reward' | 'goodwill' | 'deposit_release'
  readonly subscriberId: SubscriberId
  readonly total: Money
  readonly issuedOn: CivilDate
  readonly reason: string
}

/**
 * The step that gives subscribers credit: a reward, goodwill, or their own deposit. It settles what is open, the oldest
 * first, and the rest waits. The caller has locked the subscribers and ends with `wantAccess`.
 */
export async function grantCredits(
  { ids, clock }: Pick<Deps, 'ids' | 'clock'>,
  tx: Transaction,
  grants: readonly CreditGrant[],
): Promise<readonly Credit[]> {
  if (grants.length === 0) return []
  const subscriberIds = [...new Set(grants.map(({ subscriberId }) => subscriberId))]
  const codes = await tx.credits.branchCodes(subscriberIds)
  const seriesFor = ({ subscriberId, kind }: CreditGrant) => seriesOf(codes.get(subscriberId) ?? '', kind)
  const next = await numberDocuments(tx, grants.map(seriesFor))
  const credits = grants.map((grant) => issueCredit({ ...grant, id: asId('credit', ids.next()) }, next(seriesFor(grant))))

  const open = openClaims(await tx.billing.openInvoices(subscriberIds))
  const entries: NewEntry[] = []
  const allocations: { id: string; creditId: CreditId; invoiceId: InvoiceId; amountMinor: bigint; effectiveOn: CivilDate }[] = []
  for (const credit of credits) {
    const split = open.settle(credit.subscriberId, credit.total.amountMinor)
    allocations.push(
      ...split.allocations.map((allocation) => ({ id: ids.next(), creditId: credit.id, ...allocation, effectiveOn: credit.issuedOn })),
    )
    const entry = credit.kind === 'deposit_release' ? depositReleased : creditGranted
    entries.push({ id: asId('entry', ids.next()), entry: entry(credit, credit.total.amountMinor - split.restMinor) })
  }
  const now = clock.now()
  await Promise.all([tx.ledger.record(entries, now), tx.credits.add(credits, now), tx.credits.addAllocations(allocations, now)])
  return credits
}
