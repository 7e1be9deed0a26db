import { asId, type CivilDate, type CreditId, creditApplied, type InvoiceId, money, type PaymentId, type SubscriberId } from '@nyuzi/core'
import type { NewEntry } from '../ledger/ports.ts'
import type { Deps, Transaction } from '../ports.ts'
import { openClaims } from './open-claims.ts'

/**
 * The step that sets money and credit that wait against what is open, the oldest of both first. Every flow that makes a
 * claim, or gives credit, ends with it or allocates at once. The caller has locked the subscribers.
 */
export async function applyCredit(
  { ids, clock }: Pick<Deps, 'ids' | 'clock'>,
  tx: Transaction,
  subscriberIds: readonly SubscriberId[],
  day: CivilDate,
): Promise<void> {
  const free = await tx.credits.free(subscriberIds)
  if (free.length === 0) return
  const open = openClaims(await tx.billing.openInvoices([...new Set(free.map(({ subscriberId }) => subscriberId))]))
  const payments: { id: string; paymentId: PaymentId; invoiceId: InvoiceId; amountMinor: bigint }[] = []
  const credits: { id: string; creditId: CreditId; invoiceId: InvoiceId; amountMinor: bigint }[] = []
  const entries: NewEntry[] = []
  for (const one of free) {
    for (const { invoiceId, amountMinor } of open.settle(one.subscriberId, one.amountMinor).allocations) {
      const id = ids.next()
      if ('paymentId' in one) payments.push({ id, paymentId: one.paymentId, invoiceId, amountMinor })
      else credits.push({ id, creditId: one.creditId, invoiceId, amountMinor })
      entries.push({
        id: asId('entry', ids.next()),
        entry: creditApplied({
          subscriberId: one.subscriberId,
          allocationId: id,
          amount: money(amountMinor, one.currency),
          effectiveOn: day,
        }),
      })
    }
  }
  const now = clock.now()
  await Promise.all([tx.ledger.record(entries, now), tx.payments.addAllocations(payments, now), tx.credits.addAllocations(credits, now)])
}
