import type { EntryId, Instant, JournalEntry } from '@nyuzi/core'

export type NewEntry = { readonly id: EntryId; readonly entry: JournalEntry }

export type LedgerStore = {
  /** Writes entries with all their postings; accounts that do not exist yet are opened. */
  record(entries: readonly NewEntry[], recordedAt: Instant): Promise<void>
  /** Seals the entries that are in no block yet into the next block; returns how many. */
  seal(limit: number, settledBefore: Instant, at: Instant): Promise<number>
  /** Every doubt about this organisation's books, worst first; empty when there is none. */
  verify(): Promise<readonly LedgerDoubt[]>
  counts(): Promise<{ entries: number; postings: number; payments: number; invoices: number; blocks: number }>
}

export type LedgerDoubt = { readonly rule: string; readonly subject: string; readonly message: string }
