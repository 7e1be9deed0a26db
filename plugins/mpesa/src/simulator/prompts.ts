import { callbackUrlFault } from '../client/callback-url.ts'
import { asFields, type Fields, wordOf } from '../client/json.ts'
import { fromWireTime, toWireTime } from '../client/time.ts'
import type { Book } from './book.ts'
import type { Letter } from './courier.ts'
import { invalidField, type Reply, refusals, reply } from './refusals.ts'
import type { BookEntry, PromptOutcome, SimulatedPrompt, SimulatedShortcode } from './types.ts'

const results: Readonly<Record<Exclude<PromptOutcome, object | 'noAnswer'>, { code: string; text: string }>> = {
  approve: { code: '0', text: 'The service request is processed successfully.' },
  cancel: { code: '1032', text: 'Request cancelled by user' },
  wrongPin: { code: '2001', text: 'The initiator information is invalid.' },
  insufficient: { code: '1', text: 'The balance is insufficient for the transaction.' },
  timeout: { code: '1037', text: 'DS timeout user cannot be reached.' },
}

export type PromptDesk = {
  readonly prompts: readonly SimulatedPrompt[]
  /** Checks a push as Daraja does; a prompt when it was accepted. */
  open(body: unknown): { readonly reply: Reply; readonly prompt?: SimulatedPrompt }
  query(body: unknown): Reply
  /** Records the payer's answer; the entry when money was taken, and the callback to send. */
  settle(checkoutRequestId: string, outcome: PromptOutcome): { readonly entry?: BookEntry; readonly letter?: Letter }
  /** The next queries say this code instead of the truth. */
  misreport(count: number, code: string): void
}

export function createPromptDesk(setup: {
  readonly shortcodes: readonly SimulatedShortcode[]
  readonly passkey: string
  readonly clock: { now(): Date }
  readonly book: Book
  readonly openQueryAnswer: '4999' | 'error500'
}): PromptDesk {
  const { shortcodes, passkey, clock, book } = setup
  const prompts = new Map<string, SimulatedPrompt>()
  const openPhones = new Map<string, SimulatedPrompt>()
  const paidIds = new Set(book.entries.map(({ checkoutRequestId }) => checkoutRequestId))
  let serial = Math.floor(clock.now().getTime() / 1000) % 100_000
  let misreports = { left: 0, code: '' }

  /** Password must be made of the shortcode, the passkey and the very Timestamp beside it. */
  function credentialFault(fields: Fields, sender: string): Reply | undefined {
    const timestamp = wordOf(fields, 'Timestamp') ?? ''
    if (!/^\d{14}$/.test(timestamp) || !fromWireTime(timestamp)) return invalidField('Timestamp')
    if (!shortcodes.some((known) => (known.storeNumber ?? known.shortcode) === sender)) return refusals.merchantUnknown
    const password = Buffer.from(wordOf(fields, 'Password') ?? '', 'base64').toString()
    return password === `${sender}${passkey}${timestamp}` ? undefined : refusals.wrongCredentials
  }

  function pushFault(fields: Fields): Reply | undefined {
    for (const [name, rule] of pushRules) if (!rule.test(wordOf(fields, name) ?? '')) return invalidField(name)
    if (callbackUrlFault(wordOf(fields, 'CallBackURL') ?? '', false)) return invalidField('CallBackURL')
    const fault = credentialFault(fields, wordOf(fields, 'BusinessShortCode') ?? '')
    if (fault) return fault
    return openPhones.get(wordOf(fields, 'PhoneNumber') ?? '')?.state === 'open' ? refusals.unableToLock : undefined
  }

  return {
    get prompts() {
      return [...prompts.values()]
    },
    open(body) {
      const fields = asFields(body)
      if (!fields) return { reply: refusals.wrongBody }
      const fault = pushFault(fields)
      if (fault) return { reply: fault }
      serial += 1
      const at = clock.now()
      const wire = toWireTime(at)
      const prompt: SimulatedPrompt = {
        checkoutRequestId: `ws_CO_${wire.slice(6, 8)}${wire.slice(4, 6)}${wire.slice(0, 4)}${wire.slice(8)}${String(serial).padStart(10, '0')}`,
        merchantRequestId: `7f3a-4c1e-9b2d-${String(serial).padStart(20, '0')}`,
        shortcode: wordOf(fields, 'PartyB') ?? '',
        kind: wordOf(fields, 'TransactionType') === 'CustomerBuyGoodsOnline' ? 'till' : 'paybill',
        phone: wordOf(fields, 'PhoneNumber') ?? '',
        amount: wordOf(fields, 'Amount') ?? '',
        accountReference: wordOf(fields, 'AccountReference') ?? '',
        description: wordOf(fields, 'TransactionDesc') ?? '',
        callbackUrl: wordOf(fields, 'CallBackURL') ?? '',
        requestedAt: at,
        state: 'open',
      }
      prompts.set(prompt.checkoutRequestId, prompt)
      openPhones.set(prompt.phone, prompt)
      const said = 'Success. Request accepted for processing'
      return {
        prompt,
        reply: reply({
          MerchantRequestID: prompt.merchantRequestId,
          CheckoutRequestID: prompt.checkoutRequestId,
          ResponseCode: '0',
          ResponseDescription: said,
          CustomerMessage: said,
        }),
      }
    },
    query(body) {
      const fields = asFields(body)
      if (!fields) return refusals.wrongBody
      const fault = credentialFault(fields, wordOf(fields, 'BusinessShortCode') ?? '')
      if (fault) return fault
      const id = wordOf(fields, 'CheckoutRequestID') ?? ''
      const prompt = prompts.get(id)
      const paid = paidIds.has(id)
      if (!prompt && !paid) return refusals.doesNotExist
      if (misreports.left > 0) {
        misreports.left -= 1
        return queryReply(id, prompt, misreports.code, 'DS timeout user cannot be reached.')
      }
      if (paid) return queryReply(id, prompt, results.approve.code, results.approve.text)
      if (prompt?.result) return queryReply(id, prompt, prompt.result.code, prompt.result.text)
      if (setup.openQueryAnswer === 'error500') return refusals.beingProcessed
      return queryReply(id, prompt, '4999', 'The transaction is still under processing')
    },
    settle(checkoutRequestId, outcome) {
      const prompt = prompts.get(checkoutRequestId)
      if (!prompt) throw new Error(`no prompt ${checkoutRequestId}`)
      if (prompt.state === 'paid') throw new Error(`prompt ${checkoutRequestId} is paid already`)
      if (outcome === 'noAnswer') {
        prompt.state = 'silent'
        return {}
      }
      // Paybill and till mixed up is found only when the payment is executed.
      const mixedUp = !shortcodes.some((known) => known.shortcode === prompt.shortcode && known.kind === prompt.kind)
      const result = mixedUp
        ? { code: '2028', text: 'The request is not permitted according to product assignment.' }
        : typeof outcome === 'string'
          ? results[outcome]
          : outcome
      prompt.result = result
      prompt.state = result.code === '0' ? 'paid' : 'failed'
      if (prompt.state === 'failed') return { letter: callbackLetter(prompt, result) }
      paidIds.add(checkoutRequestId)
      const { shortcode, phone, accountReference } = prompt
      const payment = { shortcode, phone, accountReference, amount: `${prompt.amount}.00`, payerName: 'AMINA', checkoutRequestId }
      const entry = book.take({ kind: 'prompt', ...payment, takenAt: clock.now() })
      return { entry, letter: callbackLetter(prompt, result, entry) }
    },
    misreport(count, code) {
      misreports = { left: count, code }
    },
  }
}

