import { type Money, toDecimal } from '@nyuzi/core'

/** Text is guarded; a number or an amount is written as it is. */
export type Cell = string | number | Money | undefined
export type CsvTable = { readonly head: readonly string[]; readonly rows: readonly (readonly Cell[])[] }

/** RFC 4180. Text that a spreadsheet would take for a formula begins with an apostrophe, which it shows as text. */
export const toCsv = ({ head, rows }: CsvTable): string => [head, ...rows].map((row) => `${row.map(cellText).join(',')}\r\n`).join('')

function cellText(cell: Cell): string {
  if (cell === undefined) return ''
  if (typeof cell === 'number') return String(cell)
  if (typeof cell === 'object') return toDecimal(cell)
  const text = /^[=+\-@\t\r\n]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
