/** ISO 4217 code of a currency we can bill in. */
export type Currency = 'KES' | 'UGX' | 'TZS' | 'RWF' | 'BDT' | 'USD' | 'EUR'

const minorDigits: Readonly<Record<Currency, 0 | 2>> = { KES: 2, UGX: 0, TZS: 2, RWF: 0, BDT: 2, USD: 2, EUR: 2 }

export const currencies = Object.keys(minorDigits) as readonly Currency[]
export const isCurrency = (text: string): text is Currency => Object.hasOwn(minorDigits, text)

/** Digits after the decimal point: 2 for KES (cents), 0 for UGX. */
export const minorDigitsOf = (currency: Currency): number => minorDigits[currency]
