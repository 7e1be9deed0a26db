import { type CivilDate, describeLine, type LineDescription } from '@nyuzi/core'

type Row = { description?: LineDescription; category?: string; period_start?: CivilDate | null; period_end?: CivilDate | null }

/** The words of a row of `invoice_lines`, in English. */
export function wordsOf(row: object): string {
  const { description, category, period_start: start, period_end: end } = row as Row
  if (description === undefined || category === undefined) throw new Error('select the description, the category and the period')
  return describeLine({ description, category, ...(start && end ? { period: { start, end } } : {}) }, 'en')
}
