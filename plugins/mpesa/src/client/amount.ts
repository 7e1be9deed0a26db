import { type Money, parseMoney, toDecimal } from '@nyuzi/sdk'

/** `"1500.00"`, `"1500"` → Money. Undefined when it is not a positive decimal in shillings and cents. */
export function readAmount(text: string | undefined): Money | undefined {
  const amount = text === undefined ? undefined : parseMoney(text, 'KES')
  return amount && amount.amountMinor > 0n ? amount : undefined
}

/** Reads a statement's `"-1,500.00"`: grouped and signed. */
export function readSignedAmount(text: string | undefined): Money | undefined {
  return text === undefined ? undefined : parseMoney(text.replaceAll(',', '').replace(/^\+/, ''), 'KES')
}

/** `1500` for a push, which takes whole shillings only; undefined when there are cents. */
export function toWholeShillings(amount: Money): string | undefined {
  const [whole, cents] = toDecimal(amount).split('.')
  return amount.currency === 'KES' && cents === '00' ? whole : undefined
}
