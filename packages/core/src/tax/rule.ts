import type { CivilDate } from '../time/calendar.ts'
import type { Exemption } from './exemption.ts'
import type { FiscalBands } from './fiscal-bands.ts'

/** `net_plus_previous`: the net amount with the taxes that come before it in the order of its class. */
export type TaxBase = 'net' | 'net_plus_previous'

/** One tax at one rate, since one day. A new rate is a new rule under the same code; a rule is never edited. */
export type TaxRule = {
  /** Names the tax in the ledger: `tax_payable:KES:vat`. */
  readonly code: string
  readonly title: string
  /** Basis points: 1600 is 16 %. */
  readonly rateBp: number
  readonly base: TaxBase
  readonly from: CivilDate
  /** For a relief: the first day on which what held before holds again. A tax is abolished by a rule of rate nothing. */
  readonly until?: CivilDate | undefined
}

/** What is sold, as the state sees it. Which taxes a class bears, the pack of the country says. */
export const taxClasses = ['internet', 'equipment', 'installation', 'exempt'] as const
export type TaxClass = (typeof taxClasses)[number]

/** Whether the taxes are in a price or come on top of it. */
export const pricings = ['inclusive', 'exclusive'] as const
export type Pricing = (typeof pricings)[number]

/** The part of the taxes that an appointed buyer keeps back and pays to the state itself. */
export type WithholdingRule = {
  /** The tax whose base it is counted on. */
  readonly on: string
  readonly rateBp: number
  readonly from: CivilDate
}

/** The taxes of one country, as data that a tax adviser can read. */
export type TaxPack = {
  readonly country: string
  readonly rules: readonly TaxRule[]
  /** The codes of the taxes that a class bears, in the order in which they are laid on the net amount. */
  readonly classes: Readonly<Record<TaxClass, readonly string[]>>
  readonly withholding?: readonly WithholdingRule[]
  /** How documents are declared there; absent where no authority signs them. */
  readonly fiscalBands?: FiscalBands
  /** Of whom the taxes are for, where it holds certificates. */
  readonly exemptions?: readonly Exemption[]
}

/** The rules that hold for a class on its tax point, in order. Of two rules under one code the younger holds. */
export function rulesInForce(pack: TaxPack, taxClass: TaxClass, taxPoint: CivilDate): readonly TaxRule[] {
  return pack.classes[taxClass].flatMap((code) => {
    const versions = pack.rules.filter((rule) => rule.code === code && (rule.until === undefined || taxPoint < rule.until))
    return youngest(versions, taxPoint) ?? []
  })
}

/** Among rules of the same day the last one holds, so that a setting outranks the pack it was added to. */
export function youngest<Rule extends { readonly from: CivilDate }>(rules: readonly Rule[], on: CivilDate): Rule | undefined {
  return rules.reduce<Rule | undefined>(
    (found, rule) => (rule.from > on || (found !== undefined && rule.from < found.from) ? found : rule),
    undefined,
  )
}
