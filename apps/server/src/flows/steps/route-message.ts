import { type Recipient, recipientOn } from '@nyuzi/core'
import type { MessageToSend } from '../messages/ports.ts'
import type { Installed } from '../ports.ts'

export type Route = { readonly messenger: Installed; readonly recipient: Recipient }

/** By the first of the message's channels on which the subscriber is reached, or any; the oldest installation that offers it. */
export function routeMessage(
  messengers: readonly Installed[],
  { reach, channels }: Pick<MessageToSend, 'reach' | 'channels'>,
): Route | undefined {
  for (const wanted of channels?.map((channel) => [channel]) ?? [undefined]) {
    for (const messenger of messengers) {
      const offered = messenger.messages?.channelsOffered ?? []
      const recipient = recipientOn(wanted?.filter((channel) => offered.includes(channel)) ?? offered, reach)
      if (recipient) return { messenger, recipient }
    }
  }
  return undefined
}
