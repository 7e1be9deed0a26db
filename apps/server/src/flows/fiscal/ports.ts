import type {
  CreditId,
  DescribedLine,
  FiscalDocumentId,
  FiscalProof,
  InstallationId,
  Instant,
  InvoiceId,
  Money,
  Phone,
  TaxAmount,
  TaxClass,
} from '@nyuzi/core'
import type { PageQuery } from '../readings/ports.ts'

/** What is to be signed next by one counter. */
export type QueuedDocument = {
  readonly id: FiscalDocumentId
  readonly installationId: InstallationId
  readonly invoiceId: InvoiceId
  /** Absent: the claim itself is declared. */
  readonly creditId: CreditId | null
  readonly documentNumber: string
  readonly issuedAt: Instant
  /** The request that was made, with its number: it is repeated as it is. */
  readonly request: string | null
  readonly number: bigint | null
  /** Since the request was made, without the one to come. */
  readonly tries: number
  /** The number under which the authority took what it corrects. */
  readonly original: bigint | null
  /** What it corrects is older than the device: the authority never heard of it from here. */
  readonly originalUndeclared: boolean
}

export type FiscalCounter = { readonly lastNumber: bigint; readonly correctedAt: Instant | null; readonly failures: number }

export type DeclaredLine = DescribedLine & {
  readonly taxClass: TaxClass
  readonly taxes: readonly TaxAmount[]
  readonly total: Money
}

export type Settlement = { readonly id: FiscalDocumentId; readonly at: Instant; readonly answer: string } & (
  | { readonly status: 'signed'; readonly proof: FiscalProof }
  | { readonly status: 'taken_earlier' }
)

export type FiscalStore = {
  /** Puts what was issued since the last look into the queue of its device. Costs whoever issues nothing. */
  gather(limit: number): Promise<number>
  /** Holds a counter for this server, when its time has come and no other works on it. */
  lease(counter: string, holder: string, leaseMs: number, now: Instant): Promise<FiscalCounter | undefined>
  release(counter: string, holder: string, nextAttemptAt: Instant, failed: boolean): Promise<void>
  /**
   * What was handed in without an answer; else the oldest that can be. Its claim is locked against being voided until the
   * commit, and withdrawn where it is void already.
   */
  head(counter: string, installationIds: readonly InstallationId[]): Promise<QueuedDocument | undefined>
  lines(document: Pick<QueuedDocument, 'invoiceId' | 'creditId'>): Promise<readonly DeclaredLine[]>
  phoneOf(document: Pick<QueuedDocument, 'invoiceId'>): Promise<Phone | undefined>
  /** Keeps the request before it is handed in. */
  request(id: FiscalDocumentId, made: { readonly number: bigint; readonly request: string }): Promise<void>
  /** A try begins whose end is not known, until {@link settle}, {@link refuse} or {@link untried} says so. */
  tried(id: FiscalDocumentId): Promise<void>
  /** The last try surely took nothing: unless an earlier one may have, its number is free and its request forgotten. */
  untried(id: FiscalDocumentId, error: string): Promise<void>
  failed(id: FiscalDocumentId, error: string): Promise<void>
  settle(counter: string, settlement: Settlement): Promise<void>
  refuse(id: FiscalDocumentId, error: string): Promise<void>
  /** The authority's count holds from now on. */
  correct(counter: string, lastNumber: bigint, at: Instant): Promise<void>
  /** The document, locked, when it was handed in without a known end and no server holds it now. */
  lockInDoubt(id: FiscalDocumentId): Promise<{ readonly counter: string; readonly documentNumber: string } | 'certain' | undefined>
  /** It surely was never taken: its number is free. */
  forget(id: FiscalDocumentId, reason: string): Promise<void>
  /** A person mended what a document was refused for; false when it is refused no more. */
  retry(id: FiscalDocumentId): Promise<boolean>
  /** Whether the authority has the claim, or may have it. */
  isDeclared(invoiceId: InvoiceId): Promise<boolean>
}

/**
 * `pending` may have been handed in, and is handed in again as it was. `taken_earlier`: the authority has it and did not
 * repeat its signature. `refused`: a person must act. `withdrawn`: voided before it was ever handed in.
 */
export const fiscalStatuses = ['pending', 'signed', 'taken_earlier', 'refused', 'withdrawn'] as const
export type FiscalStatus = (typeof fiscalStatuses)[number]

export type FiscalReading = {
  readonly id: FiscalDocumentId
  readonly installationId: InstallationId
  readonly invoiceId: InvoiceId
  readonly creditId: CreditId | null
  readonly documentNumber: string
  readonly status: FiscalStatus
  readonly issuedAt: Instant
  readonly runningNumber: bigint | null
  readonly inDoubt: boolean
  readonly reason: string | null
  readonly proof: FiscalProof | null
}

export type FiscalReadings = {
  fiscalDocuments(page: PageQuery & { readonly status?: FiscalStatus }): Promise<readonly FiscalReading[]>
  fiscalDocument(id: FiscalDocumentId): Promise<FiscalReading | undefined>
  /** Of a claim, or of the parts of a credit note. */
  fiscalDocumentsOf(of: { readonly invoiceId: InvoiceId } | { readonly creditId: CreditId }): Promise<readonly FiscalReading[]>
}
