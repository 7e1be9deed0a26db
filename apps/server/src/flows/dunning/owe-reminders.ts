import { addDays, asId, type CivilDate, defaultDunningPolicy, type InvoiceId, noticesOwed, type OrganisationId } from '@nyuzi/core'
import type { OwedMessage } from '../messages/ports.ts'
import type { Deps } from '../ports.ts'

const chunkMax = 1_000
/** Steps further back than this are surely done or skipped. */
const lookBackDays = 45

/**
 * Owes each open invoice the reminders whose day has come and that were not sent: "owed and not yet sent", never
 * "today is the exact day". After a standstill only the latest step goes out; the ones before it are recorded as
 * skipped, so that they never come late.
 */
export async function oweReminders(
  deps: Deps,
  organisationId: OrganisationId,
  today: CivilDate,
): Promise<{ owed: number; skipped: number }> {
  const policy = defaultDunningPolicy
  const offsets = policy.steps.map(({ daysFromDue }) => daysFromDue)
  const from = addDays(today, -Math.max(...offsets) - lookBackDays)
  const until = addDays(today, -Math.min(...offsets))
  let after: InvoiceId | undefined
  const total = { owed: 0, skipped: 0 }
  for (;;) {
    const page = await deps.store.inOrganisation(organisationId, async (tx) => {
      const invoices = await tx.billing.openDueBetween(from, until, after, chunkMax)
      const key = (invoiceId: InvoiceId, step: string) => `dunning:${invoiceId}:${step}`
      const known = await tx.messages.known(invoices.flatMap(({ invoiceId }) => policy.steps.map((step) => key(invoiceId, step.key))))
      const owed: OwedMessage[] = invoices.flatMap((invoice) => {
        const done = policy.steps.map((step) => step.key).filter((step) => known.has(key(invoice.invoiceId, step)))
        return noticesOwed(invoice, done, today, policy).map(({ step, action }) => ({
          id: asId('message', deps.ids.next()),
          subscriberId: invoice.subscriberId,
          kind: step.message,
          dedupeKey: key(invoice.invoiceId, step.key),
          source: { noun: 'invoice' as const, id: invoice.invoiceId },
          usefulUntil: addDays(today, 2),
          ...(action === 'skip' ? { skippedBecause: 'a later reminder was owed already' } : {}),
        }))
      })
      await tx.messages.owe(owed, deps.clock.now())
      return {
        last: invoices.at(-1)?.invoiceId,
        size: invoices.length,
        owed: owed.filter(({ skippedBecause }) => !skippedBecause).length,
        all: owed.length,
      }
    })
    total.owed += page.owed
    total.skipped += page.all - page.owed
    after = page.last
    if (page.size < chunkMax) break
  }
  if (total.owed > 0) deps.wake('messages', organisationId)
  return total
}
