import { bandOf, bandTotals, describeLine, type FiscalDocument, type FiscalLine, fiscalBandsOf, money } from '@nyuzi/core'
import { ProviderMisconfigured, ProviderRefused } from '@nyuzi/sdk'
import type { Parties } from '../documents/ports.ts'
import type { Organisation, Transaction } from '../ports.ts'
import type { DeclaredLine, QueuedDocument } from './ports.ts'

/** Reads what is declared: the document as it was issued, each line in the band of the country's pack. */
export async function readFiscalDocument(tx: Transaction, organisation: Organisation, queued: QueuedDocument): Promise<FiscalDocument> {
  const { creditId, invoiceId, original } = queued
  if (queued.originalUndeclared) throw new ProviderRefused('it corrects a document that was never declared from here: declare both by hand')
  const printed = creditId === null ? await tx.documents.invoice({ invoiceId }) : await tx.documents.creditNote(creditId)
  const lines = await tx.fiscal.lines(queued)
  const [first] = lines
  if (!printed || !first) throw new ProviderRefused('the document has no lines')
  const sorted = sortIntoBands(organisation.country, lines)
  const totalMinor = lines.reduce((sum, { total }) => sum + total.amountMinor, 0n)
  const phone = await tx.fiscal.phoneOf(queued)
  const { seller, buyer } = partiesOf(printed)
  const common = {
    number: queued.documentNumber,
    issuedOn: printed.issuedOn,
    issuedAt: queued.issuedAt,
    seller,
    buyer: { ...buyer, ...(phone === undefined ? {} : { phone }) },
    ...sorted,
    total: money(totalMinor, first.total.currency),
  }
  return original === null ? { ...common, kind: 'sale' } : { ...common, kind: 'credit', original }
}

function sortIntoBands(country: string, lines: readonly DeclaredLine[]): Pick<FiscalDocument, 'lines' | 'bands'> {
  const bands = fiscalBandsOf(country)
  if (!bands) throw new ProviderMisconfigured(`documents of ${country} are sorted into no bands, so no authority can sign them`)
  const banded = lines.map((line): FiscalLine => {
    const { taxClass, taxes, total } = line
    const description = describeLine(line, 'en')
    const amounts = bandOf(bands, taxes, total)
    if (!amounts) throw new ProviderRefused(`"${description}" bears ${bands.tax} at a rate that the authority has no band for`)
    return { description, taxClass, total, ...amounts }
  })
  return { lines: banded, bands: bandTotals(bands, banded) }
}

const partiesOf = ({ issuer, recipient }: Parties) => ({
  seller: { name: issuer.name, addressLines: issuer.branding.addressLines ?? [] },
  buyer: { name: recipient.name, ...(recipient.taxPin === null ? {} : { taxPin: recipient.taxPin }) },
})
