import { createHmac, timingSafeEqual } from 'node:crypto'
import {
  CallbackRejected,
  type CallbackReply,
  type CallbackRequest,
  definePlugin,
  type Host,
  type PaymentNotice,
  type PaymentProvider,
  parseMoney,
  parsePhone,
  secret,
  toDecimal,
  z,
} from '@nyuzi/sdk'

const config = z.object({
  apiKey: secret().describe('From the portal'),
  signingKey: secret().describe('From the portal'),
  baseUrl: z.url().describe('The address of the gateway'),
})

const prompt = z.object({ id: z.string(), status: z.string(), receipt: z.string().optional(), amount: z.string().optional() })
const paid = prompt.extend({ id: z.string(), account: z.string().optional(), phone: z.string(), paidAt: z.iso.datetime().optional() })
const question = z.object({ account: z.string(), amount: z.string() })

type TinyHost = Host<z.output<typeof config>>
export type Change = (sound: PaymentProvider, host: TinyHost) => PaymentProvider

/** A made-up gateway that signs what it sends: small, and right in all that the suite asks. `change` makes it wrong. */
export const tinyPayments = (change: Change = (sound) => sound) =>
  definePlugin({
    id: 'tiny-pay',
    title: 'Tiny gateway',
    contract: 1,
    config,
    setup: (host) => ({ payments: change(soundPayments(host), host) }),
  })

export const sign = (body: string | Uint8Array, key: string): string => createHmac('sha256', key).update(body).digest('hex')

function soundPayments({ config, http, callbackUrl }: TinyHost): PaymentProvider {
  const headers = () => ({ authorization: `Bearer ${config.apiKey.reveal()}` })
  return {
    currencies: ['KES'],
    channels: {
      paid: { token: 'intent', purpose: 'notice' },
      question: { token: 'installation', purpose: 'enquiry' },
    },
    collect: {
      rules: {
        wholeUnitsOnly: false,
        amountMinorMin: 100n,
        amountMinorMax: 25_000_000n,
        accountReferenceMaxLength: 12,
        expiresAfterMs: 60_000,
        lookUpPausesMs: [10_000, 30_000],
        samePhonePauseMs: 60_000,
        sameAmountPauseMs: 120_000,
      },
      async request({ amount, phone, accountReference, callbackUrl }) {
        const body = { amount: toDecimal(amount), phone, account: accountReference, callbackUrl }
        const { id } = prompt.parse(await http.postJson(`${config.baseUrl}/prompts`, body, { headers: headers() }))
        return { outcome: 'accepted', providerReference: id, message: 'sent to the phone' }
      },
    },
    verifyCallback({ rawBody, headers }) {
      const expected = Buffer.from(sign(rawBody, config.signingKey.reveal()))
      const given = Buffer.from(headers['x-signature'] ?? '')
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw new CallbackRejected('tiny-pay: wrong signature')
      return { dedupeKey: expected.toString(), reply: reply(200, 'thanks') }
    },
    translateCallback: ({ rawBody }) => [toNotice(paid.parse(readJson(rawBody)), 'callback')],
    async lookUpPayment({ providerReference }) {
      const answer = await http.getJson(`${config.baseUrl}/prompts/${providerReference}`, { headers: headers() })
      return toNotice(prompt.parse(answer), 'status_query')
    },
    enquiries: {
      translateEnquiry({ rawBody }) {
        const { account, amount } = question.parse(readJson(rawBody))
        return { accountReference: account, amount: toAmount(amount) }
      },
      answerEnquiry: (decision) => (decision.accept ? reply(200, 'yes') : reply(200, `no: ${decision.reason}`)),
    },
    async registerCallbacks() {
      const body = { url: callbackUrl('question') }
      await http.postJson(`${config.baseUrl}/callbacks`, body, { headers: headers() })
      return { outcome: 'registered' }
    },
  }
}

const reply = (status: number, body: string): CallbackReply => ({ status, contentType: 'text/plain', body })

const readJson = (rawBody: CallbackRequest['rawBody']): unknown => JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(rawBody))

function toAmount(text: string) {
  const amount = parseMoney(text, 'KES')
  if (!amount) throw new Error('tiny-pay: not an amount')
  return amount
}

function toNotice(said: z.output<typeof prompt> & Partial<z.output<typeof paid>>, evidence: 'callback' | 'status_query'): PaymentNotice {
  const phone = parsePhone(said.phone ?? '', 'KE')
  const origin = {
    evidence,
    providerReference: said.id,
    ...(said.account === undefined ? {} : { accountReference: said.account }),
    payer: phone ? { kind: 'clear' as const, phone } : { kind: 'absent' as const },
  }
  if (said.status === 'PAID')
    return {
      ...origin,
      status: 'succeeded',
      ...(said.receipt === undefined ? {} : { providerTransaction: said.receipt.trim().toUpperCase() }),
      ...(said.amount === undefined ? {} : { amount: toAmount(said.amount) }),
      ...(said.paidAt === undefined ? {} : { paidAt: new Date(said.paidAt) }),
    }
  if (said.status === 'DECLINED') return { ...origin, status: 'failed', failure: { code: 'DECLINED', class: 'payer', message: 'declined' } }
  return { ...origin, status: said.status === 'WAITING' ? 'pending' : 'unknown', detail: said.status }
}
