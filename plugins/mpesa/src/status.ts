import type { PaymentFailure } from '@nyuzi/sdk'

type Failure = Pick<PaymentFailure, 'class' | 'message'>

/**
 * Result codes of prompts, in callbacks and queries. The provider's texts differ per channel and day, so only the
 * code decides and the words are ours.
 */
const failures: Readonly<Record<string, Failure>> = {
  '1': { class: 'payer', message: 'Too little money in the payer’s M-Pesa.' },
  '2': { class: 'amount', message: 'The amount is below the operator’s minimum.' },
  '3': { class: 'amount', message: 'The amount is above the operator’s maximum for one payment.' },
  '4': { class: 'payer', message: 'The payer is over the daily limit.' },
  '8': { class: 'operator', message: 'The receiving shortcode is over its balance limit; move money out of it.' },
  '17': { class: 'wait', message: 'The same payment was made just before; wait two minutes.' },
  '26': { class: 'wait', message: 'M-Pesa is busy; try again in a few minutes.' },
  '1001': { class: 'wait', message: 'Another M-Pesa prompt is open on the phone; finish it and wait a minute.' },
  '1019': { class: 'payer', message: 'The prompt expired before it was answered.' },
  '1025': { class: 'technical', message: 'The prompt could not be sent to the phone.' },
  '1032': { class: 'payer', message: 'The payer cancelled the prompt.' },
  '1037': { class: 'payer', message: 'The phone could not be reached or the prompt was not answered.' },
  '2001': { class: 'payer', message: 'The payer entered a wrong PIN.' },
  '2028': { class: 'configuration', message: 'Paybill and till are mixed up; check shortcode, storeNumber and kind.' },
  '8006': { class: 'payer', message: 'The payer’s PIN is locked; Safaricom’s care line unlocks it.' },
  '9999': { class: 'technical', message: 'The prompt could not be sent to the phone.' },
  SFC_IC0003: { class: 'configuration', message: 'M-Pesa does not know the receiver; check shortcode, storeNumber and kind.' },
}

export type PromptStatus =
  | { readonly status: 'succeeded' }
  | { readonly status: 'failed'; readonly failure: PaymentFailure }
  | { readonly status: 'pending' | 'unknown'; readonly detail: string }

/** Total: a code in no table is `unknown`, since codes are added without notice and money may have moved. */
export function promptStatus(code: string | undefined): PromptStatus {
  const word = code?.trim().toUpperCase() ?? ''
  if (/^0+$/.test(word)) return { status: 'succeeded' }
  if (word === '4999') return { status: 'pending', detail: 'still being processed (4999)' }
  const failure = Object.hasOwn(failures, word) ? failures[word] : undefined
  if (failure) return { status: 'failed', failure: { code: word, ...failure } }
  return { status: 'unknown', detail: word ? `result code ${word.slice(0, 40)} is not in the tables` : 'no result code' }
}
