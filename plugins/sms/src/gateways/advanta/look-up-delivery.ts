import { type DeliveryReport, ProviderUnclear } from '@nyuzi/sdk'
import { type DeliveryMeaning, toProviderError } from '../../status.ts'
import type { AdvantaEntry } from './read.ts'
import { acceptedCodes, verdictOf } from './words.ts'

/** No report yet, and no details: neither says anything of our keys here, and both may change. */
const stillWaiting: ReadonlySet<number> = new Set([1008, 4093])

export function toDeliveryReport(
  providerReference: string,
  entries: readonly AdvantaEntry[],
  meaningOf: (text: string) => DeliveryMeaning,
): DeliveryReport {
  const [entry] = entries
  if (!entry || (entry.messageId !== undefined && entry.messageId !== providerReference))
    throw new ProviderUnclear('sms: the delivery answer is about another message')
  if (stillWaiting.has(entry.code)) return { providerReference, state: 'sent' }
  if (!acceptedCodes.has(entry.code)) throw toProviderError(verdictOf(entry.code), String(entry.code))
  const reason = entry.deliveryText ?? ''
  const meaning = meaningOf(reason)
  if (meaning === 'sent' || meaning === 'delivered') return { providerReference, state: meaning }
  return { providerReference, state: 'failed', reason, permanent: meaning === 'failed_permanently' }
}
