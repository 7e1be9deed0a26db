import type { CallbackChannel, CallbackRequest, VerifiedCallback } from '../callback.ts'
import type { MessageId } from '../ids.ts'
import type { Money } from '../money/money.ts'
import type { Phone } from '../subscribers/phone.ts'

export const messageChannels = ['sms', 'whatsapp', 'email'] as const
export type MessageChannel = (typeof messageChannels)[number]

export type EmailAddress = string & { readonly __noun: 'emailAddress' }

/** What a subscriber can be reached by. */
export type Reach = { readonly phone?: Phone; readonly email?: EmailAddress }

/** A channel with the subscriber's address on it. */
export type Recipient =
  | { readonly channel: 'sms'; readonly to: Phone }
  | { readonly channel: 'whatsapp'; readonly to: Phone }
  | { readonly channel: 'email'; readonly to: EmailAddress }

/** The first of the channels on which the subscriber has an address. */
export function recipientOn(channels: readonly MessageChannel[], { phone, email }: Reach): Recipient | undefined {
  for (const channel of channels) {
    if (channel === 'email') {
      if (email !== undefined) return { channel, to: email }
    } else if (phone !== undefined) return { channel, to: phone }
  }
  return undefined
}

/** A way to tell a subscriber something. Absent verb means unsupported. */
export interface Messenger {
  readonly channelsOffered: readonly MessageChannel[]
  /**
   * Sends one message. `id` is ours and is passed on as the provider's idempotency key where there is one. Throws
   * ProviderRefused for this recipient, ProviderMisconfigured when no message can go out (credit, sender id, keys),
   * ProviderUnclear when it may have been sent.
   */
  send(message: OutgoingMessage): Promise<SentMessage>
  /** How the text would be cut and counted, before it costs anything. Pure. */
  measure?(text: string): MessageMeasure
  /** Delivery reports that the provider pushes to us. Both verbs are pure. */
  readonly reports?: {
    readonly channels: Readonly<Record<string, CallbackChannel>>
    verifyCallback(request: CallbackRequest): VerifiedCallback
    translateReport(request: CallbackRequest): readonly DeliveryReport[]
  }
  /** Asks for a delivery report where the provider does not push them. */
  lookUpDelivery?(providerReference: string): Promise<DeliveryReport>
}

export type OutgoingMessage = Recipient & {
  readonly id: MessageId
  readonly text: string
}

export type SentMessage = {
  readonly providerReference?: string
  readonly cost?: Money
  readonly parts?: number
}

export type MessageMeasure = { readonly encoding: 'GSM-7' | 'UCS-2'; readonly units: number; readonly parts: number }

/** `sent` is on its way; `delivered` and a permanent `failed` are final. */
export type DeliveryState = 'sent' | 'delivered' | 'failed'

export type DeliveryReport = {
  readonly providerReference: string
  readonly state: DeliveryState
  readonly reason?: string
  /** On failure: sending again cannot help. */
  readonly permanent?: boolean
}
