import { definePlugin, type FiscalDevice, type Host, ProviderMisconfigured, ProviderRefused, secret, z } from '@nyuzi/sdk'

const config = z.object({
  key: secret().describe('From the authority'),
  baseUrl: z.url().describe('The address of the authority'),
})

const answer = z.object({
  code: z.enum(['OK', 'BAD', 'DEVICE', 'KNOWN', 'COUNT']),
  number: z.string().default(''),
  expected: z.string().default('0'),
})

type TinyHost = Host<z.output<typeof config>>
export type Change = (sound: FiscalDevice, host: TinyHost) => FiscalDevice

/** A made-up tax authority, right in all that the suite asks. `change` makes it wrong. */
export const tinyFiscal = (change: Change = (sound) => sound) =>
  definePlugin({
    id: 'tiny-fiscal',
    title: 'Tiny authority',
    contract: 1,
    config,
    setup: (host) => ({ fiscal: change(soundDevice(host), host) }),
  })

const soundDevice = ({ config, http, clock }: TinyHost): FiscalDevice => ({
  counter: config.baseUrl,
  prepare: (document, number) =>
    JSON.stringify({ ours: document.number, number: `${number}`, original: document.kind === 'credit' ? `${document.original}` : '' }),
  async sign(request) {
    const headers = { authorization: `Bearer ${config.key.reveal()}` }
    const text = JSON.stringify(await http.postJson(`${config.baseUrl}/documents`, JSON.parse(request), { headers }))
    const said = answer.parse(JSON.parse(text))
    if (said.code === 'BAD') throw new ProviderRefused('tiny-fiscal: BAD')
    if (said.code === 'DEVICE') throw new ProviderMisconfigured('tiny-fiscal: DEVICE')
    if (said.code === 'KNOWN') return { outcome: 'taken_earlier', answer: text }
    if (said.code === 'COUNT') return { outcome: 'renumber', expected: BigInt(said.expected), reason: 'COUNT' }
    const url = `${config.baseUrl}/verify/${said.number}`
    return { outcome: 'signed', answer: text, proof: { number: said.number, device: 'TINY-1', url, signedAt: clock.now(), details: [] } }
  },
})
