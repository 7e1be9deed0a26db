import type { PaymentNotice } from '@nyuzi/sdk'
import { readAmount } from '../client/amount.ts'
import { asFields, asList, type Fields, isZeroCode, readJson, textOf, wordOf } from '../client/json.ts'
import { readPayer, readReceipt } from '../client/payer.ts'
import { promptStatus } from '../status.ts'
import type { Outcome } from './outcome.ts'

/** A payment that Bill Manager pushes, up to five times; the same receipt may also come as a confirmation. */
export function readBillPush(text: string): PaymentNotice | undefined {
  const fields = asFields(readJson(text))
  const providerTransaction = readReceipt(wordOf(fields, 'transactionId'))
  const amount = readAmount(wordOf(fields, 'paidAmount'))
  if (providerTransaction === undefined || amount === undefined) return undefined
  const typed = textOf(fields, 'accountReference')
  return {
    evidence: 'callback',
    status: 'succeeded',
    providerTransaction,
    amount,
    payer: readPayer(wordOf(fields, 'msisdn')),
    ...(typed?.trim() ? { accountReference: typed } : {}),
  }
}

/**
 * Whether a standing order was created. No money moves here: each execution comes as a confirmation. Keys are
 * lower-case on success and upper-case on failure.
 */
export function standingOrderOutcome(text: string): Outcome {
  const header = asFields(lowered(asFields(readJson(text))).responseheader)
  const code = wordOf(lowered(header), 'responsecode')
  if (isZeroCode(code)) return { outcome: 'succeeded', terminal: true }
  const { status } = promptStatus(code)
  return status === 'failed' ? { outcome: 'failed', terminal: true } : { outcome: 'unknown', terminal: false }
}

/** The items of a standing order's callback by lower-case name. */
export function standingOrderItems(text: string): ReadonlyMap<string, string> {
  const body = lowered(asFields(lowered(asFields(readJson(text))).responsebody))
  const items = asList(body.responsedata).map((item) => lowered(item))
  return new Map(items.map((item) => [wordOf(item, 'name')?.toLowerCase() ?? '', wordOf(item, 'value') ?? '']))
}

const lowered = (fields: Fields | undefined): Fields =>
  Object.fromEntries(Object.entries(fields ?? {}).map(([key, value]) => [key.toLowerCase(), value]))
