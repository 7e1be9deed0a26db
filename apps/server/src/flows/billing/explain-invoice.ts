import type { InvoiceId, OrganisationId } from '@nyuzi/core'
import type { Deps } from '../ports.ts'
import type { AllocationReading, InvoiceReading } from '../readings/ports.ts'
import type { IssuedInvoiceRow } from './ports.ts'
import { type RecomputedRow, readHistory, recomputeRow } from './recompute-row.ts'

export type ExplainedInvoice = {
  readonly invoice: InvoiceReading
  readonly issued: IssuedInvoiceRow
  /** What the second calculator makes of the same facts. */
  readonly recomputed: RecomputedRow
  /** The money that was set against it. */
  readonly allocations: readonly AllocationReading[]
  readonly timeZone: string
}

/** Where every figure of an invoice comes from, for whoever doubts it. Undefined when there is no such invoice; writes nothing. */
export const explainInvoice = (
  { store }: Pick<Deps, 'store'>,
  organisationId: OrganisationId,
  by: { readonly number: string } | { readonly invoiceId: InvoiceId },
): Promise<ExplainedInvoice | undefined> =>
  store.inOrganisation(organisationId, async (tx) => {
    const issued = await tx.issued.one(by)
    const reading = issued && (await tx.readings.invoice(issued.id))
    if (!issued || !reading) return undefined
    const { policy, timeZone } = await tx.organisation.read()
    const recomputed = recomputeRow(issued, await readHistory(tx, policy))
    const { lines: _, allocations, ...invoice } = reading
    return { invoice, issued, recomputed, allocations, timeZone }
  })
