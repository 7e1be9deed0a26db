import { civilDate, type ServiceId } from '@nyuzi/core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { recordManualPayment } from '../../src/flows/payments/record-manual-payment.ts'
import { cancelSubscription } from '../../src/flows/subscribers/cancel-subscription.ts'
import { createService } from '../../src/flows/subscribers/create-service.ts'
import { holdService } from '../../src/flows/subscribers/hold-service.ts'
import { type Isp, type Line, openIsp } from '../isp.ts'

describe('A payment and a word of staff about one line, at the same moment', () => {
  let isp: Isp
  let line: Line
  let secondLine: ServiceId
  let paid = 0

  beforeAll(async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z' })
  })
  beforeEach(async () => {
    line = await isp.subscribe({ startsOn: civilDate('2026-06-01') })
    isp.day('2026-06-12')
    await isp.cycle()
    expect(await wantedOf(line.serviceId)).toBe('suspended')
  })
  afterAll(() => isp.close())

  const wantedOf = async (serviceId: ServiceId): Promise<string> =>
    (await isp.raw`select wanted_state from access_states where service_id = ${serviceId}`)[0]?.['wanted_state']

  const pays = () =>
    recordManualPayment(isp.deps, isp.organisationId, {
      branchId: isp.branchId,
      subscriberId: line.subscriberId,
      amount: { amountMinor: 150_000n, currency: 'KES' },
      reference: `SLIP-${++paid}`,
      paidAt: isp.clock.now(),
      actor: 'test',
    })
  const isHeld = () => holdService(isp.deps, isp.organisationId, line.serviceId, { hold: 'held', reason: 'abuse', actor: 'test' })
  const isCancelled = () =>
    cancelSubscription(isp.deps, isp.organisationId, line.subscriptionId, { on: civilDate('2026-06-12'), actor: 'test' })
  const getsSecondLine = async () => {
    secondLine = await createService(isp.deps, isp.organisationId, {
      subscriptionId: line.subscriptionId,
      installationId: isp.installations.routers[0] as never,
      kind: 'pppoe',
      username: `${line.username}-b`,
      password: 'second-password',
      actor: 'test',
    })
  }

  /** Both come to the row of the line, in this order, while somebody else has it; then it is let go. */
  async function atOnce(first: () => Promise<unknown>, second: () => Promise<unknown>): Promise<void> {
    const started: Promise<unknown>[] = []
    await isp.raw.begin(async (sql) => {
      await sql`select from access_states where service_id = ${line.serviceId} for update`
      for (const start of [first, second]) {
        started.push(start())
        await new Promise((resolve) => setTimeout(resolve, 200))
      }
    })
    await Promise.all(started)
  }

  it('leaves off what is held', async () => {
    await atOnce(isHeld, pays)
    expect(await wantedOf(line.serviceId)).toBe('suspended')
  })

  it('leaves off what is held after the payment came first', async () => {
    await atOnce(pays, isHeld)
    expect(await wantedOf(line.serviceId)).toBe('suspended')
  })

  it('leaves closed what is cancelled', async () => {
    await atOnce(isCancelled, pays)
    expect(await wantedOf(line.serviceId)).toBe('closed')
  })

  it('puts on a line that is added meanwhile', async () => {
    await atOnce(pays, getsSecondLine)
    expect([await wantedOf(line.serviceId), await wantedOf(secondLine)]).toEqual(['active', 'active'])
  })
})
