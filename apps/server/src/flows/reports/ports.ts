import type { CivilDate, Currency, EntryKind, LedgerAccountKind } from '@nyuzi/core'

/** What a row is about. `key` is what it is found by; empty for what belongs to none. */
export type Group = { readonly key: string; readonly code: string; readonly name: string }

export const ageingGroupings = ['branch', 'segment', 'subscriber', 'plan'] as const
export type AgeingGrouping = (typeof ageingGroupings)[number]

/** What is open, by days past due. */
export type Ageing = {
  readonly claims: number
  readonly notDueMinor: bigint
  readonly days1To30Minor: bigint
  readonly days31To60Minor: bigint
  readonly days61To90Minor: bigint
  readonly over90Minor: bigint
  readonly totalMinor: bigint
}

/** Rows after a key, in the order of keys; without a limit, all. */
export type AgeingQuery = {
  readonly on: CivilDate
  readonly by: AgeingGrouping
  readonly currency: Currency
  readonly after?: string | undefined
  readonly limit?: number | undefined
}

export const revenueGroupings = ['month', 'day', 'branch', 'category', 'plan'] as const
export type RevenueGrouping = (typeof revenueGroupings)[number]

/** Both days belong to it. */
export type DaySpan = { readonly from: CivilDate; readonly until: CivilDate }

/** What one currency did in a span: sums over several would say nothing. */
export type MoneySpan = DaySpan & { readonly currency: Currency }

/** What entries of one kind posted to accounts of one kind, on a day, in a month or in a category. */
export type LedgerMovement = {
  readonly group: string
  readonly entry: EntryKind
  readonly account: LedgerAccountKind
  /** The tax, of tax payable; else empty. */
  readonly tax: string
  /** Debits above zero. */
  readonly amountMinor: bigint
}

/** What the lines of documents say of a branch or a plan. */
export type DocumentMovement = Group & {
  readonly what: 'invoiced' | 'credited' | 'deferred' | 'tax' | 'received' | 'outstanding'
  readonly tax: string
  readonly amountMinor: bigint
}

/** A day's debits and credits of one account in the books of an accountant. */
export type JournalLine = {
  readonly day: CivilDate
  readonly kind: LedgerAccountKind
  /** Empty where the owner is a subscriber: all of them are one control account. */
  readonly owner: string
  /** In the general ledger; absent where none was given. */
  readonly code?: string
  readonly currency: Currency
  readonly debitMinor: bigint
  readonly creditMinor: bigint
}

/** The account of the general ledger that stands for a kind of ours, or for one account of it. */
export type GeneralLedgerCode = {
  readonly kind: LedgerAccountKind
  /** A category, a tax, an installation or a branch; empty for all of the kind that have no code of their own. */
  readonly owner: string
  readonly code: string
}

/** Sums over the books, made where they lie. */
export type ReportStore = {
  ageing(query: AgeingQuery): Promise<readonly (Group & Ageing)[]>
  ageingTotal(on: CivilDate, currency: Currency): Promise<Ageing>
  /** By entries of the ledger. */
  ledgerMovements(span: MoneySpan, by: 'month' | 'day' | 'category'): Promise<readonly LedgerMovement[]>
  /** By lines of documents. What is deferred is what it grew by; what is outstanding, at the end. */
  documentMovements(span: MoneySpan, by: 'branch' | 'plan'): Promise<readonly DocumentMovement[]>
  /** What all subscribers owe at the end of a day, by the ledger. */
  receivable(on: CivilDate, currency: Currency): Promise<bigint>
  journal(span: DaySpan): Promise<readonly JournalLine[]>
  generalLedgerCodes(): Promise<readonly GeneralLedgerCode[]>
  setGeneralLedgerCodes(codes: readonly GeneralLedgerCode[]): Promise<void>
  forgetGeneralLedgerCodes(accounts: readonly Omit<GeneralLedgerCode, 'code'>[]): Promise<void>
}
