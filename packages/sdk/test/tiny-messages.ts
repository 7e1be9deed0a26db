import { createHmac } from 'node:crypto'
import {
  CallbackRejected,
  type CallbackRequest,
  type DeliveryReport,
  definePlugin,
  type Host,
  type MessageMeasure,
  type Messenger,
  ProviderMisconfigured,
  ProviderRefused,
  secret,
  z,
} from '@nyuzi/sdk'

const config = z.object({
  apiKey: secret().describe('From the portal'),
  baseUrl: z.url().describe('The address of the gateway'),
})

const answer = z.object({ code: z.enum(['OK', 'BAD_NUMBER', 'NO_CREDIT']), id: z.string().optional() })
const report = z.object({ id: z.string().min(1), state: z.string(), reason: z.string().optional() })

type TinyHost = Host<z.output<typeof config>>
export type Change = (sound: Messenger, host: TinyHost) => Messenger

/** A made-up SMS gateway, right in all that the suite asks. `change` makes it wrong. */
export const tinyMessages = (change: Change = (sound) => sound) =>
  definePlugin({
    id: 'tiny-sms',
    title: 'Tiny SMS',
    contract: 1,
    config,
    setup: (host) => ({ messages: change(soundMessenger(host), host) }),
  })

export const sign = (body: Uint8Array, key: string): string => createHmac('sha256', key).update(body).digest('hex')

const soundMessenger = ({ config, http }: TinyHost): Messenger => ({
  channelsOffered: ['sms'],
  async send({ id, to, text }) {
    const headers = { authorization: `Bearer ${config.apiKey.reveal()}` }
    const said = answer.parse(await http.postJson(`${config.baseUrl}/messages`, { key: id, to, text }, { headers }))
    if (said.code === 'BAD_NUMBER') throw new ProviderRefused('tiny-sms: BAD_NUMBER', { providerCode: said.code })
    if (said.code === 'NO_CREDIT') throw new ProviderMisconfigured('tiny-sms: NO_CREDIT', { providerCode: said.code })
    return said.id === undefined ? {} : { providerReference: said.id }
  },
  measure,
  reports: {
    channels: { delivery: { token: 'installation', purpose: 'notice' } },
    verifyCallback({ rawBody, headers }) {
      const expected = sign(rawBody, config.apiKey.reveal())
      if (headers['x-signature'] !== expected) throw new CallbackRejected('tiny-sms: wrong signature')
      return { dedupeKey: expected, reply: { status: 200, contentType: 'text/plain', body: 'ok' } }
    },
    translateReport: ({ rawBody }) => [toReport(rawBody)],
  },
})

function toReport(rawBody: CallbackRequest['rawBody']): DeliveryReport {
  const { id, state, reason } = report.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(rawBody)))
  if (state === 'DELIVERED') return { providerReference: id, state: 'delivered' }
  if (state === 'REJECTED') return { providerReference: id, state: 'failed', permanent: true, ...(reason === undefined ? {} : { reason }) }
  return { providerReference: id, state: 'sent' }
}

/** Knows enough of GSM 03.38 for the suite: ASCII letters count once, the euro sign twice, all else is UCS-2. */
function measure(text: string): MessageMeasure {
  const isGsm = /^[\w €.,!?'-]*$/.test(text)
  const units = isGsm ? text.length + (text.match(/€/g)?.length ?? 0) : text.length
  const [alone, each] = isGsm ? [160, 153] : [70, 67]
  return { encoding: isGsm ? 'GSM-7' : 'UCS-2', units, parts: units <= alone ? 1 : Math.ceil(units / each) }
}
