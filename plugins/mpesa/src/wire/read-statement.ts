import type { Instant, Money } from '@nyuzi/sdk'
import { readSignedAmount } from '../client/amount.ts'
import { readReceipt } from '../client/payer.ts'
import { fromWireTime } from '../client/time.ts'
import { readCsv } from './read-csv.ts'

/** `payment`: money of a payer. Charges share the receipt of their payment; settlements go to our bank. */
export type StatementKind = 'payment' | 'charge' | 'reversal' | 'settlement' | 'other'

export type StatementRow = {
  /** Receipt, sign and kind: unique in a statement, where a receipt alone is not. */
  readonly key: string
  readonly receipt: string
  readonly kind: StatementKind
  /** Positive when paid in, negative when withdrawn. */
  readonly amount: Money
  readonly completedAt: Instant | undefined
  readonly details: string
  readonly otherParty: string | undefined
  /** The payment that a reversal undoes. */
  readonly linkedReceipt: string | undefined
  readonly accountReference: string | undefined
}

export type Statement = {
  readonly rows: readonly StatementRow[]
  /** Lines below the header that are no movement of money, each with its reason: nothing is left out silently. */
  readonly ignored: readonly { readonly line: number; readonly receipt: string; readonly reason: string }[]
}

/**
 * Reads the CSV export of the organisation portal. The header is found by its first column, since the lines above it
 * vary; columns may be fewer and in any order. Undefined when there is no such header.
 */
export function readStatement(source: Uint8Array | string): Statement | undefined {
  const text = (typeof source === 'string' ? source : decode(source)).replace(/^\uFEFF/, '')
  for (const separator of [',', ';', '\t']) {
    const lines = readCsv(text, separator)
    const headerAt = lines.findIndex(([first]) => columnName(first) === 'receipt no')
    const header = lines[headerAt]
    if (header) return readRows(header.map(columnName), lines.slice(headerAt + 1), headerAt + 2)
  }
  return undefined
}

// Exports opened and saved in a spreadsheet come in the Windows encoding.
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

const columnName = (text: string | undefined): string => (text ?? '').trim().toLowerCase().replace(/\.$/, '')

function readRows(columns: readonly string[], lines: readonly (readonly string[])[], firstLine: number): Statement {
  const rows: StatementRow[] = []
  const ignored: { line: number; receipt: string; reason: string }[] = []
  for (const [index, cells] of lines.entries()) {
    if (cells.every((cell) => cell.trim() === '')) continue
    const cell = (name: string): string => cells[columns.indexOf(name)]?.trim() ?? ''
    const row = readRow(cell)
    if (typeof row === 'string') ignored.push({ line: firstLine + index, receipt: cell('receipt no').toUpperCase(), reason: row })
    else rows.push(row)
  }
  return { rows, ignored }
}

function readRow(cell: (name: string) => string): StatementRow | string {
  const receipt = readReceipt(cell('receipt no'))
  const status = cell('transaction status')
  if (receipt === undefined || status === '') return 'not a movement (totals or notes)'
  if (status.toLowerCase() !== 'completed') return status
  const paidIn = readSignedAmount(cell('paid in'))
  const withdrawn = readSignedAmount(cell('withdrawn'))
  const amount = paidIn && paidIn.amountMinor !== 0n ? paidIn : withdrawn && negative(withdrawn)
  if (!amount || amount.amountMinor === 0n) return 'no readable amount'
  const details = cell('details')
  const kind = kindOf(cell('reason type'), details, amount)
  const typed = cell('a/c no') || /\bAcc\.\s*(.+)$/.exec(details)?.[1]
  return {
    key: `${receipt}:${amount.amountMinor < 0n ? 'out' : 'in'}:${kind}`,
    receipt,
    kind,
    amount,
    completedAt: fromWireTime(cell('completion time')) ?? fromSerial(cell('completion time')),
    details,
    otherParty: cell('other party info') || undefined,
    linkedReceipt: readReceipt(cell('linked transaction id')),
    accountReference: kind === 'payment' ? typed || undefined : undefined,
  }
}

// Withdrawals are written with and without a minus.
const negative = (value: Money): Money => (value.amountMinor > 0n ? { ...value, amountMinor: -value.amountMinor } : value)

function kindOf(reasonType: string, details: string, amount: Money): StatementKind {
  // What follows is a payer's name and typed account, which may hold any word.
  const subject = details.split(/ (?:from|to) /)[0] ?? ''
  const said = `${reasonType} ${subject}`
  if (/reversal/i.test(said)) return 'reversal'
  if (/settlement/i.test(said)) return 'settlement'
  if (/charge\b/i.test(subject)) return 'charge'
  return amount.amountMinor > 0n ? 'payment' : 'other'
}

/** A spreadsheet's day number, in Nairobi time: `46340.46877` is 14 November 2026, 11:15:02. */
function fromSerial(text: string): Instant | undefined {
  if (!/^\d{5}(\.\d+)?$/.test(text)) return undefined
  const epochDays = 25_569
  const local = new Date(Math.round((Number(text) - epochDays) * 86_400) * 1000)
  return fromWireTime(local.toISOString().slice(0, 19))
}
