import {
  type DeliveryState,
  type Money,
  type ProviderError,
  ProviderMisconfigured,
  ProviderRefused,
  ProviderUnavailable,
  ProviderUnclear,
  type SentMessage,
} from '@nyuzi/sdk'

/** What a gateway said of one recipient, before it becomes a {@link SentMessage} or an error. */
export type SendResult =
  | { readonly outcome: 'accepted'; readonly providerReference?: string; readonly cost?: Money }
  | (SendVerdict & { readonly providerCode: string })

export type SendVerdict = {
  /** This recipient never · nobody until a person acts · nothing happened, later · cannot be known. */
  readonly outcome: 'refused' | 'misconfigured' | 'try_again' | 'unclear'
  readonly reason: string
}

/** A delivery text in our words; `failed` may be tried again, `failed_permanently` not. */
export type DeliveryMeaning = DeliveryState | 'failed_permanently'

export function toSentMessage(result: SendResult, parts: number): SentMessage {
  if (result.outcome === 'accepted') {
    const { providerReference, cost } = result
    return { parts, ...(providerReference !== undefined && { providerReference }), ...(cost && { cost }) }
  }
  throw toProviderError(result, result.providerCode)
}

export const toProviderError = ({ outcome, reason }: SendVerdict, providerCode: string): ProviderError =>
  new errors[outcome](`sms: ${reason} (${providerCode})`, { providerCode })

const errors = {
  refused: ProviderRefused,
  misconfigured: ProviderMisconfigured,
  try_again: ProviderUnavailable,
  unclear: ProviderUnclear,
} as const

/** Gateways fill the message id of a refused message with these; stored, they would join strangers' reports. */
const placeholders = new Set(['', '0', 'none', 'null'])

/** The gateway's id of a message as text, or undefined when it is a placeholder. */
export function toReference(id: string | number | null | undefined): string | undefined {
  const text = String(id ?? '').trim()
  return placeholders.has(text.toLowerCase()) ? undefined : text
}
