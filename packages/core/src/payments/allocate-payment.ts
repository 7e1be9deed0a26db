import type { InvoiceId } from '../ids.ts'
import { invariant } from '../outcome.ts'
import type { CivilDate } from '../time/calendar.ts'

export type OpenClaim = {
  readonly invoiceId: InvoiceId
  readonly dueOn: CivilDate
  readonly sequence: bigint
  readonly openMinor: bigint
}

export type PaymentAllocation = {
  readonly allocations: readonly { readonly invoiceId: InvoiceId; readonly amountMinor: bigint }[]
  /** Becomes unapplied credit. */
  readonly restMinor: bigint
}

/** Spreads money over open invoices, the oldest first (due date, then number), each up to what it still claims. */
export function allocatePayment(amountMinor: bigint, open: readonly OpenClaim[]): PaymentAllocation {
  invariant(amountMinor >= 0n, 'only money received is allocated')
  const allocations: { invoiceId: InvoiceId; amountMinor: bigint }[] = []
  let restMinor = amountMinor
  for (const { invoiceId, openMinor } of [...open].sort(oldestFirst)) {
    const share = openMinor < restMinor ? openMinor : restMinor
    if (share <= 0n) continue
    allocations.push({ invoiceId, amountMinor: share })
    restMinor -= share
  }
  return { allocations, restMinor }
}

/** Invoices of two series may share a number; the id then keeps the order the same on every run. */
function oldestFirst(left: OpenClaim, right: OpenClaim): number {
  if (left.dueOn !== right.dueOn) return left.dueOn < right.dueOn ? -1 : 1
  if (left.sequence !== right.sequence) return left.sequence < right.sequence ? -1 : 1
  return left.invoiceId < right.invoiceId ? -1 : left.invoiceId > right.invoiceId ? 1 : 0
}
