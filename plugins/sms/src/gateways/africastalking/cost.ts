import { type Currency, type Money, money } from '@nyuzi/sdk'

const minorDigits: Readonly<Record<Currency, number>> = { KES: 2, UGX: 0, TZS: 2, RWF: 0, BDT: 2, USD: 2, EUR: 2 }

/**
 * Reads `"KES 0.8000"` without floats. Prices come with more decimals than a currency has, so the rest is rounded half
 * up. Undefined for `"0"` (nothing was charged) and for a currency we do not keep books in.
 */
export function parseCost(text: string): Money | undefined {
  const [, currency = '', whole = '', fraction = ''] = /^([A-Z]{3}) (\d{1,12})(?:\.(\d{1,12}))?$/.exec(text.trim()) ?? []
  if (!isKnown(currency)) return undefined
  const digits = minorDigits[currency]
  const minor = BigInt(whole + fraction.slice(0, digits).padEnd(digits, '0'))
  return money(minor + (fraction.charAt(digits) >= '5' ? 1n : 0n), currency)
}

const isKnown = (currency: string): currency is Currency => Object.hasOwn(minorDigits, currency)
