// Takes what a bank tells us about transfers: it calls us, and signs what it sends.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { CallbackRejected, definePlugin, type PaymentNotice, type PaymentProvider, parseMoney, secret, z } from '@nyuzi/sdk'

const config = z.object({ signingKey: secret().describe('From the bank, Developers → Webhooks') })

const transfer = z.object({ receipt: z.string(), state: z.string(), amount: z.string(), reference: z.string(), at: z.iso.datetime() })

export const bank = definePlugin({
  id: 'bank',
  title: 'Bank transfers',
  contract: 1,
  config,
  setup: ({ config }) => {
    const payments: PaymentProvider = {
      currencies: ['KES'],
      channels: { transfer: { token: 'installation', purpose: 'notice' } },
      // Is it theirs, and is it a repeat? Nothing is read here, so that nothing is lost that cannot be read.
      verifyCallback({ rawBody, headers }) {
        const signature = createHmac('sha256', config.signingKey.reveal()).update(rawBody).digest()
        const given = Buffer.from(headers['x-signature'] ?? '', 'hex')
        if (given.length !== signature.length || !timingSafeEqual(given, signature)) throw new CallbackRejected('bank: wrong signature')
        return { dedupeKey: signature.toString('hex'), reply: { status: 200, contentType: 'text/plain', body: 'ok' } }
      },
      // Pure: no call, no clock. What cannot be read throws, and the host keeps the call for a person.
      translateCallback: ({ rawBody }) => [toNotice(transfer.parse(JSON.parse(new TextDecoder().decode(rawBody))))],
    }
    return { payments }
  },
})

function toNotice({ receipt, state, amount, reference, at }: z.output<typeof transfer>): PaymentNotice {
  const origin = { evidence: 'callback', accountReference: reference, payer: { kind: 'absent' } } as const
  // The bank's document lists no final state but this one, so any other is unknown, never failed.
  if (state !== 'SETTLED') return { ...origin, status: 'unknown', detail: state }
  const paid = parseMoney(amount, 'KES')
  if (!paid) throw new Error('bank: the amount cannot be read')
  return { ...origin, status: 'succeeded', providerTransaction: receipt.trim().toUpperCase(), amount: paid, paidAt: new Date(at) }
}
