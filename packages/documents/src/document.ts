import type { CivilDate, EntryKind, FiscalProof, Language, LineDescription, Money, Period, TaxAmount } from '@nyuzi/core'

/** Who stands at the head of a document: an organisation as it was when the document was issued. */
export type Issuer = {
  readonly name: string
  readonly addressLines: readonly string[]
  readonly phone?: string
  readonly email?: string
  /** Its number with the tax authority. */
  readonly taxPin?: string
  /** A PNG as `readLogo` hands it back: opaque and of a bounded size. */
  readonly logo?: Uint8Array
  /** `#1a6b54`: for rules, the title and the head of tables. */
  readonly colour: string
  /** Small print at the foot of each page. */
  readonly footer?: string
  /** How a claim is paid, in the issuer's own words. */
  readonly paymentInstructions?: string
}

/** To whom a document is addressed, as it was when the document was issued. */
export type Recipient = {
  readonly name: string
  readonly accountNumber: string
  readonly addressLines: readonly string[]
  readonly taxPin?: string
}

type Addressed = {
  readonly language: Language
  readonly issuer: Issuer
  readonly recipient: Recipient
}

export type ClaimLine = {
  readonly description: LineDescription
  readonly category: string
  readonly period?: Period
  /** The days that a credit note takes back; printed with their last day. */
  readonly credited?: Period
  readonly net: Money
  readonly taxes: readonly TaxAmount[]
  readonly total: Money
}

/** What tells of the tax authority: its proofs, each with a QR code that leads there; `pending` while it has not signed. */
export type FiscalState = 'pending' | readonly FiscalProof[]

type Claim = Addressed & {
  readonly number: string
  readonly issuedOn: CivilDate
  readonly lines: readonly ClaimLine[]
  readonly total: Money
  readonly fiscal?: FiscalState
}

/** The document that a note corrects. */
export type Corrected = {
  readonly number: string
  readonly issuedOn: CivilDate
  /** The number under which the tax authority knows it. */
  readonly fiscalNumber?: string
}

/** What asks for money says until when, and how it is paid: `Paybill 400123`. */
type Payable = { readonly dueOn: CivilDate; readonly payTo?: string }

/** `deposit`: money that is asked for, to be held and given back. */
export type InvoiceDocument = Claim & Payable & { readonly kind: 'invoice' | 'deposit' }
export type DebitNoteDocument = Claim & Payable & { readonly kind: 'debit_note'; readonly corrects?: Corrected; readonly reason?: string }
export type CreditNoteDocument = Claim & { readonly kind: 'credit_note'; readonly corrects?: Corrected; readonly reason?: string }

export type ReceiptDocument = Addressed & {
  readonly kind: 'receipt'
  readonly number: string
  readonly issuedOn: CivilDate
  /** The provider's transaction, or what a branch wrote down. */
  readonly reference: string
  readonly receivedOn: CivilDate
  readonly amount: Money
  /** Who took the money: a payment provider, a person in a branch, or the state, by its certificate. */
  readonly source: 'provider' | 'manual' | 'withholding'
  readonly payer?: string
  /** What the money settled when it was given to the subscriber; the rest is credit. */
  readonly settled: readonly { readonly number: string; readonly amount: Money }[]
}

/** Entries that move what a subscriber owes; the others never stand on a statement. */
export type StatementEntryKind = Exclude<EntryKind, 'payment_unmatched' | 'credit_applied' | 'revenue_recognised' | 'recognition_withdrawn'>

export type StatementRow = {
  readonly on: CivilDate
  readonly kind: StatementEntryKind
  /** The number of what caused it. */
  readonly reference?: string
  /** Above zero: owed more. Below: owed less. */
  readonly change: Money
}

export type StatementDocument = Addressed & {
  readonly kind: 'statement'
  readonly from: CivilDate
  /** The last day of it. */
  readonly until: CivilDate
  /** Above zero: the subscriber owes. Below: the subscriber has credit. */
  readonly opening: Money
  readonly rows: readonly StatementRow[]
}

export type PrintedDocument = InvoiceDocument | DebitNoteDocument | CreditNoteDocument | ReceiptDocument | StatementDocument
