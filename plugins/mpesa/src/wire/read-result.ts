import type { Money } from '@nyuzi/sdk'
import { readSignedAmount } from '../client/amount.ts'
import { asFields, asList, isZeroCode, readJson, textOf, wordOf } from '../client/json.ts'
import { readReceipt } from '../client/payer.ts'
import type { Outcome } from './outcome.ts'
import { outcomeOfCode, type ResultApi, type ResultReason, resultReason } from './result-codes.ts'

/** The body that B2C, reversal, transaction status and balance send to a result or timeout address. */
export type Result = {
  readonly code: string
  readonly conversation: string | undefined
  readonly originatorConversation: string | undefined
  /** Undefined when there is none: they then send one that ends in zeros. */
  readonly receipt: string | undefined
  /** Values by key, in order; keys repeat and values may be missing. */
  readonly parameters: ReadonlyMap<string, readonly string[]>
}

export function readResult(text: string): Result | undefined {
  const result = asFields(asFields(readJson(text))?.Result)
  const code = wordOf(result, 'ResultCode')
  if (!result || code === undefined) return undefined
  const parameters = new Map<string, string[]>()
  for (const parameter of asList(asFields(result.ResultParameters)?.ResultParameter)) {
    const key = wordOf(parameter, 'Key')
    const value = textOf(parameter, 'Value')
    if (key !== undefined && value !== undefined) parameters.set(key, [...(parameters.get(key) ?? []), value])
  }
  const receipt = readReceipt(wordOf(result, 'TransactionID'))
  return {
    code,
    conversation: wordOf(result, 'ConversationID'),
    originatorConversation: wordOf(result, 'OriginatorConversationID'),
    receipt: receipt !== undefined && /0{7}$/.test(receipt) ? undefined : receipt,
    parameters,
  }
}

export type ResultOutcome = Outcome & {
  readonly reason?: ResultReason
  /** "Not found" proves that nothing happened only for payments younger than this. */
  readonly trustedForMs?: number
}

const notFoundTrustedForMs = 48 * 60 * 60 * 1000

/**
 * The timeout address gets the same body as the result address, so the address decides: a timeout notice tells
 * nothing, and the call may still be carried out.
 */
export function resultOutcome(api: ResultApi, address: 'result' | 'timeout', result: Result): ResultOutcome {
  if (address === 'timeout') return { outcome: 'unknown', terminal: false }
  if (!isZeroCode(result.code)) {
    const reason = resultReason(result.code)
    const trust = api === 'transaction-status' && reason === 'not_found' ? { trustedForMs: notFoundTrustedForMs } : {}
    return { ...outcomeOfCode(api, result.code), reason, ...trust }
  }
  return api === 'transaction-status' ? paymentOutcome(result) : { outcome: 'succeeded', terminal: true }
}

/** Code 0 means that the question was answered; the payment's own state is in TransactionStatus. */
function paymentOutcome({ parameters }: Result): Outcome {
  const state = parameters.get('TransactionStatus')?.[0]?.trim().toLowerCase() ?? ''
  if (state === 'completed') return { outcome: 'succeeded', terminal: true }
  if (/^(cancelled|declined|failed|expired)$/.test(state)) return { outcome: 'failed', terminal: true }
  if (/^(authorized|authorised|pending|initiated)$/.test(state)) return { outcome: 'pending', terminal: false }
  return { outcome: 'unknown', terminal: false }
}

export type AccountBalance = {
  readonly name: string
  readonly current: Money
  readonly available: Money
  readonly reserved: Money
  readonly uncleared: Money
}

/** `Working Account|KES|700000.00|700000.00|0.00|0.00&…`; an account that cannot be read is left out. */
export function readBalances({ parameters }: Result): readonly AccountBalance[] {
  return (parameters.get('AccountBalance')?.[0] ?? '').split('&').flatMap((account) => {
    const [name = '', currency, ...amounts] = account.split('|')
    const [current, available, reserved, uncleared] = amounts.map(readSignedAmount)
    if (currency !== 'KES' || !current || !available || !reserved || !uncleared) return []
    return [{ name, current, available, reserved, uncleared }]
  })
}
