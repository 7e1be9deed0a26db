import type { Money } from '../money/money.ts'
import { taxBy } from './compute-tax.ts'
import { ratesFor, type Taxed } from './exemption.ts'
import { type Pricing, rulesInForce, type TaxPack } from './rule.ts'

/**
 * What a price is without its taxes, where it includes one that is not borne: that tax is nobody's income, so it is not
 * paid, and the others come on top. Undefined where the price stays as it is.
 */
export function priceWithout(
  taxed: Taxed & { readonly pricing: Pricing },
  pack: TaxPack | undefined,
): ((price: Money) => Money) | undefined {
  if (pack?.exemptions === undefined || taxed.pricing === 'exclusive') return undefined
  if (ratesFor(pack, taxed).every(({ certificate }) => certificate === undefined)) return undefined
  const rules = rulesInForce(pack, taxed.taxClass, taxed.taxPoint)
  return (price) => taxBy(price, 'inclusive', rules).net
}
