import type { TaxClass } from '../tax/rule.ts'
import type { UsageTariff } from './tariff.ts'

/** Measured use that a price charges beside its amount, when the period is over. */
export type PriceUsage = {
  /** Stable, and once per price: `data`. */
  readonly key: string
  readonly title: string
  /** Which revenue account it belongs to. */
  readonly category: string
  readonly taxClass: TaxClass
  readonly tariff: UsageTariff
}
