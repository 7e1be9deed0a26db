import { type PayerIdentity, type Phone, parsePhone, phoneDigits } from '@nyuzi/sdk'
import { type Fields, wordOf } from './json.ts'

/**
 * Reads an MSISDN in whatever form it comes: clear, masked in three published styles (`2547 ***** 126`,
 * `25470****149`, `2547****1222`: one star for each hidden digit), hashed (v1), or blank (organisations).
 */
export function readPayer(msisdn: string | undefined): PayerIdentity {
  const packed = (msisdn ?? '').replace(/\s/g, '')
  if (/^[0-9a-fA-F]{64}$/.test(packed)) return { kind: 'hashed', sha256: packed.toLowerCase() }
  if (packed.length <= 16 && /^\+?[\d*]*\*[\d*]*$/.test(packed)) return { kind: 'masked', pattern: packed.replace('+', '') }
  const phone = parsePhone(packed, 'KE')
  return phone ? { kind: 'clear', phone } : { kind: 'absent' }
}

/** `FirstName`, `MiddleName`, `LastName` joined; an organisation's name sits in the first alone. */
export function readPayerName(fields: Fields): string | undefined {
  const names = ['FirstName', 'MiddleName', 'LastName'].map((name) => wordOf(fields, name))
  return names.filter((name) => name !== undefined).join(' ') || undefined
}

/** `+254700111222` → `254700111222`; undefined when it is not a Kenyan mobile number. */
export function toMsisdn(phone: Phone): string | undefined {
  const digits = phoneDigits(phone)
  return /^254[17]\d{8}$/.test(digits) ? digits : undefined
}

/** A receipt as we keep it; undefined when it cannot be one. */
export function readReceipt(text: string | undefined): string | undefined {
  const receipt = text?.trim().toUpperCase() ?? ''
  return /^[A-Z0-9]{6,20}$/.test(receipt) ? receipt : undefined
}
