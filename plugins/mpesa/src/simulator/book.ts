import { randomInt } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import type { BookEntry } from './types.ts'

export type Book = {
  readonly entries: readonly BookEntry[]
  /** A receipt that no other payment will get. */
  reserve(): string
  take(payment: Omit<BookEntry, 'receipt'>, receipt?: string): BookEntry
  close(): void
}

export function openBook(journalPath?: string): Book {
  const kept = journalPath !== undefined && existsSync(journalPath) ? readFileSync(journalPath, 'utf8') : ''
  const entries = readJournal(kept)
  const taken = new Set(entries.map(({ receipt }) => receipt))
  const journal = journalPath === undefined ? undefined : openSync(journalPath, 'a')
  // The line after a torn one must not become part of it.
  if (journal !== undefined && kept !== '' && !kept.endsWith('\n')) writeSync(journal, '\n')
  const next = receipts()
  const reserve = (): string => {
    let receipt = next()
    while (taken.has(receipt)) receipt = next()
    taken.add(receipt)
    return receipt
  }
  return {
    entries,
    reserve,
    take(payment, receipt = reserve()) {
      const entry = { receipt, ...payment }
      if (journal !== undefined) {
        writeSync(journal, `${JSON.stringify(entry)}\n`)
        fsyncSync(journal)
      }
      entries.push(entry)
      return entry
    },
    close() {
      if (journal !== undefined) closeSync(journal)
    },
  }
}

// A line cut by a crash was never told to anyone, so it is left out.
function readJournal(text: string): BookEntry[] {
  return text.split('\n').flatMap((line) => {
    try {
      const entry = JSON.parse(line) as BookEntry
      return [{ ...entry, takenAt: new Date(entry.takenAt) }]
    } catch {
      return []
    }
  })
}

const places = 36n ** 7n
// Coprime to 36^7, so the walk visits every value before one comes again.
const step = 52_164_378_911n

/** Ten upper-case letters and digits, never twice in one run: `UKE4T7Q2XM`. */
function receipts(): () => string {
  let place = BigInt(randomInt(2 ** 36)) % places
  return () => {
    place = (place + step) % places
    return `UKE${place.toString(36).toUpperCase().padStart(7, '0')}`
  }
}
