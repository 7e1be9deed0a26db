import type { Issuer, Recipient } from '@nyuzi/documents'
import type { Parties } from './ports.ts'

/** Dark enough to read, and nobody's brand. */
export const colourDefault = '#24435c'

/** Who a document is from and to, in its own words. */
export function addressed({ issuer, recipient, accountNumber, logo }: Parties) {
  const { addressLines = [], colour = colourDefault, phone, email, footer, paymentInstructions } = issuer.branding
  const from: Issuer = {
    name: issuer.name,
    addressLines,
    colour,
    ...(phone === undefined ? {} : { phone }),
    ...(email === undefined ? {} : { email }),
    ...(footer === undefined ? {} : { footer }),
    ...(paymentInstructions === undefined ? {} : { paymentInstructions }),
    ...(issuer.taxPin === null ? {} : { taxPin: issuer.taxPin }),
    ...(logo === undefined ? {} : { logo }),
  }
  const to: Recipient = {
    name: recipient.name,
    accountNumber,
    addressLines: recipient.addressLines,
    ...(recipient.taxPin === null ? {} : { taxPin: recipient.taxPin }),
  }
  return { language: recipient.language, issuer: from, recipient: to }
}

/** How the recipient is told to pay, on what asks for money. */
export const payable = ({ issuer }: Parties): { readonly payTo?: string } => (issuer.payTo === null ? {} : { payTo: issuer.payTo })

export type PrintedFile = { readonly name: string; readonly bytes: Uint8Array }
