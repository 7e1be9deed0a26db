import { createHash } from 'node:crypto'
import { type CallbackChannel, CallbackRejected, type CallbackReply, type CallbackRequest, type VerifiedCallback } from '@nyuzi/sdk'
import { readC2bNotice } from './client/c2b.ts'
import { readReceipt } from './client/payer.ts'
import { readPromptCallback } from './client/prompt.ts'
import { acceptReply, confirmationReply, promptReply } from './client/replies.ts'
import type { Settings } from './config.ts'

/** The names become part of addresses given to Daraja, which refuses its own name and words such as `query` there. */
export const channels = {
  stk: { token: 'intent', purpose: 'notice' },
  confirmation: { token: 'installation', purpose: 'notice' },
  validation: { token: 'installation', purpose: 'enquiry' },
} as const satisfies Record<string, CallbackChannel>

export type ChannelName = keyof typeof channels

const isChannel = (name: string): name is ChannelName => Object.hasOwn(channels, name)

/**
 * Nothing Daraja sends is signed: trust is the token in the path, which the host has checked, and the list of
 * source addresses. A body we cannot read is still accepted, so that it is kept and a person sees it.
 */
export const createVerify =
  ({ peerAddresses }: Pick<Settings, 'peerAddresses'>) =>
  (request: CallbackRequest): VerifiedCallback => {
    if (!isChannel(request.channel)) throw new CallbackRejected(`no callback channel “${request.channel.slice(0, 40)}”`)
    if (request.method.toUpperCase() !== 'POST') throw new CallbackRejected('callbacks come by POST')
    if (peerAddresses.length > 0 && !peerAddresses.includes(plainAddress(request.peerAddress)))
      throw new CallbackRejected(
        'the caller is not in peerAddresses; add it when Safaricom published it, or check the trusted proxy setting',
      )
    return { dedupeKey: dedupeKey(request.channel, request.rawBody), reply: replies[request.channel] }
  }

const replies: Readonly<Record<ChannelName, CallbackReply>> = {
  stk: promptReply,
  confirmation: confirmationReply,
  validation: acceptReply(),
}

// A dual-stack socket shows IPv4 callers as ::ffff:196.201.212.69.
const plainAddress = (address: string | undefined): string => (address ?? '').toLowerCase().replace(/^::ffff:(?=\d+\.)/, '')

const keyMaxLength = 200

function dedupeKey(channel: ChannelName, rawBody: Uint8Array): string {
  const text = new TextDecoder().decode(rawBody)
  const key = channel === 'stk' ? promptKey(text) : c2bKey(channel, text)
  // A key must fit an index; no real one is half as long.
  return key !== undefined && key.length <= keyMaxLength ? key : `raw:${createHash('sha256').update(rawBody).digest('hex')}`
}

// A failure can be followed by a success for the same prompt, so the code is part of the key.
function promptKey(text: string): string | undefined {
  const callback = readPromptCallback(text)
  if (!callback) return undefined
  const receipt = readReceipt(callback.items.get('MpesaReceiptNumber'))
  return ['stk', callback.checkoutRequest, callback.resultCode ?? 'none', receipt].filter((part) => part !== undefined).join(':')
}

// Validation and confirmation of one payment carry the same receipt.
function c2bKey(channel: ChannelName, text: string): string | undefined {
  const notice = readC2bNotice(text)
  return notice && `${channel === 'validation' ? 'enquiry' : 'c2b'}:${notice.receipt}`
}
