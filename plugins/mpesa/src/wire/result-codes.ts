import type { Outcome } from './outcome.ts'

/** The calls that are answered later, at an address of ours. */
export type ResultApi = 'b2c' | 'reversal' | 'transaction-status' | 'account-balance'

/**
 * Why a call with an initiator failed. The numbers mean other things than on a prompt: 2001 is a wrong PIN of the
 * payer there and a wrong initiator of ours here.
 */
export type ResultReason =
  | 'own_funds'
  | 'limit'
  | 'inactive_account'
  | 'initiator'
  | 'initiator_locked'
  | 'role'
  | 'request'
  | 'product'
  | 'unregistered_receiver'
  | 'unknown_party'
  | 'already_reversed'
  | 'original_invalid'
  | 'not_found'
  | 'uncertain'

const reasons: Readonly<Record<string, ResultReason>> = {
  '1': 'own_funds',
  '2': 'limit',
  '3': 'limit',
  '4': 'limit',
  '8': 'limit',
  '11': 'inactive_account',
  '2006': 'inactive_account',
  '18': 'initiator',
  '20': 'initiator',
  '2001': 'initiator',
  '8006': 'initiator_locked',
  '21': 'role',
  '22': 'role',
  '100000010': 'role',
  '24': 'request',
  '25': 'request',
  '29': 'request',
  '100000005': 'request',
  '2028': 'product',
  '2033': 'not_found',
  '2040': 'unregistered_receiver',
  R000001: 'already_reversed',
  R000002: 'original_invalid',
  SFC_IC0003: 'unknown_party',
}

/** `uncertain`: internal (17, 19), duplicate (15), busy (26, 100000001 …) or in no table; the call may have worked. */
export const resultReason = (code: string): ResultReason => (Object.hasOwn(reasons, code) ? reasons[code] : undefined) ?? 'uncertain'

/** How a code that is not zero ends each call. Total: uncertainty never ends anything. */
export function outcomeOfCode(api: ResultApi, code: string): Outcome {
  const reason = resultReason(code)
  if (api === 'transaction-status' || api === 'account-balance') {
    // The question failed; only "no receipt for that id" says something about the payment.
    if (reason === 'not_found') return { outcome: 'failed', terminal: true }
    return { outcome: 'error', terminal: reason !== 'uncertain' }
  }
  return reason === 'uncertain' || reason === 'not_found' ? { outcome: 'unknown', terminal: false } : { outcome: 'failed', terminal: true }
}
