import { asFields, type Fields, readJson, textOf, wordOf } from './json.ts'
import { readReceipt } from './payer.ts'

/** The flat body that validation and confirmation share. Only the receipt and the amount can be counted on. */
export type C2bNotice = { readonly receipt: string; readonly amount: string; readonly fields: Fields }

export function readC2bNotice(text: string): C2bNotice | undefined {
  const fields = asFields(readJson(text))
  const receipt = readReceipt(wordOf(fields, 'TransID'))
  const amount = wordOf(fields, 'TransAmount')
  return fields && receipt !== undefined && amount !== undefined ? { receipt, amount, fields } : undefined
}

/** What the payer typed, untouched; undefined when blank, as on tills. */
export function typedReference({ fields }: C2bNotice): string | undefined {
  const typed = textOf(fields, 'BillRefNumber')
  return typed?.trim() ? typed : undefined
}

export type C2bRegistration = {
  readonly version: 'v1' | 'v2'
  readonly shortcode: string
  readonly responseType: 'Completed' | 'Cancelled'
  readonly confirmationUrl: string
  readonly validationUrl: string
}

export const registerPath = (version: 'v1' | 'v2') => `/mpesa/c2b/${version}/registerurl`

export const registerRequest = (registration: C2bRegistration) => ({
  ShortCode: registration.shortcode,
  ResponseType: registration.responseType,
  ConfirmationURL: registration.confirmationUrl,
  ValidationURL: registration.validationUrl,
})
