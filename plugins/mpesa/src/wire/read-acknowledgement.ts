import type { Answer } from '../client/answer.ts'
import { asFields, type Fields, isZeroCode, wordOf } from '../client/json.ts'
import { errorOutcome, type Outcome } from './outcome.ts'

/** The answer to a call whose result comes later. Accepted needs an id to wait for: empty ids mean not accepted. */
export function acknowledgementOutcome(answer: Answer): Outcome {
  if (answer.kind !== 'fields') return errorOutcome(answer)
  const id = wordOf(answer.fields, 'ConversationID') ?? wordOf(answer.fields, 'OriginatorCoversationID')
  const accepted = isZeroCode(wordOf(answer.fields, 'ResponseCode')) && id !== undefined
  return accepted ? { outcome: 'accepted', terminal: false } : { outcome: 'rejected', terminal: true }
}

/** Creating a standing order: 200 in its own header; the payer must still approve. */
export function standingOrderAcknowledgement(answer: Answer): Outcome {
  if (answer.kind !== 'fields') return errorOutcome(answer)
  const accepted = wordOf(asFields(answer.fields.ResponseHeader), 'responseCode') === '200'
  return accepted ? { outcome: 'accepted', terminal: false } : { outcome: 'rejected', terminal: true }
}

/** Registering for Pull: 1000 is done, 1001 was done before. Older answers have blanks inside the keys. */
export function pullRegistration(answer: Answer): Outcome {
  if (answer.kind !== 'fields') return errorOutcome(answer)
  const status = wordOf(withoutBlanks(answer.fields), 'ResponseStatus')
  return { outcome: status === '1000' || status === '1001' ? 'succeeded' : 'rejected', terminal: true }
}

const withoutBlanks = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [key.replaceAll(' ', ''), value]))

/** A QR code is there or not: ResponseCode is not reliably a number. */
export function readQrCode(answer: Answer): { readonly png: Uint8Array } | undefined {
  const image = answer.kind === 'fields' ? wordOf(answer.fields, 'QRCode') : undefined
  return image === undefined ? undefined : { png: new Uint8Array(Buffer.from(image, 'base64')) }
}
