import type { InvoiceId, OrganisationId } from '@nyuzi/core'
import { Conflict } from '../errors.ts'
import type { Deps } from '../ports.ts'
import { addressed, type PrintedFile, payable } from './addressed.ts'

/** An invoice, a debit note or the request for a deposit. Undefined when there is no such claim. */
export async function printInvoice(
  { store, printer }: Pick<Deps, 'store' | 'printer'>,
  organisationId: OrganisationId,
  by: { readonly invoiceId: InvoiceId } | { readonly number: string },
): Promise<PrintedFile | undefined> {
  const found = await store.inOrganisation(organisationId, (tx) => tx.documents.invoice(by))
  if (!found) return undefined
  const { kind, number, issuedOn, dueOn, lines, total, fiscal } = found
  if (kind !== 'invoice' && kind !== 'debit_note' && kind !== 'deposit')
    throw new Conflict('document_not_printed', `${number} is a ${kind.replace('_', ' ')}, which stands on the statement of account only.`)
  const declared = fiscal === undefined ? {} : { fiscal }
  const bytes = await printer.print({ kind, ...addressed(found), ...payable(found), number, issuedOn, dueOn, lines, total, ...declared })
  return { name: number, bytes }
}
