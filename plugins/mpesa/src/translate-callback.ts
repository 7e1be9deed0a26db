import type { CallbackRequest, PaymentNotice } from '@nyuzi/sdk'
import { readAmount } from './client/amount.ts'
import { readC2bNotice, typedReference } from './client/c2b.ts'
import { wordOf } from './client/json.ts'
import { readPayer, readPayerName, readReceipt } from './client/payer.ts'
import { readPromptCallback } from './client/prompt.ts'
import { fromWireTime } from './client/time.ts'
import { promptStatus } from './status.ts'

/** The body is not what its channel carries; the host keeps it for a person. Never holds the body itself. */
export class UnreadableCallback extends Error {
  override readonly name = 'UnreadableCallback'
}

export function translateCallback({ channel, rawBody }: CallbackRequest): readonly PaymentNotice[] {
  const text = new TextDecoder().decode(rawBody)
  if (channel === 'stk') return [fromPromptCallback(text)]
  if (channel === 'confirmation') return [fromConfirmation(text)]
  throw new UnreadableCallback(`channel “${channel.slice(0, 40)}” carries no payments`)
}

function fromPromptCallback(text: string): PaymentNotice {
  const callback = readPromptCallback(text)
  if (!callback) throw new UnreadableCallback('stk: Body.stkCallback.CheckoutRequestID is missing')
  const { checkoutRequest, items } = callback
  const origin = {
    evidence: 'callback',
    providerReference: checkoutRequest,
    payer: readPayer(items.get('PhoneNumber')),
  } as const
  const status = promptStatus(callback.resultCode)
  const typedReceipt = items.get('MpesaReceiptNumber')
  if (status.status !== 'succeeded') {
    // A receipt says that money moved and the code that it did not: neither is believed.
    if (typedReceipt?.trim()) return { ...origin, status: 'unknown', detail: `result code ${callback.resultCode} came with a receipt` }
    return { ...origin, ...status }
  }
  const providerTransaction = readReceipt(typedReceipt)
  if (typedReceipt?.trim() && providerTransaction === undefined) throw new UnreadableCallback('stk: MpesaReceiptNumber is not a receipt')
  const typedAmount = items.get('Amount')
  const amount = readAmount(typedAmount)
  if (typedAmount?.trim() && amount === undefined) throw new UnreadableCallback('stk: Amount is not a positive decimal')
  const paidAt = fromWireTime(items.get('TransactionDate'))
  return {
    ...origin,
    status: 'succeeded',
    ...(providerTransaction === undefined ? {} : { providerTransaction }),
    ...(amount === undefined ? {} : { amount }),
    ...(paidAt === undefined ? {} : { paidAt }),
  }
}

function fromConfirmation(text: string): PaymentNotice {
  const notice = readC2bNotice(text)
  if (!notice) throw new UnreadableCallback('confirmation: TransID or TransAmount is missing')
  const amount = readAmount(notice.amount)
  if (!amount) throw new UnreadableCallback('confirmation: TransAmount is not a positive decimal')
  const accountReference = typedReference(notice)
  const payerName = readPayerName(notice.fields)
  const paidAt = fromWireTime(wordOf(notice.fields, 'TransTime'))
  return {
    evidence: 'callback',
    status: 'succeeded',
    providerTransaction: notice.receipt,
    amount,
    payer: readPayer(wordOf(notice.fields, 'MSISDN')),
    ...(accountReference === undefined ? {} : { accountReference }),
    ...(payerName === undefined ? {} : { payerName }),
    ...(paidAt === undefined ? {} : { paidAt }),
  }
}
