import { type CivilDate, civilDateAt, invoiceNumber, type OrganisationId, type PaymentId, seriesOf } from '@nyuzi/core'
import { Conflict } from '../errors.ts'
import type { Deps, Transaction } from '../ports.ts'
import { numberDocuments } from '../steps/number-documents.ts'
import { addressed, type PrintedFile } from './addressed.ts'
import type { PrintedReceipt } from './ports.ts'

/** What a payer is told: what came, and which claims it settled when it was given to the subscriber. Issues the receipt when it is first printed. */
export async function printReceipt(
  { store, clock, printer }: Pick<Deps, 'store' | 'clock' | 'printer'>,
  organisationId: OrganisationId,
  { paymentId, actor }: { readonly paymentId: PaymentId; readonly actor: string },
): Promise<PrintedFile | undefined> {
  const found = await store.inOrganisation(organisationId, async (tx) => {
    const { timeZone } = await tx.organisation.read()
    const receipt = await issueReceipt({ clock }, tx, { paymentId, today: civilDateAt(clock.now(), timeZone), actor })
    return receipt && { receipt, timeZone }
  })
  if (!found) return undefined
  const { receipt, timeZone } = found
  const { number, issuedOn, reference, amount, source, payer, settled } = receipt
  const receivedOn = civilDateAt(receipt.paidAt, timeZone)
  const document = { ...addressed(receipt), kind: 'receipt', number, issuedOn, reference, receivedOn, amount, source, settled } as const
  return { name: number, bytes: await printer.print(payer === undefined ? document : { ...document, payer }) }
}

/**
 * The receipt of a payment, numbered when it is first asked for. Money is posted without a number: a counter there would
 * make payments wait for each other. Undefined when there is no such payment.
 */
async function issueReceipt(
  { clock }: Pick<Deps, 'clock'>,
  tx: Transaction,
  { paymentId, today, actor }: { readonly paymentId: PaymentId; readonly today: CivilDate; readonly actor: string },
): Promise<PrintedReceipt | undefined> {
  const issued = await tx.documents.receipt(paymentId)
  if (issued) return issued
  const payment = await tx.documents.unreceipted(paymentId)
  if (!payment) return undefined
  const { subscriberId, reference, branch } = payment
  if (subscriberId === undefined || branch === undefined)
    throw new Conflict('receipt_not_ready', 'Nobody knows whose money this is yet. Resolve it first.')
  if (reference === undefined)
    throw new Conflict('receipt_not_ready', 'The provider has not told the number of its transaction yet. Ask again when it has.')
  const series = seriesOf(branch, 'receipt')
  const next = await numberDocuments(tx, [series])
  // Who asked at the same moment has waited for the series until here.
  const meanwhile = await tx.documents.receipt(paymentId)
  if (meanwhile) return meanwhile
  const { sequence } = next(series)
  const number = invoiceNumber(series, sequence)
  const at = clock.now()
  await tx.documents.addReceipt({ paymentId, subscriberId, series, sequence, number, issuedOn: today }, at)
  await tx.audit.write({
    actor,
    action: 'receipt.issue',
    subjectNoun: 'payment',
    subjectId: paymentId,
    detail: { number },
    at,
  })
  return await tx.documents.receipt(paymentId)
}
