import type { FiscalReading, FiscalReadings } from '../../flows/fiscal/ports.ts'
import { fromStoredProof, type StoredProof } from '../fiscal.ts'
import type { Sql } from '../transaction.ts'
import { after, first, where } from './page.ts'

type Row = Omit<FiscalReading, 'proof'> & { readonly proof: StoredProof | null }

export function fiscalReadings(sql: Sql): FiscalReadings {
  const documents = sql`
    select f.id, f.installation_id as "installationId", f.invoice_id as "invoiceId", f.credit_id as "creditId", f.document_number as "documentNumber", f.status,
           f.issued_at as "issuedAt", f.number as "runningNumber", f.status = 'pending' and f.tries > 0 as "inDoubt", f.last_error as reason, f.proof
      from fiscal_documents f where true`
  const read = (rows: readonly Row[]): readonly FiscalReading[] =>
    rows.map((row) => ({ ...row, proof: row.proof === null ? null : fromStoredProof(row.proof) }))
  return {
    fiscalDocuments: async ({ status, ...page }) =>
      read(await sql<Row[]>`${documents} ${where(sql, status, (word) => sql`f.status = ${word}`)} ${after(sql, page, sql`f.id`)}`),
    fiscalDocument: async (id) => first(read(await sql<Row[]>`${documents} and f.id = ${id}`)),
    fiscalDocumentsOf: async (of) =>
      read(
        await sql<Row[]>`
          ${documents} and ${'invoiceId' in of ? sql`f.invoice_id = ${of.invoiceId} and f.credit_id is null` : sql`f.credit_id = ${of.creditId}`}
          order by f.document_number`,
      ),
  }
}
