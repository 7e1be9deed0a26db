import type { AccessState, WantedAccess } from '@nyuzi/core'
import { definePlugin, money, parseMoney, secret, z } from '@nyuzi/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createService } from '../../src/flows/subscribers/create-service.ts'
import { createSubscriber } from '../../src/flows/subscribers/create-subscriber.ts'
import { createSubscription } from '../../src/flows/subscribers/create-subscription.ts'
import { type Isp, openIsp } from '../isp.ts'

/** A wallet that posts a line of text for each payment. */
const pocket = definePlugin({
  id: 'pocket',
  title: 'Pocket money',
  contract: 1,
  config: z.object({ key: secret() }),
  setup: () => ({
    payments: {
      currencies: ['KES'],
      channels: { paid: { token: 'installation', purpose: 'notice' } },
      verifyCallback: ({ rawBody }) => ({
        dedupeKey: Buffer.from(rawBody).toString(),
        reply: { status: 200, contentType: 'text/plain', body: 'thanks' },
      }),
      translateCallback({ rawBody }) {
        const [receipt = '', amount = '', accountReference = ''] = Buffer.from(rawBody).toString().split(' ')
        const parsed = parseMoney(amount, 'KES')
        if (!parsed) throw new Error(`${amount} is no amount`)
        return [
          {
            status: 'succeeded',
            evidence: 'callback',
            providerTransaction: receipt,
            amount: money(parsed.amountMinor, 'KES'),
            accountReference,
            payer: { kind: 'absent' },
          },
        ]
      },
    },
  }),
})

/** A switch whose ports are a table in memory. */
const ports = new Map<string, WantedAccess & { seen: AccessState }>()
const switchboard = definePlugin({
  id: 'switchboard',
  title: 'A switch with ports',
  contract: 1,
  config: z.object({ address: z.string() }),
  setup: () => ({
    access: {
      serviceKinds: ['ipoe'],
      applyAccess: async (wanted) =>
        wanted.map((one) => {
          const was = ports.get(one.username)?.seen
          ports.set(one.username, { ...one, seen: one.state })
          const observed = { serviceId: one.serviceId, username: one.username, state: one.state, sessions: 0 }
          return {
            serviceId: one.serviceId,
            sessionsDropped: 0,
            outcome: was === one.state ? ('ok' as const) : ('changed' as const),
            observed,
          }
        }),
    },
  }),
})

/** Letters, kept instead of sent. */
const letters: { to: string; text: string }[] = []
const mail = definePlugin({
  id: 'mail',
  title: 'Letters',
  contract: 1,
  config: z.object({ from: z.email() }),
  setup: () => ({
    messages: {
      channelsOffered: ['email'],
      async send({ to, text }) {
        letters.push({ to, text })
        return { providerReference: String(letters.length) }
      },
    },
  }),
})

describe('A second plugin of each kind, unknown to core and to the flows', () => {
  let isp: Isp
  beforeAll(async () => {
    isp = await openIsp({ plugins: [pocket, switchboard, mail], startAt: '2026-06-01T06:00:00Z', graceDays: 1 })
  })
  afterAll(() => isp.close())

  it('takes a payment, switches a line and sends the receipt', async () => {
    const wallet = await isp.install('pocket', 'Pocket', { key: 'secret' })
    const port = await isp.install('switchboard', 'Switch', { address: '10.0.0.1' })
    await isp.install('mail', 'Letters', { from: 'isp@example.net' })
    await isp.engine.pluginHost.refresh()
    const subscriberId = await createSubscriber(isp.deps, isp.organisationId, {
      branchId: (await isp.raw`select id from branches`)[0]?.id,
      name: 'Otieno',
      email: 'otieno@example.net',
      actor: 'test',
    })
    const subscriptionId = await createSubscription(isp.deps, isp.organisationId, {
      subscriberId,
      sold: { planId: isp.planId },
      startsOn: '2026-06-03' as never,
      actor: 'test',
    })
    await createService(isp.deps, isp.organisationId, {
      subscriptionId,
      installationId: port,
      kind: 'ipoe',
      username: 'port-1',
      password: 'none',
      actor: 'test',
    })
    await isp.cycle()
    isp.day('2026-06-05')
    await isp.cycle()
    await isp.until('the port to be closed', () => ports.get('port-1')?.seen === 'suspended')

    const { callback_token: token } = (await isp.raw`select callback_token from installations where id = ${wallet}`)[0] as {
      callback_token: string
    }
    const [{ account_number: account } = { account_number: '' }] =
      await isp.raw`select account_number from subscribers where id = ${subscriberId}`
    const answer = await fetch(`${isp.servers[0]?.url}/callbacks/${wallet.replaceAll('-', '')}/paid/${token}`, {
      method: 'POST',
      body: `P-1 1500.00 ${account}`,
    })
    expect([answer.status, await answer.text()]).toEqual([200, 'thanks'])

    await isp.until('the port to be open', () => ports.get('port-1')?.seen === 'active')
    await isp.until('the receipt', () => letters.some(({ to, text }) => to === 'otieno@example.net' && text.includes('P-1')))
    expect((await isp.verify()).doubts).toEqual([])
  })
})
