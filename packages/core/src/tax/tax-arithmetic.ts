import { type Money, money, toDecimal } from '../money/money.ts'
import type { TaxedAmount } from './compute-tax.ts'
import type { Pricing } from './rule.ts'

/**
 * Continues the arithmetic of a charge with its taxes, in the order in which they were computed:
 * `1500.00 incl.: VAT 16 % 206.90, excise 15 % 168.67, net 1124.43`.
 */
export function taxArithmetic(arithmetic: string, amount: Money, pricing: Pricing, { net, taxes, total }: TaxedAmount): string {
  if (taxes.length === 0) return arithmetic
  const priced = toDecimal(amount)
  const before = arithmetic === priced ? priced : `${arithmetic} = ${priced}`
  const parts = taxes.map(({ title, rateBp, amountMinor, certificate }) =>
    certificate === undefined
      ? `${title} ${percent(rateBp)} ${toDecimal(money(amountMinor, net.currency))}`
      : `${title} exempt by ${certificate}`,
  )
  return pricing === 'inclusive'
    ? `${before} incl.: ${[...parts.reverse(), `net ${toDecimal(net)}`].join(', ')}`
    : `${before} excl.: ${[...parts, `total ${toDecimal(total)}`].join(', ')}`
}

const percent = (rateBp: number): string => {
  const cents = String(rateBp % 100).padStart(2, '0')
  return `${Math.floor(rateBp / 100)}${cents === '00' ? '' : `.${cents.replace(/0$/, '')}`} %`
}
