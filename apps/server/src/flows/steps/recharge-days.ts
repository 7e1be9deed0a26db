import { type CivilDate, type InvoiceId, invariant, nextInvoiceOn } from '@nyuzi/core'
import { Conflict } from '../errors.ts'
import type { Organisation, Transaction } from '../ports.ts'

/**
 * The step that lets what a voided claim charged be charged again, by the run of the day: its subscriptions stand on the first of
 * its days, and its use waits. Refused where something later was decided, since that followed from those days. The caller
 * has locked the subscribers and voided the claim.
 */
export async function rechargeDays(
  tx: Transaction,
  { policy: { invoiceLeadDays } }: Organisation,
  { id, number }: { readonly id: InvoiceId; readonly number: string },
  today: CivilDate,
): Promise<void> {
  const refuse = (why: string) => new Conflict('not_rechargeable', `${number} cannot be charged again: ${why}.`)
  const claimed = await tx.claims.subscribedDays(id)
  const subscriptions = await tx.subscriptions.lockTimelines(claimed.map(({ subscriptionId }) => subscriptionId))
  const advances = subscriptions.map((subscription) => {
    const days = claimed.find(({ subscriptionId }) => subscriptionId === subscription.id)?.days
    invariant(days !== undefined, `${number} charges days of ${subscription.id}`)
    if (subscription.billedUntil !== days.end)
      throw refuse(`days from ${days.end} on were decided since. Void or credit what is later first`)
    if (subscription.awaits === 'payment')
      throw refuse('a debt keeps its line off, and such days are not charged. Charge what was served by a debit note')
    const billedUntil = days.start
    return { id: subscription.id, billedUntil, nextInvoiceOn: nextInvoiceOn({ ...subscription, billedUntil }, invoiceLeadDays) }
  })
  const charged = await tx.credits.chargedDays(advances.map(({ id: subscriptionId, billedUntil: from }) => ({ subscriptionId, from })))
  if (charged.length > 0) throw refuse('some of its days are charged by another claim')
  if (!(await tx.usage.unrate(id, today))) throw refuse('its use was charged in parts. Charge it by a debit note')
  await tx.billing.advance(advances)
}
