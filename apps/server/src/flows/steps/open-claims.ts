import { allocatePayment, type InvoiceId, type PaymentAllocation, type SubscriberId } from '@nyuzi/core'
import type { OpenInvoice } from '../billing/ports.ts'

/** Open claims that are settled one after the other, each by no more than the ones before have left. */
export type OpenClaims = {
  /** Takes what the amount settles of a subscriber's claims: those named first, then the oldest. */
  settle(subscriberId: SubscriberId, amountMinor: bigint, first?: ReadonlySet<InvoiceId>): PaymentAllocation
}

/** A claim that was given up is settled only when it is named. */
export function openClaims(invoices: readonly OpenInvoice[], writtenOff: readonly OpenInvoice[] = []): OpenClaims {
  const open = new Map<SubscriberId, readonly OpenInvoice[]>()
  for (const invoice of [...writtenOff, ...invoices]) open.set(invoice.subscriberId, [...(open.get(invoice.subscriberId) ?? []), invoice])
  const givenUp = new Set(writtenOff.map(({ invoiceId }) => invoiceId))
  const take = (subscriberId: SubscriberId, amountMinor: bigint, chosen: (invoice: OpenInvoice) => boolean): PaymentAllocation => {
    const theirs = open.get(subscriberId) ?? []
    const split = allocatePayment(amountMinor, theirs.filter(chosen))
    const taken = new Map(split.allocations.map(({ invoiceId, amountMinor: minor }) => [invoiceId, minor]))
    open.set(
      subscriberId,
      theirs
        .map((invoice) => ({ ...invoice, openMinor: invoice.openMinor - (taken.get(invoice.invoiceId) ?? 0n) }))
        .filter(({ openMinor }) => openMinor > 0n),
    )
    return split
  }
  return {
    settle(subscriberId, amountMinor, first = new Set()) {
      const named = take(subscriberId, amountMinor, ({ invoiceId }) => first.has(invoiceId))
      const rest = take(subscriberId, named.restMinor, ({ invoiceId }) => !givenUp.has(invoiceId))
      return { allocations: [...named.allocations, ...rest.allocations], restMinor: rest.restMinor }
    },
  }
}
