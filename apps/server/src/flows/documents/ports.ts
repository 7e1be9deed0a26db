import type {
  CivilDate,
  ClaimKind,
  CreditId,
  EntryKind,
  Instant,
  InvoiceId,
  Language,
  LineDescription,
  Money,
  PaymentId,
  Period,
  SubscriberId,
  TaxAmount,
} from '@nyuzi/core'
import type { FiscalState, Logo, PrintedDocument, UnreadableLogo } from '@nyuzi/documents'

/** What an organisation's documents look like, besides its name. */
export type Branding = {
  readonly addressLines?: readonly string[]
  readonly phone?: string
  readonly email?: string
  /** `#1a6b54` */
  readonly colour?: string
  readonly footer?: string
  readonly paymentInstructions?: string
  readonly logo?: { readonly sha256: string; readonly width: number; readonly height: number }
}

/** Makes PDFs. Loaded when it is first used: a server that prints nothing carries no fonts. */
export type Printer = {
  print(document: PrintedDocument): Promise<Uint8Array>
  readLogo(bytes: Uint8Array): Promise<Logo | UnreadableLogo>
}

/** The two parties as they were when a document was issued; as they are now, for a statement. */
export type Parties = {
  readonly issuer: { readonly name: string; readonly payTo: string | null; readonly taxPin: string | null; readonly branding: Branding }
  readonly recipient: {
    readonly name: string
    readonly addressLines: readonly string[]
    readonly taxPin: string | null
    readonly language: Language
  }
  readonly accountNumber: string
  readonly logo?: Uint8Array
}

export type ClaimedLine = {
  readonly description: LineDescription
  readonly category: string
  readonly period?: Period
  /** The days that a credit note takes back. */
  readonly credited?: Period
  readonly net: Money
  readonly taxes: readonly TaxAmount[]
  readonly total: Money
}

export type PrintedInvoice = Parties & {
  readonly kind: ClaimKind
  readonly number: string
  readonly issuedOn: CivilDate
  readonly dueOn: CivilDate
  readonly total: Money
  readonly lines: readonly ClaimedLine[]
  readonly fiscal?: FiscalState
}

export type PrintedCreditNote = Parties & {
  readonly number: string
  readonly issuedOn: CivilDate
  readonly total: Money
  readonly reason: string
  /** When all its lines are of one invoice. */
  readonly corrects?: { readonly number: string; readonly issuedOn: CivilDate; readonly fiscalNumber?: string }
  readonly lines: readonly ClaimedLine[]
  readonly fiscal?: FiscalState
}

export type PrintedReceipt = Parties & {
  readonly number: string
  readonly issuedOn: CivilDate
  /** The provider's transaction, or what a branch wrote down. */
  readonly reference: string
  readonly paidAt: Date
  readonly amount: Money
  readonly source: 'provider' | 'manual' | 'withholding'
  readonly payer?: string
  readonly settled: readonly { readonly number: string; readonly amount: Money }[]
}

/** A payment, with what its receipt needs: an owner and the provider's reference. */
export type UnreceiptedPayment = { readonly subscriberId?: SubscriberId; readonly reference?: string; readonly branch?: string }

export type NewReceipt = {
  readonly paymentId: PaymentId
  readonly subscriberId: SubscriberId
  readonly series: string
  readonly sequence: bigint
  readonly number: string
  readonly issuedOn: CivilDate
}

export type PrintedStatement = Parties & {
  readonly opening: Money
  readonly entries: readonly { readonly on: CivilDate; readonly kind: EntryKind; readonly reference?: string; readonly change: Money }[]
}

/** Null forgets a field. */
export type BrandingChanges = { readonly [Field in keyof Branding]: Branding[Field] | null }

export type DocumentStore = {
  branding(): Promise<Branding>
  changeBranding(changes: BrandingChanges): Promise<void>
  keepLogo(sha256: string, png: Uint8Array): Promise<void>
  logo(sha256: string): Promise<Uint8Array | undefined>
  invoice(by: { readonly invoiceId: InvoiceId } | { readonly number: string }): Promise<PrintedInvoice | undefined>
  creditNote(id: CreditId): Promise<PrintedCreditNote | undefined>
  /** Undefined while none was issued. */
  receipt(id: PaymentId): Promise<PrintedReceipt | undefined>
  unreceipted(id: PaymentId): Promise<UnreceiptedPayment | undefined>
  addReceipt(receipt: NewReceipt, at: Instant): Promise<void>
  statement(id: SubscriberId, span: { readonly from: CivilDate; readonly until: CivilDate }): Promise<PrintedStatement | undefined>
}
