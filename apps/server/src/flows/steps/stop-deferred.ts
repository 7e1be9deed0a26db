import { type CivilDate, type InvoiceId, type JournalEntry, money, recognitionWithdrawn, stopDeferral } from '@nyuzi/core'
import type { Transaction } from '../ports.ts'

/**
 * The step that ends what a voided claim has waiting. Its entry is undone as it was written, so what its days earned since
 * is put back: the entry for that, or none.
 */
export async function stopDeferred(tx: Transaction, invoiceId: InvoiceId, today: CivilDate): Promise<readonly JournalEntry[]> {
  const known = await tx.revenue.ofInvoice(invoiceId)
  const [first] = known
  if (first === undefined) return []
  const open = (await tx.revenue.holdDays()) ?? today
  const stopped = known.map((deferral) => stopDeferral(deferral, open > today ? open : today))
  await tx.revenue.stop(
    stopped.map(({ deferral: { id }, until }) => ({ id, until })),
    today,
  )
  const earned = stopped
    .filter(({ earnedMinor }) => earnedMinor > 0n)
    .map(({ deferral: { category, currency }, earnedMinor }) => ({ category, amount: money(earnedMinor, currency) }))
  if (earned.length === 0) return []
  return [recognitionWithdrawn({ invoiceId, effectiveOn: today, currency: first.currency, earned })]
}
