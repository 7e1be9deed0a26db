import { type CategoryAmount, type CivilDate, deferralOf, deferredMinor, type InvoiceDraft, type InvoiceId, money } from '@nyuzi/core'
import type { Organisation, Transaction } from '../ports.ts'
import type { LineDeferral } from '../revenue/ports.ts'

/**
 * The step that puts aside what lines claim ahead of their days, where the organisation earns by day, and tells how much
 * waits of each invoice. Days before the issue are earned with it; so are days that are earned already, for what is issued late.
 */
export async function deferRevenue(
  tx: Transaction,
  { policy }: Organisation,
  invoices: readonly (InvoiceDraft & { readonly id: InvoiceId })[],
  issuedOn: CivilDate,
): Promise<ReadonlyMap<InvoiceId, readonly CategoryAmount[]>> {
  if (policy.revenueRecognition !== 'by_day' || invoices.length === 0) return new Map()
  const open = (await tx.revenue.holdDays()) ?? issuedOn
  const from = open > issuedOn ? open : issuedOn
  const deferrals = invoices.flatMap(({ id, currency, lines }) =>
    lines.flatMap(({ position, category, net, period }): LineDeferral[] => {
      const deferral = deferralOf(net.amountMinor, period, from)
      return deferral === undefined ? [] : [{ ...deferral, invoiceId: id, position, category, currency }]
    }),
  )
  await tx.revenue.add(deferrals, issuedOn)
  return waitingOf(deferrals)
}

function waitingOf(deferrals: readonly LineDeferral[]): ReadonlyMap<InvoiceId, readonly CategoryAmount[]> {
  const waiting = new Map<InvoiceId, CategoryAmount[]>()
  for (const deferral of deferrals) {
    const { invoiceId, category, currency } = deferral
    const one = { category, amount: money(deferredMinor(deferral), currency) }
    const before = waiting.get(invoiceId)
    if (before) before.push(one)
    else waiting.set(invoiceId, [one])
  }
  return waiting
}
