import {
  asId,
  type BranchId,
  type CivilDate,
  type Currency,
  civilDateAt,
  type InstallationId,
  type Instant,
  type InvoiceId,
  money,
  type PaymentId,
  paymentReceived,
  type SubscriberId,
  suspenseResolved,
} from '@nyuzi/core'
import type { WantedChange } from '../access/ports.ts'
import type { NewEntry } from '../ledger/ports.ts'
import type { Deps, Organisation, Transaction } from '../ports.ts'
import { openClaims } from './open-claims.ts'
import { resumeAwaiting } from './resume-awaiting.ts'
import { type AccessCause, wantAccess } from './want-access.ts'

/** Money that a subscriber now has, from wherever it came. */
export type MatchedMoney = {
  readonly paymentId: PaymentId
  readonly subscriberId: SubscriberId
  readonly amountMinor: bigint
  readonly currency: Currency
  readonly paidAt: Instant
  readonly receivedAt: Instant
  readonly from:
    | { readonly kind: 'clearing' | 'suspense'; readonly installationId: InstallationId }
    | { readonly kind: 'cash'; readonly branchId: BranchId }
}

/**
 * The step that gives money to subscribers inside the caller's transaction: locks, allocation oldest first, entries,
 * wanted access and owed receipts, all or nothing. The caller has locked the subscribers and written the payments.
 */
export async function applyMoney(
  tx: Transaction,
  deps: Pick<Deps, 'ids' | 'clock' | 'log'>,
  organisation: Organisation,
  now: Instant,
  matched: readonly MatchedMoney[],
): Promise<readonly WantedChange[]> {
  if (matched.length === 0) return []
  const subscriberIds = [...new Set(matched.map(({ subscriberId }) => subscriberId))]
  const open = openClaims(await tx.billing.openInvoices(subscriberIds))
  const entries: NewEntry[] = []
  const allocations: { paymentId: PaymentId; invoiceId: InvoiceId; amountMinor: bigint; effectiveOn: CivilDate }[] = []
  for (const one of matched) {
    const split = open.settle(one.subscriberId, one.amountMinor)
    const effectiveOn = civilDateAt(one.paidAt, organisation.timeZone)
    allocations.push(...split.allocations.map((allocation) => ({ paymentId: one.paymentId, ...allocation, effectiveOn })))
    entries.push({ id: asId('entry', deps.ids.next()), entry: entryOf(one, one.amountMinor - split.restMinor, effectiveOn) })
  }
  const receipts = matched.map(({ paymentId, subscriberId }) => ({
    id: asId('message', deps.ids.next()),
    subscriberId,
    kind: 'receipt' as const,
    dedupeKey: `receipt:${paymentId}`,
    source: { noun: 'payment' as const, id: paymentId },
  }))
  // None reads what another writes, so they go down the connection behind each other and are waited for once.
  await Promise.all([tx.ledger.record(entries, now), tx.payments.addAllocations(allocations, now), tx.messages.owe(receipts, now)])
  await resumeAwaiting(deps, tx, organisation, now, subscriberIds, 'payment')
  const cause: AccessCause = {
    paymentIds: new Map(matched.map(({ subscriberId, paymentId, receivedAt }) => [subscriberId, { paymentId, receivedAt }])),
  }
  return await wantAccess(tx, organisation, now, { subscriberIds, cause })
}

function entryOf(one: MatchedMoney, allocatedMinor: bigint, effectiveOn: CivilDate) {
  const { paymentId, subscriberId, from } = one
  const common = { paymentId, subscriberId, amount: money(one.amountMinor, one.currency), allocatedMinor, effectiveOn }
  if (from.kind === 'suspense') return suspenseResolved({ ...common, installationId: from.installationId })
  return paymentReceived({
    ...common,
    place: from.kind === 'cash' ? { kind: 'cash', branchId: from.branchId } : { kind: 'clearing', installationId: from.installationId },
  })
}
