import { readdirSync, readFileSync } from 'node:fs'
import { isCurrency } from '../src/money/currency.ts'
import { type Money, parseMoney } from '../src/money/money.ts'
import { type Exemption, exemptedPack } from '../src/tax/exemption.ts'
import type { TaxPack } from '../src/tax/rule.ts'
import { type TaxPackCode, type TaxSettings, taxPackOf } from '../src/tax/tax-packs.ts'
import { civilDate } from '../src/time/calendar.ts'
import type { DayCadence } from '../src/time/period.ts'

const folder = new URL('./golden/', import.meta.url)

const columns = [
  ...['case', 'what', 'price', 'every', 'starts', 'anchor', 'period', 'cancelled', 'issued', 'from', 'until', 'days', 'of days'],
  ...['price working', 'priced', 'taxes', 'class', 'pricing', 'tax point', 'excise working', 'excise', 'VAT working', 'VAT'],
  ...['net', 'total', 'postings'],
]

/** A row by the names of its columns. */
export type GoldenCase = ReadonlyMap<string, string>

/** Tables of another kind than lines of invoices, with columns of their own. */
const otherTables = ['allowances.csv', 'billing-days.csv', 'discounts.csv', 'passes.csv', 'plan-changes.csv', 'usage.csv']

export const goldenCases: readonly GoldenCase[] = readdirSync(folder)
  .filter((file) => file.endsWith('.csv') && !otherTables.includes(file))
  .sort()
  .flatMap((file) => goldenTable(file, columns))

export function cell(row: GoldenCase, column: string): string {
  const text = row.get(column)
  if (text === undefined) throw new Error(`there is no column ${column}`)
  return text
}

/** `1500.00 KES` */
export function amountIn(text: string): Money {
  const [decimal = '', currency = ''] = text.split(' ')
  const amount = isCurrency(currency) ? parseMoney(decimal, currency) : undefined
  if (amount === undefined) throw new Error(`${text} is no amount`)
  return amount
}

/** `2 weeks` */
export function cadenceIn(text: string): DayCadence {
  const found = /^([1-9]\d*) (day|week|month|year)s?$/.exec(text)
  if (!found) throw new Error(`${text} is no cadence`)
  return { count: Number(found[1]), unit: found[2] as DayCadence['unit'] }
}

const from = civilDate('2027-01-01')
const settings: Readonly<Record<string, TaxSettings>> = {
  'excise 0 from 2027': { rates: [{ code: 'excise', rateBp: 0, from }] },
  'all 0 from 2027': { rates: ['excise', 'vat'].map((code) => ({ code, rateBp: 0, from })) },
  'VAT 8 until April 2027': { rates: [{ code: 'vat', rateBp: 800, from, until: civilDate('2027-04-01') }] },
  'installation bears excise': { classes: { installation: ['excise', 'vat'] } },
  'internet 7.5 from 2027': { rates: [{ code: 'vat_internet', rateBp: 750, from }] },
}

const exemptions: Readonly<Record<string, readonly Exemption[]>> = {
  'free of VAT': [{ certificate: 'C1', taxes: ['vat'], from: civilDate('2026-07-01') }],
  'free of VAT in July 2026': [{ certificate: 'C1', taxes: ['vat'], from: civilDate('2026-07-01'), until: civilDate('2026-08-01') }],
  'free of excise': [{ certificate: 'C2', taxes: ['excise'], from: civilDate('2026-07-01') }],
  'free of both': [{ certificate: 'C3', taxes: ['excise', 'vat'], from: civilDate('2026-07-01') }],
}

/** `KE: excise 0 from 2027` */
export function packIn(text: string): TaxPack | undefined {
  const [code = '', name] = text.split(': ')
  const held = exemptions[name ?? '']
  const setting = name === undefined || held ? {} : settings[name]
  if (setting === undefined) throw new Error(`${name} is no setting`)
  return exemptedPack(taxPackOf(code as TaxPackCode, setting), held ?? [])
}

export function goldenTable(file: string, columns: readonly string[]): readonly GoldenCase[] {
  const [head = '', ...rows] = readFileSync(new URL(file, folder), 'utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
  const names = readRow(head)
  if (names.join() !== columns.join()) throw new Error(`${file} has other columns: ${head}`)
  return rows
    .filter((row) => row !== '')
    .map((row) => {
      const cells = readRow(row)
      if (cells.length !== names.length) throw new Error(`${file} has a row of ${cells.length} cells: ${row}`)
      return new Map(names.map((name, index) => [name, cells[index] ?? '']))
    })
}

/** A cell with a comma stands between quotes, and a quote inside it is written twice. */
function readRow(row: string): string[] {
  return [...row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '')
}
