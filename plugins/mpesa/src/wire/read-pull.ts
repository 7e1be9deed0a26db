import type { PaymentNotice } from '@nyuzi/sdk'
import { readAmount } from '../client/amount.ts'
import type { Answer } from '../client/answer.ts'
import { asList, type Fields, textOf, wordOf } from '../client/json.ts'
import { readPayer, readReceipt } from '../client/payer.ts'
import { fromWireTime } from '../client/time.ts'
import { errorOutcome, type Outcome } from './outcome.ts'

/** One page of the pull list. The window may move on only after `succeeded`; `unreadable` rows need a person. */
export type PullPage = Outcome & { readonly notices: readonly PaymentNotice[]; readonly unreadable: number }

export function readPullPage(answer: Answer): PullPage {
  const none = { notices: [], unreadable: 0 }
  if (answer.kind === 'error' && answer.status >= 500) return { outcome: 'unknown', terminal: false, ...none }
  if (answer.kind !== 'fields') return { ...errorOutcome(answer), ...none }
  const code = wordOf(answer.fields, 'ResponseCode')
  // Nothing in the window: the list is then the text "[[]]".
  if (code === '1001') return { outcome: 'succeeded', terminal: true, ...none }
  if (code !== '1000') return { outcome: 'unknown', terminal: false, ...none }
  // A list of lists, and in some answers a plain list.
  const rows = Array.isArray(answer.fields.Response) ? asList(answer.fields.Response.flat()) : []
  const read = rows.map(fromPullRow)
  const notices = read.filter((notice) => notice !== undefined)
  return { outcome: 'succeeded', terminal: true, notices, unreadable: read.length - notices.length }
}

function fromPullRow(row: Fields): PaymentNotice | undefined {
  const providerTransaction = readReceipt(wordOf(row, 'transactionId'))
  const amount = readAmount(wordOf(row, 'amount'))
  if (providerTransaction === undefined || amount === undefined) return undefined
  const typed = textOf(row, 'billreference')
  // Samples end the time with Z although it is Nairobi time; the confirmation's TransTime is the better one.
  const paidAt = fromWireTime(wordOf(row, 'trxDate'))
  return {
    evidence: 'provider_list',
    status: 'succeeded',
    providerTransaction,
    amount,
    payer: readPayer(wordOf(row, 'msisdn')),
    ...(typed?.trim() ? { accountReference: typed } : {}),
    ...(paidAt === undefined ? {} : { paidAt }),
  }
}
