import type { Host, LookUpQuery, PaymentNotice } from '@nyuzi/sdk'
import { type Answer, errorKind, raise } from './client/answer.ts'
import type { DarajaClient } from './client/client.ts'
import { wordOf } from './client/json.ts'
import { promptQuery, promptQueryPath } from './client/prompt.ts'
import type { Settings } from './config.ts'
import { promptStatus } from './status.ts'

export function createLookUp(host: Pick<Host<Settings>, 'config' | 'clock'>, client: DarajaClient) {
  const { config, clock } = host
  return async ({ providerReference }: LookUpQuery): Promise<PaymentNotice> => {
    const body = promptQuery(config, config.passkey.reveal(), clock.now(), providerReference)
    return readQueryAnswer(providerReference, await client.post(promptQueryPath, body))
  }
}

/**
 * Only an answer with a result code of the tables is plain. A paid answer holds no receipt, amount or phone: they
 * come with the callback, the confirmation or a list.
 */
export function readQueryAnswer(providerReference: string, answer: Answer): PaymentNotice {
  if (answer.kind === 'unreadable') return noAnswer(providerReference, 'unknown', `no readable answer (HTTP ${answer.status})`)
  if (answer.kind === 'error') {
    const kind = errorKind(answer)
    if (kind === 'configuration' || kind === 'token' || kind === 'rate') return raise('STK query', answer)
    if (kind === 'in_progress') return noAnswer(providerReference, 'pending', `still being processed (${answer.code})`)
    return noAnswer(providerReference, 'unknown', `no answer obtained (${answer.code})`)
  }
  const answered = wordOf(answer.fields, 'CheckoutRequestID')
  if (answered !== undefined && answered !== providerReference)
    return noAnswer(providerReference, 'unknown', 'the answer is about another prompt')
  return { ...origin(providerReference), ...promptStatus(wordOf(answer.fields, 'ResultCode')) }
}

const origin = (providerReference: string) => ({ evidence: 'status_query', providerReference, payer: { kind: 'absent' } }) as const

const noAnswer = (providerReference: string, status: 'pending' | 'unknown', detail: string): PaymentNotice => ({
  ...origin(providerReference),
  status,
  detail,
})
