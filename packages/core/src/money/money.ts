import { Defect, invariant } from '../outcome.ts'
import { type Currency, minorDigitsOf } from './currency.ts'

/** An amount in minor units (cents) of one currency. Signed; never a float. */
export type Money = { readonly amountMinor: bigint; readonly currency: Currency }

/** The range PostgreSQL's bigint and every consumer of our JSON can hold exactly: ±9,007,199,254,740,991 minor units. */
const amountMinorMax = 9_007_199_254_740_991n

export function money(amountMinor: bigint, currency: Currency): Money {
  invariant(amountMinor <= amountMinorMax && amountMinor >= -amountMinorMax, `amount out of range: ${amountMinor}`)
  return { amountMinor, currency }
}

export const zero = (currency: Currency): Money => ({ amountMinor: 0n, currency })

export function add(left: Money, right: Money): Money {
  sameCurrency(left, right)
  return money(left.amountMinor + right.amountMinor, left.currency)
}

export function subtract(left: Money, right: Money): Money {
  sameCurrency(left, right)
  return money(left.amountMinor - right.amountMinor, left.currency)
}

export const negate = (value: Money): Money => money(-value.amountMinor, value.currency)

const decimal = /^(-?)(\d{1,16})(?:\.(\d+))?$/

/**
 * Reads a decimal text (`"1500"`, `"1500.5"`, `"1500.00"`) without binary floats.
 * Undefined when it is not a plain decimal or holds more precision than the currency has (trailing zeros are fine).
 */
export function parseMoney(text: string, currency: Currency): Money | undefined {
  const parts = decimal.exec(text.trim())
  if (!parts) return undefined
  const digits = minorDigitsOf(currency)
  const fraction = parts[3] ?? ''
  if (/[1-9]/.test(fraction.slice(digits))) return undefined
  const minor = BigInt(parts[2] + fraction.slice(0, digits).padEnd(digits, '0'))
  if (minor > amountMinorMax) return undefined
  return money(parts[1] === '-' ? -minor : minor, currency)
}

/** `"1500.00"`: plain decimal text for APIs and files. */
export function toDecimal(value: Money): string {
  const digits = minorDigitsOf(value.currency)
  const sign = value.amountMinor < 0n ? '-' : ''
  const text = (value.amountMinor < 0n ? -value.amountMinor : value.amountMinor).toString().padStart(digits + 1, '0')
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/** `"KES 1,500.00"`, and `"KES 1,500"` when there are no cents: for people. */
export function formatMoney(value: Money): string {
  const [whole = '0', fraction] = toDecimal(value).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return `${value.currency} ${grouped}${fraction && /[1-9]/.test(fraction) ? `.${fraction}` : ''}`
}

/** A prompt that takes whole units rounds up; what is over becomes the subscriber's credit. */
export function roundUpToWholeUnits(value: Money): bigint {
  const unit = 10n ** BigInt(minorDigitsOf(value.currency))
  if (value.amountMinor < 0n) throw new Defect('only amounts to collect are rounded up')
  return (value.amountMinor + unit - 1n) / unit
}

function sameCurrency(left: Money, right: Money): void {
  invariant(left.currency === right.currency, `currencies differ: ${left.currency} and ${right.currency}`)
}
