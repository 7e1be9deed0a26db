import type { Messenger, OutgoingMessage } from '@nyuzi/sdk'
import type { SendResult } from '../status.ts'

/** The only kind of message a gateway takes. */
export type TextMessage = OutgoingMessage & { readonly channel: 'sms' }

/** What differs from one gateway to the next. */
export type Gateway = Pick<Messenger, 'reports' | 'lookUpDelivery'> & {
  submit(message: TextMessage): Promise<SendResult>
}
