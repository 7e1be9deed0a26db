import type { BookedMessage } from './book.ts'
import type { Fate, SmsGatewayBehaviour } from './options.ts'

export type Fates = {
  /** Decides one message's fate, whatever the behaviour says. */
  decide(id: string, fate: Fate): void
  of(message: BookedMessage): Fate
}

export function keepFates(behaviour: SmsGatewayBehaviour): Fates {
  const decided = new Map<string, Fate>()
  return {
    decide: (id, fate) => void decided.set(id, fate),
    of: (message) => decided.get(message.id) ?? behaviour.fate,
  }
}
