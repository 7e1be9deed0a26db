import { type SendResult, toReference } from '../../status.ts'
import type { MessagingData, Recipient } from './client.ts'
import { parseCost } from './cost.ts'
import { acceptedCodes, verdictOf, verdictOfEmptyAnswer } from './words.ts'

/** HTTP 201 and the envelope say nothing of a recipient: only the entry with its number does. */
export function resultFor(number: string, data: MessagingData): SendResult {
  const recipient = data.Recipients.find((candidate) => digits(candidate.number) === digits(number))
  if (recipient) return fromRecipient(recipient)
  if (data.Recipients.length === 0) return { ...verdictOfEmptyAnswer(data.Message), providerCode: 'no recipient' }
  return { outcome: 'unclear', reason: 'the answer is about other numbers', providerCode: 'other recipient' }
}

function fromRecipient(recipient: Recipient): SendResult {
  const providerCode = String(recipient.statusCode)
  if (!acceptedCodes.has(recipient.statusCode)) return { ...verdictOf(recipient.statusCode), providerCode }
  const providerReference = toReference(recipient.messageId)
  const cost = parseCost(recipient.cost)
  return { outcome: 'accepted', ...(providerReference !== undefined && { providerReference }), ...(cost && { cost }) }
}

const digits = (number: string): string => number.replace(/\D/g, '')
