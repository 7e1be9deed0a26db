import type { CallbackReply, CallbackRequest, EnquiryDecision, PaymentEnquiry } from '@nyuzi/sdk'
import { readAmount } from './client/amount.ts'
import { readC2bNotice, typedReference } from './client/c2b.ts'
import { acceptReply, rejectReply } from './client/replies.ts'
import { UnreadableCallback } from './translate-callback.ts'

/** Validation: asked before the payer is charged; the answer must be there within 8 s. */
export function translateEnquiry({ rawBody }: CallbackRequest): PaymentEnquiry {
  const notice = readC2bNotice(new TextDecoder().decode(rawBody))
  const amount = readAmount(notice?.amount)
  if (!notice || !amount) throw new UnreadableCallback('validation: TransID or a positive TransAmount is missing')
  return { accountReference: typedReference(notice) ?? '', amount }
}

export function answerEnquiry(decision: EnquiryDecision): CallbackReply {
  if (decision.accept) return acceptReply()
  return rejectReply(decision.reason === 'unknown_account' ? 'account' : decision.reason)
}
