import { civilDateAt, type OrganisationId, type PaymentId } from '@nyuzi/core'
import { Conflict } from '../errors.ts'
import type { Deps } from '../ports.ts'
import { addressed, type PrintedFile } from './addressed.ts'

/** What a payer is told: what came, and which claims it settled when it was given to the subscriber. */
export async function printReceipt(
  { store, printer }: Pick<Deps, 'store' | 'printer'>,
  organisationId: OrganisationId,
  id: PaymentId,
): Promise<PrintedFile | undefined> {
  const found = await store.inOrganisation(organisationId, async (tx) => {
    const receipt = await tx.documents.receipt(id)
    return receipt && { receipt, timeZone: (await tx.organisation.read()).timeZone }
  })
  if (!found) return undefined
  const { receipt, timeZone } = found
  if (receipt === 'unmatched') throw new Conflict('receipt_not_ready', 'Nobody knows whose money this is yet. Resolve it first.')
  const { number, amount, source, payer, settled } = receipt
  if (number === undefined)
    throw new Conflict('receipt_not_ready', 'The provider has not told the number of its receipt yet. Ask again when it has.')
  const receivedOn = civilDateAt(receipt.paidAt, timeZone)
  const document = { ...addressed(receipt), kind: 'receipt', number, receivedOn, amount, source, settled } as const
  return { name: number, bytes: await printer.print(payer === undefined ? document : { ...document, payer }) }
}
