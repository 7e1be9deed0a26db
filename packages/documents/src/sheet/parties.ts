import type { Issuer, Recipient } from '../document.ts'
import type { Words } from '../words/words.ts'

export const issuerLines = ({ addressLines, phone, email, taxPin }: Issuer, words: Words): string[] => [
  ...addressLines,
  ...labelled(words.phone, phone),
  ...labelled(words.email, email),
  ...labelled(words.taxPin, taxPin),
]

export const recipientLines = ({ addressLines, taxPin }: Recipient, words: Words): string[] => [
  ...addressLines,
  ...labelled(words.taxPin, taxPin),
]

const labelled = (label: string, value: string | undefined): string[] => (value === undefined ? [] : [`${label}: ${value}`])