const pushRules: readonly (readonly [name: string, rule: RegExp])[] = [
  ['BusinessShortCode', /^\d{5,7}$/],
  ['Password', /^[A-Za-z0-9+/]+=*$/],
  ['TransactionType', /^Customer(PayBill|BuyGoods)Online$/],
  ['Amount', /^[1-9]\d{0,8}$/],
  ['PartyA', /^254[17]\d{8}$/],
  ['PartyB', /^\d{5,7}$/],
  ['PhoneNumber', /^254[17]\d{8}$/],
  ['AccountReference', /^.{1,12}$/],
  ['TransactionDesc', /^.{0,13}$/],
]

function queryReply(id: string, prompt: SimulatedPrompt | undefined, code: string, text: string): Reply {
  return reply({
    ResponseCode: '0',
    ResponseDescription: 'The service request has been accepted successsfully',
    MerchantRequestID: prompt?.merchantRequestId ?? '',
    CheckoutRequestID: id,
    ResultCode: code,
    ResultDesc: text,
  })
}

/** Written by hand where JSON.stringify would turn 1500.00 into 1500. */
function callbackLetter(prompt: SimulatedPrompt, result: { code: string; text: string }, entry?: BookEntry): Letter {
  const { checkoutRequestId, merchantRequestId, callbackUrl } = prompt
  const code = /^\d+$/.test(result.code) ? result.code : JSON.stringify(result.code)
  const metadata = entry
    ? `,"CallbackMetadata":{"Item":[{"Name":"Amount","Value":${entry.amount}},{"Name":"MpesaReceiptNumber","Value":"${entry.receipt}"},{"Name":"Balance"},{"Name":"TransactionDate","Value":${toWireTime(entry.takenAt)}},{"Name":"PhoneNumber","Value":${entry.phone}}]}`
    : ''
  const body = `{"Body":{"stkCallback":{"MerchantRequestID":"${merchantRequestId}","CheckoutRequestID":"${checkoutRequestId}","ResultCode":${code},"ResultDesc":${JSON.stringify(result.text)}${metadata}}}}`
  return { channel: 'stk', url: callbackUrl, body, checkoutRequestId, ...(entry ? { receipt: entry.receipt } : {}) }
}
