import type { TaxBase, TaxPack } from '../src/tax/rule.ts'
import { civilDate } from '../src/time/calendar.ts'

/** A country whose taxes have these rates since ever, on every class but the exempt one. */
export function packOf(...taxes: readonly (readonly [code: string, rateBp: number, base: TaxBase])[]): TaxPack {
  const codes = taxes.map(([code]) => code)
  return {
    country: 'XX',
    rules: taxes.map(([code, rateBp, base]) => ({ code, title: code, rateBp, base, from: civilDate('1970-01-01') })),
    classes: { internet: codes, equipment: codes, installation: codes, exempt: [] },
  }
}

export const exciseAndVat = (exciseBp: number, vatBp: number): TaxPack =>
  packOf(['excise', exciseBp, 'net'], ['vat', vatBp, 'net_plus_previous'])
