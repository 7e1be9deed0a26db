import type { Messenger, OutgoingMessage } from '@nyuzi/sdk'
import type { SendResult } from '../status.ts'

/** What differs from one gateway to the next. */
export type Gateway = Pick<Messenger, 'reports' | 'lookUpDelivery'> & {
  submit(message: OutgoingMessage): Promise<SendResult>
}
