import { bangladesh } from './countries/bd.ts'
import { kenya } from './countries/ke.ts'
import type { FiscalBands } from './fiscal-bands.ts'
import type { TaxClass, TaxPack, TaxRule } from './rule.ts'

const packs = { KE: kenya, BD: bangladesh } as const

export const taxPackCodes = ['none', 'KE', 'BD'] as const
/** `none`: the organisation charges no taxes. */
export type TaxPackCode = (typeof taxPackCodes)[number]

/** What an organisation holds otherwise than its pack: rates that the pack does not know, taxes that a class bears here. */
export type TaxSettings = {
  readonly rates?: readonly DatedRate[] | undefined
  /** In the order in which they are laid on. */
  readonly classes?: Partial<Record<TaxClass, readonly string[]>> | undefined
}
type DatedRate = Pick<TaxRule, 'code' | 'rateBp' | 'from' | 'until'>

/** The taxes by which an organisation bills. A setting adds to the pack, so rates of the past stay where they are. */
export function taxPackOf(code: TaxPackCode, settings: TaxSettings = {}): TaxPack | undefined {
  if (code === 'none') return undefined
  const pack = packs[code]
  const { rates = [], classes = {} } = settings
  if (rates.length === 0 && Object.keys(classes).length === 0) return pack
  const added = rates.flatMap((rate) => {
    const known = pack.rules.find((rule) => rule.code === rate.code)
    return known === undefined ? [] : [{ ...rate, title: known.title, base: known.base }]
  })
  return { ...pack, rules: [...pack.rules, ...added], classes: { ...pack.classes, ...classes } }
}

/** A tax that the settings name and the pack does not have: nobody knows what it is laid on. */
export function unknownTaxIn(code: TaxPackCode, { rates = [], classes = {} }: TaxSettings): string | undefined {
  if (code === 'none') return undefined
  const known = new Set(packs[code].rules.map((rule) => rule.code))
  return [...rates.map((rate) => rate.code), ...Object.values(classes).flat()].find((named) => !known.has(named))
}

/** How documents of a country are declared to its authority, whatever taxes the organisation charges; undefined where none signs them. */
export const fiscalBandsOf = (country: string): FiscalBands | undefined =>
  Object.values<TaxPack>(packs).find((pack) => pack.country === country)?.fiscalBands
