import { type Currency, type Money, toDecimal } from '@nyuzi/core'

/** South Asia counts in thousands first and in hundreds after that: 12,34,567.00. */
const groupedByHundreds: ReadonlySet<Currency> = new Set(['BDT'])

/** `1,500.00`, always with every minor digit, so that a column that ends together has its decimal points together. */
export function formatAmount(amount: Money): string {
  const [whole = '0', fraction] = toDecimal(amount).replace('-', '').split('.')
  const grouped = groupedByHundreds.has(amount.currency)
    ? whole.replace(/\B(?=(?:\d\d)*\d{3}$)/g, ',')
    : whole.replace(/\B(?=(?:\d{3})+$)/g, ',')
  return `${amount.amountMinor < 0n ? '−' : ''}${grouped}${fraction === undefined ? '' : `.${fraction}`}`
}

/** `KES 1,500.00`: where an amount stands alone. */
export const formatAmountAlone = (amount: Money): string => `${amount.currency} ${formatAmount(amount)}`
