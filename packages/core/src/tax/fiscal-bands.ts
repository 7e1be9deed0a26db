import { type Money, money } from '../money/money.ts'
import type { TaxAmount } from './compute-tax.ts'

/** A class of lines on the documents of a tax authority, e.g. `B` at 16 %. */
export type FiscalBand = { readonly code: string; readonly rateBp: number }

/** How the tax authority of a country sorts lines: data of its pack. */
export type FiscalBands = {
  /** The tax by whose rate a line falls into a band. Whatever other taxes claim is inside its base. */
  readonly tax: string
  /** All of them, in the order of the authority. */
  readonly bands: readonly FiscalBand[]
  /** The band of lines that do not bear the tax, by their class or by a certificate. */
  readonly untaxed: string
  /** The band of lines that bear it at a rate of nothing. */
  readonly zeroRated: string
}

export type BandedAmount = {
  readonly band: string
  /** The total without the tax of the bands: net and all other taxes. */
  readonly taxable: Money
  readonly tax: Money
  /** What else is laid on the line; inside `taxable`. */
  readonly otherTaxes: readonly TaxAmount[]
}

export type BandTotal = FiscalBand & { readonly taxableMinor: bigint; readonly taxMinor: bigint }

/** Undefined when the line bears the tax at a rate that the authority has no band for. */
export function bandOf(
  { tax, bands, untaxed, zeroRated }: FiscalBands,
  taxes: readonly TaxAmount[],
  total: Money,
): BandedAmount | undefined {
  const laidOn = taxes.find(({ code }) => code === tax)
  const band =
    laidOn === undefined || laidOn.certificate !== undefined
      ? untaxed
      : laidOn.rateBp === 0
        ? zeroRated
        : bands.find(({ rateBp }) => rateBp === laidOn.rateBp)?.code
  if (band === undefined) return undefined
  const taxMinor = laidOn?.amountMinor ?? 0n
  return {
    band,
    taxable: money(total.amountMinor - taxMinor, total.currency),
    tax: money(taxMinor, total.currency),
    otherTaxes: taxes.filter((one) => one !== laidOn && one.amountMinor !== 0n),
  }
}

/** Each band of the authority with the sums of its lines, also those without any. */
export const bandTotals = ({ bands }: FiscalBands, lines: readonly BandedAmount[]): readonly BandTotal[] =>
  bands.map((band) => {
    const ofBand = lines.filter((line) => line.band === band.code)
    return {
      ...band,
      taxableMinor: ofBand.reduce((sum, { taxable }) => sum + taxable.amountMinor, 0n),
      taxMinor: ofBand.reduce((sum, { tax }) => sum + tax.amountMinor, 0n),
    }
  })
