import type { BandTotal, FiscalLine } from '@nyuzi/sdk'

/**
 * The one place that decides which figure stands where. Totals include all taxes; `taxblAmt` is the value before VAT, with
 * excise in it; `taxAmt` is VAT. So does a certified integrator. One sample of the authority has the inclusive total in
 * `taxblAmt`, with a tax rate that Kenya does not have: to be settled in the sandbox.
 */
export const lineAmounts = ({ total, taxable, tax }: FiscalLine) => ({
  prc: toNumber(total.amountMinor),
  splyAmt: toNumber(total.amountMinor),
  taxblAmt: toNumber(taxable.amountMinor),
  taxAmt: toNumber(tax.amountMinor),
  totAmt: toNumber(total.amountMinor),
})

export function documentAmounts(bands: readonly BandTotal[]) {
  const of = (name: string, figure: (band: BandTotal) => number) =>
    Object.fromEntries(bands.map((band) => [`${name}${band.code}`, figure(band)]))
  const taxableMinor = bands.reduce((sum, band) => sum + band.taxableMinor, 0n)
  const taxMinor = bands.reduce((sum, band) => sum + band.taxMinor, 0n)
  return {
    ...of('taxblAmt', (band) => toNumber(band.taxableMinor)),
    ...of('taxRt', ({ rateBp }) => rateBp / 100),
    ...of('taxAmt', (band) => toNumber(band.taxMinor)),
    totTaxblAmt: toNumber(taxableMinor),
    totTaxAmt: toNumber(taxMinor),
    totAmt: toNumber(taxableMinor + taxMinor),
  }
}

/** Fifteen digits are the most that a JSON number gives back as they were written. */
export const amountMinorMax = 10n ** 15n - 1n

/** Cents as the JSON number `4002` or `4002.05`: whole cents over 100, whose shortest text has two decimals at most. */
const toNumber = (minor: bigint): number => Number(minor) / 100
