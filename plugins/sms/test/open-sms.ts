import { type MessageId, type Messenger, type OutgoingMessage, type Phone, parsePhone } from '@nyuzi/sdk'
import { createFakeHost } from '@nyuzi/sdk/testing'
import { sms } from '../src/index.ts'

export const apiKey = 'atsk_0123456789abcdef'

export const africasTalkingSettings = { gateway: 'africastalking', username: 'savannahnet', apiKey, senderId: 'SAVANNAH' }
export const advantaSettings = { gateway: 'advanta', partnerId: '1234', apiKey, senderId: 'SAVANNAH' }

export function openSms(settings: Readonly<Record<string, unknown>>): { messages: Messenger; lines: string[] } {
  const { capabilities, log } = createFakeHost({ plugin: sms, settings, timeoutMsMax: 400 })
  if (!capabilities.messages) throw new Error('the plugin offers no messages')
  return { messages: capabilities.messages, lines: log.lines }
}

export const messageId = (ending = 1): MessageId => `019a8c00-0000-7000-8000-${ending.toString(16).padStart(12, '0')}` as MessageId

export function phone(number = '+254712000111'): Phone {
  const read = parsePhone(number, 'KE')
  if (!read) throw new Error(`${number} is not a Kenyan number`)
  return read
}

export const text = (over: { readonly id?: MessageId; readonly to?: Phone; readonly text?: string } = {}): OutgoingMessage => ({
  id: messageId(),
  channel: 'sms',
  to: phone(),
  text: 'Your internet expires on 10 Sep.',
  ...over,
})
