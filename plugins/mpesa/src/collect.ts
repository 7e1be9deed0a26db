import { type CollectAnswer, type CollectRequest, type CollectRules, type Host, ProviderUnclear } from '@nyuzi/sdk'
import { toWholeShillings } from './client/amount.ts'
import { type Answer, errorKind, raise } from './client/answer.ts'
import { checkCallbackUrl } from './client/callback-url.ts'
import type { DarajaClient } from './client/client.ts'
import { isZeroCode, wordOf } from './client/json.ts'
import { toMsisdn } from './client/payer.ts'
import { promptPath, promptRequest } from './client/prompt.ts'
import { productionUrl, type Settings } from './config.ts'
import { promptStatus } from './status.ts'

const referenceMaxLength = 12
// Longer texts make the prompt exceed 182 characters, which ends in result 1025.
const descriptionMaxLength = 13

/** Pauses in force on 2026-11: one minute between prompts to one phone, two for the same amount (code 17). */
export const collectRules = (settings: Pick<Settings, 'amountMin' | 'amountMax'>): CollectRules => ({
  wholeUnitsOnly: true,
  amountMinorMin: BigInt(settings.amountMin) * 100n,
  amountMinorMax: BigInt(settings.amountMax) * 100n,
  accountReferenceMaxLength: referenceMaxLength,
  expiresAfterMs: 180_000,
  // Final answers were seen after 14 to 27 s; queries about one id are kept 20 s apart and reach over 10 minutes.
  lookUpPausesMs: [22_000, 20_000, 30_000, 45_000, 60_000, 90_000, 150_000, 210_000],
  samePhonePauseMs: 60_000,
  sameAmountPauseMs: 120_000,
})

export function createCollect(host: Pick<Host<Settings>, 'config' | 'clock'>, client: DarajaClient) {
  const { config, clock } = host
  const rules = collectRules(config)
  return async (request: CollectRequest): Promise<CollectAnswer> => {
    const { accountReference } = request
    const amount = toWholeShillings(request.amount)
    const msisdn = toMsisdn(request.phone)
    if (amount === undefined) return refused('amount_not_whole', 'M-Pesa prompts take whole shillings; round the amount up first.')
    if (request.amount.amountMinor < rules.amountMinorMin || request.amount.amountMinor > rules.amountMinorMax)
      return refused('amount_out_of_limits', `The amount must be ${config.amountMin} to ${config.amountMax} shillings.`)
    if (msisdn === undefined) return refused('phone_not_supported', 'M-Pesa prompts go to Kenyan mobile numbers only.')
    // A cut reference could be another subscriber's, so it is never cut.
    if (accountReference.trim() === '' || accountReference.length > referenceMaxLength)
      return refused('reference_length', `The account reference must have 1 to ${referenceMaxLength} characters.`)
    checkCallbackUrl(request.callbackUrl, config.baseUrl.startsWith(productionUrl))
    const body = promptRequest({
      receiver: config,
      passkey: config.passkey.reveal(),
      now: clock.now(),
      amount,
      msisdn,
      callbackUrl: request.callbackUrl,
      accountReference,
      description: request.description.trim().slice(0, descriptionMaxLength).trim() || 'Payment',
    })
    return readPromptAnswer(await client.post(promptPath, body))
  }
}

const refused = (code: string, message: string): CollectAnswer => ({ outcome: 'refused', code, message })

/** Response code 0 means that the prompt was accepted; nobody has paid yet. */
export function readPromptAnswer(answer: Answer): CollectAnswer {
  if (answer.kind === 'error') {
    const kind = errorKind(answer)
    if (kind === 'payer_busy') return refused('1001', 'Another M-Pesa prompt is open on the phone; finish it and wait a minute.')
    if (kind === 'request') return refused(answer.code, `M-Pesa refused the request: ${answer.message || answer.code}`)
  }
  if (answer.kind !== 'fields') return raise('STK push', answer)
  const code = wordOf(answer.fields, 'ResponseCode')
  const providerReference = wordOf(answer.fields, 'CheckoutRequestID')
  const message = wordOf(answer.fields, 'CustomerMessage') ?? wordOf(answer.fields, 'ResponseDescription') ?? ''
  if (isZeroCode(code) && providerReference !== undefined) return { outcome: 'accepted', providerReference, message }
  const status = promptStatus(code)
  if (status.status === 'failed') return refused(status.failure.code, status.failure.message)
  // An unknown code, or accepted without an id: a prompt may be on the phone.
  throw new ProviderUnclear(`STK push: answer not understood (ResponseCode ${code ?? 'missing'})`)
}
