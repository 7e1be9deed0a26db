import { randomUUID } from 'node:crypto'
import { measureText } from '../segments.ts'
import type { Book, BookedMessage } from './book.ts'
import type { SmsGatewayBehaviour, SmsGatewaySimulatorOptions } from './options.ts'

/** A text handed in, before anyone has looked at it. */
export type HandedIn = {
  readonly to: string
  readonly text: string
  readonly senderId?: string | undefined
  readonly clientId?: string | undefined
}

export type Decision =
  | { readonly outcome: 'taken'; readonly message: BookedMessage; readonly repeated: boolean }
  | { readonly outcome: 'wrong_sender' | 'wrong_number' | 'opted_out' | 'no_credit' }

export type Desk = { decide(text: HandedIn): Decision }

/** Takes or refuses texts in the order a gateway does: sender, number, consent, money. */
export function openDesk(options: SmsGatewaySimulatorOptions, behaviour: SmsGatewayBehaviour, book: Book): Desk {
  const { style, pricePerPart = '0.8000', now = () => new Date() } = options
  return {
    decide({ to, text, senderId, clientId }) {
      const digits = to.replace(/\D/g, '')
      const seen = behaviour.dedupeByClientId && clientId !== undefined ? book.byClientId(clientId) : undefined
      if (seen) return { outcome: 'taken', message: seen, repeated: true }
      if (behaviour.senderIds && !behaviour.senderIds.includes(senderId ?? '')) return { outcome: 'wrong_sender' }
      if (digits.length < 10 || behaviour.refusedNumbers.has(digits)) return { outcome: 'wrong_number' }
      if (behaviour.optedOutNumbers.has(digits)) return { outcome: 'opted_out' }
      const { parts } = measureText(text)
      if (behaviour.creditParts !== undefined && behaviour.creditParts < parts) return { outcome: 'no_credit' }
      if (behaviour.creditParts !== undefined) behaviour.creditParts -= parts
      const id = style === 'africastalking' ? `ATXid_${randomUUID().replaceAll('-', '')}` : String(8_290_842 + book.messages.length)
      const message = { id, to: digits, text, senderId, parts, cost: costOf(pricePerPart, parts), at: now().toISOString(), clientId }
      book.write(message)
      return { outcome: 'taken', message, repeated: false }
    },
  }
}

function costOf(pricePerPart: string, parts: number): string {
  const [whole = '0', fraction = ''] = pricePerPart.split('.')
  const total = (BigInt(whole + fraction.slice(0, 4).padEnd(4, '0')) * BigInt(parts)).toString().padStart(5, '0')
  return `KES ${total.slice(0, -4)}.${total.slice(-4)}`
}
