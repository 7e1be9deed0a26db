import { asId, type IntentId, type SubscriberId } from '@nyuzi/core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSubscriber } from '../../src/flows/subscribers/create-subscriber.ts'
import { type Isp, openIsp } from '../isp.ts'
import { call, channelUrl, confirmationOf, masked, promptPaidOf, promptUrl, quiet } from './wire.ts'

const report = fc.constantFrom('confirmation', 'callback', 'query')
/** How the payment began and who was told of it, how often; an empty list is a payment nobody was ever told of. */
const payment = fc.record({
  payer: fc.nat({ max: 2 }),
  shillings: fc.constantFrom(1000, 1500),
  by: fc.constantFrom('prompt', 'till_prompt', 'paybill', 'till'),
  reports: fc.array(fc.record({ kind: report, at: fc.nat({ max: 3 }) }), { maxLength: 5 }),
})

type Payer = { subscriberId: SubscriberId; phone: string; account: string }

describe('Money of several payers, reported in any order, repeatedly, together or not at all', () => {
  let isp: Isp
  let made = 0

  beforeAll(async () => {
    isp = await openIsp({ servers: 2, daraja: { confirmation: 'never' }, sweepEveryMs: 50 })
  })
  afterAll(() => isp.close())

  async function makePayer(): Promise<Payer> {
    const phone = `+2547${String(30_000_000 + ++made)}`
    const account = `PAYER ${made}`
    const subscriberId = await createSubscriber(isp.deps, isp.organisationId, {
      branchId: isp.branchId,
      name: `Payer ${made}`,
      phone,
      accountNumber: account,
      actor: 'test',
    })
    return { subscriberId, phone, account }
  }

  /** A prompt that the provider took; nothing is asked about it but what the run reports. */
  async function makeIntent({ subscriberId, phone, account }: Payer, shillings: number): Promise<IntentId> {
    const id = asId('intent', isp.deps.ids.next())
    const amountMinor = BigInt(shillings) * 100n
    await isp.deps.store.inOrganisation(isp.organisationId, (tx) =>
      tx.intents.add({
        id,
        installationId: isp.installations.paybill,
        subscriberId,
        amountMinor,
        promptMinor: amountMinor,
        currency: 'KES',
        phone: phone as never,
        accountReference: account,
        status: 'pending',
        callbackToken: isp.deps.ids.token(),
        requestedAt: isp.clock.now(),
        lookUpAttempts: 0,
      }),
    )
    return id
  }

  const posted = async () => Number((await isp.raw`select coalesce(sum(amount_minor), 0)::text as sum from payments`)[0]?.['sum'])

  it('is in the books exactly once for every payment that was ever reported', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(payment, { minLength: 1, maxLength: 4 }), async (payments) => {
        const before = await posted()
        const payers = await Promise.all([makePayer(), makePayer(), makePayer()])
        const told: (() => Promise<unknown>)[][] = [[], [], [], []]
        let reportedMinor = 0
        for (const { payer: index, shillings, by, reports } of payments) {
          const payer = payers[index] as Payer
          isp.clock.moveTo(new Date(isp.clock.now().getTime() + 300_000))
          const isPrompt = by === 'prompt' || by === 'till_prompt'
          const intentId = isPrompt ? await makeIntent(payer, shillings) : undefined
          const [at, receipt] = [isp.clock.now(), `RUN${String(++made).padStart(7, '0')}`]
          const facts = { receipt, amount: `${shillings}.00`, at, msisdn: payer.phone }
          const named = by === 'prompt' || by === 'paybill' ? { account: payer.account } : {}
          const kinds = reports.filter(({ kind }) => isPrompt || kind === 'confirmation')
          if (kinds.length > 0) reportedMinor += shillings * 100
          for (const [turn, { kind, at: round }] of kinds.entries()) {
            const server = turn % 2
            told[round]?.push(async () => {
              if (kind === 'confirmation')
                return call(
                  await channelUrl(isp, 'confirmation', { server }),
                  confirmationOf({ ...facts, ...named, msisdn: masked(payer.phone) }),
                )
              if (kind === 'callback' && intentId) return call(await promptUrl(isp, intentId, server), promptPaidOf(`ws_${receipt}`, facts))
              const asked = new Date(at.getTime() + 30_000)
              const notice = { status: 'succeeded', evidence: 'status_query', payer: { kind: 'absent' } } as const
              const row = { id: asId('notice', isp.deps.ids.next()), installationId: isp.installations.paybill, receivedAt: asked, notice }
              await isp.deps.store.inOrganisation(isp.organisationId, (tx) =>
                tx.notices.add([{ ...row, ...(intentId ? { intentId } : {}) }]),
              )
              isp.servers[server]?.engine.deps.wake('notices', isp.organisationId)
            })
          }
        }
        for (const round of told) {
          await Promise.all(round.map((tell) => tell()))
          await quiet(isp)
        }
        expect((await posted()) - before).toBe(reportedMinor)
        expect(await isp.raw`select 1 from payment_notices where outcome = 'parked'`).toEqual([])
      }),
      { numRuns: 30, seed: 20260601, endOnFailure: true },
    )
    expect((await isp.verify()).doubts).toEqual([])
  })
})
