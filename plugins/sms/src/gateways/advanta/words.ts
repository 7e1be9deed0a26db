import type { DeliveryMeaning, SendVerdict } from '../../status.ts'

/** 200 everywhere, 1000 at one white label. */
export const acceptedCodes: ReadonlySet<number> = new Set([200, 1000])

const credentials: SendVerdict = { outcome: 'misconfigured', reason: 'credentials not accepted' }
const system: SendVerdict = { outcome: 'try_again', reason: 'system error' }
const addressWrong: SendVerdict = { outcome: 'misconfigured', reason: 'operation not offered at this address' }

const verdicts: Readonly<Record<number, SendVerdict>> = {
  1001: { outcome: 'misconfigured', reason: 'sender id not valid' },
  1002: { outcome: 'misconfigured', reason: 'network not allowed' },
  1003: { outcome: 'refused', reason: 'invalid number' },
  1004: { outcome: 'misconfigured', reason: 'no credit' },
  1005: system,
  1006: credentials,
  1007: system,
  1009: addressWrong,
  1010: addressWrong,
  1012: { outcome: 'refused', reason: 'too many in one call' },
  4090: system,
  4091: credentials,
  4092: credentials,
  4093: credentials,
}

export const verdictOf = (code: number): SendVerdict => verdicts[code] ?? { outcome: 'unclear', reason: 'unknown response code' }

/** Texts that installations are known to pass on from the operators (Parlay X delivery statuses and two of Safaricom's). */
const knownDeliveryTexts: Readonly<Record<string, DeliveryMeaning>> = {
  DeliveredToTerminal: 'delivered',
  DeliveredToNetwork: 'sent',
  MessageWaiting: 'sent',
  DeliveryUncertain: 'sent',
  DeliveryNotificationNotSupported: 'sent',
  DeliveryImpossible: 'failed',
  AbsentSubscriber: 'failed',
  'SenderName Blacklisted': 'failed_permanently',
}

/** Reads a delivery text; the installation's own table goes before the known texts, and what neither has is on its way. */
export function deliveryMeanings(own: Readonly<Record<string, DeliveryMeaning>>): (text: string) => DeliveryMeaning {
  const table = new Map(Object.entries({ ...knownDeliveryTexts, ...own }).map(([text, meaning]) => [fold(text), meaning]))
  return (text) => table.get(fold(text)) ?? 'sent'
}

/** Installations differ in case and spacing. */
const fold = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '')
