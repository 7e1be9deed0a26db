import type { TaxAmount } from './compute-tax.ts'

/**
 * What an invoice shows below its lines: bases and amounts by tax, rate and certificate, in the order in which they appear. Sums of
 * the lines' roundings, never rounded again.
 */
export function summariseTaxes(lines: Iterable<{ readonly taxes: readonly TaxAmount[] }>): readonly TaxAmount[] {
  const sums = new Map<string, TaxAmount>()
  for (const { taxes } of lines) {
    for (const tax of taxes) {
      const key = `${tax.code} ${tax.rateBp} ${tax.certificate ?? ''}`
      const sum = sums.get(key)
      sums.set(
        key,
        sum === undefined ? tax : { ...sum, baseMinor: sum.baseMinor + tax.baseMinor, amountMinor: sum.amountMinor + tax.amountMinor },
      )
    }
  }
  return [...sums.values()]
}
