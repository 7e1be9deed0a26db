import type { CallbackReply } from '@nyuzi/sdk'

/** Why a payment is refused at validation; the payer is then not charged. */
export type RejectReason = 'msisdn' | 'account' | 'amount' | 'kyc' | 'shortcode' | 'other'

const rejectCodes: Readonly<Record<RejectReason, string>> = {
  msisdn: 'C2B00011',
  account: 'C2B00012',
  amount: 'C2B00013',
  kyc: 'C2B00014',
  shortcode: 'C2B00015',
  other: 'C2B00016',
}

const json = (body: unknown): CallbackReply => ({ status: 200, contentType: 'application/json', body: JSON.stringify(body) })

export const promptReply: CallbackReply = json({ ResultCode: 0, ResultDesc: 'Accepted' })
/** Cannot refuse money: it only says that the notice is stored. */
export const confirmationReply: CallbackReply = json({ ResultCode: '0', ResultDesc: 'Success' })
export const rejectReply = (reason: RejectReason): CallbackReply => json({ ResultCode: rejectCodes[reason], ResultDesc: 'Rejected' })
/** An own id given here returns in the confirmation as ThirdPartyTransID. */
export const acceptReply = (ownId?: string): CallbackReply =>
  json({ ResultCode: '0', ResultDesc: 'Accepted', ...(ownId === undefined ? {} : { ThirdPartyTransID: ownId }) })
