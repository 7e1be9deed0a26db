import type { CivilDate } from '../time/calendar.ts'
import type { TaxRate } from './compute-tax.ts'
import { rulesInForce, type TaxClass, type TaxPack } from './rule.ts'

/** What frees a subscriber of some taxes: a certificate of the state, and the days for which it holds. */
export type Exemption = {
  /** Its number. */
  readonly certificate: string
  /** The codes of the taxes. */
  readonly taxes: readonly string[]
  readonly from: CivilDate
  /** The first day that bears them again. */
  readonly until?: CivilDate | undefined
}

export type Taxed = { readonly taxClass: TaxClass; readonly taxPoint: CivilDate }

/** The taxes of a country as they are for whoever holds certificates. */
export const exemptedPack = (pack: TaxPack | undefined, exemptions: readonly Exemption[]): TaxPack | undefined =>
  pack === undefined || exemptions.length === 0 ? pack : { ...pack, exemptions }

/** The rates of a class on its tax point, in order. A tax of which a certificate frees is listed at nothing, with its number. */
export function ratesFor(pack: TaxPack, { taxClass, taxPoint }: Taxed): readonly TaxRate[] {
  const rules = rulesInForce(pack, taxClass, taxPoint)
  const held = (pack.exemptions ?? []).filter(({ from, until }) => from <= taxPoint && (until === undefined || taxPoint < until))
  if (held.length === 0) return rules
  return rules.map((rule) => {
    const freed = held.find(({ taxes }) => taxes.includes(rule.code))
    return freed === undefined ? rule : { ...rule, rateBp: 0, certificate: freed.certificate }
  })
}
