import {
  asId,
  badDebtRecovered,
  type CivilDate,
  type CreditId,
  creditApplied,
  type InvoiceId,
  money,
  type PaymentId,
  type SubscriberId,
} from '@nyuzi/core'
import type { WrittenOffClaim } from '../credits/ports.ts'
import type { NewEntry } from '../ledger/ports.ts'
import type { Deps, Transaction } from '../ports.ts'
import { openClaims } from './open-claims.ts'

/** Claims that are settled before any other: those just made for it, and those that were given up and are paid after all. */
export type AppliedFirst = { readonly claims?: readonly InvoiceId[]; readonly writtenOff?: readonly WrittenOffClaim[] }

/**
 * The step that sets money and credit that wait against what is open, the oldest of both first. Every flow that makes a
 * claim, or gives credit, ends with it or allocates at once. The caller has locked the subscribers. Returns those who had any.
 */
export async function applyCredit(
  { ids, clock }: Pick<Deps, 'ids' | 'clock'>,
  tx: Transaction,
  subscriberIds: readonly SubscriberId[],
  day: CivilDate,
  { claims = [], writtenOff = [] }: AppliedFirst = {},
): Promise<ReadonlySet<SubscriberId>> {
  const free = await tx.credits.free(subscriberIds)
  const creditors = new Set(free.map(({ subscriberId }) => subscriberId))
  if (free.length === 0) return creditors
  const open = openClaims(await tx.billing.openInvoices([...creditors]), writtenOff)
  const givenUp = new Map(writtenOff.map((claim) => [claim.invoiceId, claim]))
  const first = new Set([...claims, ...givenUp.keys()])
  const payments: { id: string; paymentId: PaymentId; invoiceId: InvoiceId; amountMinor: bigint; effectiveOn: CivilDate }[] = []
  const credits: { id: string; creditId: CreditId; invoiceId: InvoiceId; amountMinor: bigint; effectiveOn: CivilDate }[] = []
  const entries: NewEntry[] = []
  for (const one of free) {
    const { subscriberId, currency } = one
    for (const { invoiceId, amountMinor } of open.settle(subscriberId, one.amountMinor, first).allocations) {
      const id = ids.next()
      if ('paymentId' in one) payments.push({ id, paymentId: one.paymentId, invoiceId, amountMinor, effectiveOn: day })
      else credits.push({ id, creditId: one.creditId, invoiceId, amountMinor, effectiveOn: day })
      const applied = { subscriberId, allocationId: id, amount: money(amountMinor, currency), effectiveOn: day }
      const claim = givenUp.get(invoiceId)
      if (claim) entries.push({ id: asId('entry', ids.next()), entry: badDebtRecovered({ ...applied, kind: claim.kind }) })
      entries.push({ id: asId('entry', ids.next()), entry: creditApplied(applied) })
    }
  }
  const now = clock.now()
  await Promise.all([tx.ledger.record(entries, now), tx.payments.addAllocations(payments, now), tx.credits.addAllocations(credits, now)])
  return creditors
}
