import { type Currency, type Money, parseMoney } from '@nyuzi/core'

const texts = ['1', '10', '1500', '70000', '250000', '1.15', '4.35', '8.20', '70.07', '1500.50', '1999.99', '1234567.89']

/** Amounts that multiplying a float by a hundred gets wrong, and a range of what people pay. */
export const awkwardAmounts = (currency: Currency): readonly Money[] => texts.flatMap((text) => parseMoney(text, currency) ?? [])

export const oneUnit = (currency: Currency): bigint => parseMoney('1', currency)?.amountMinor ?? 1n
