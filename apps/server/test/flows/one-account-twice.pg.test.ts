import type { InstallationId } from '@nyuzi/core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { requestPayment } from '../../src/flows/payments/request-payment.ts'
import { type Isp, type Line, openIsp } from '../isp.ts'
import { call, channelUrl, confirmationOf, masked, promptPaidOf, promptUrl, quiet } from './wire.ts'

// New keys or a new callback token: a second installation of the same shortcode. The prompt is reported to the one that
// asked, the receipt to the one whose address is registered.
describe('Two installations of one paybill', () => {
  let isp: Isp
  let line: Line
  let second: InstallationId
  let paid = 0

  beforeAll(async () => {
    isp = await openIsp({ daraja: { confirmation: 'never' }, sweepEveryMs: 25 })
    second = await isp.install('mpesa', 'Paybill 400123, new keys', isp.daraja.settings('400123'))
    await isp.engine.pluginHost.refresh()
  })
  beforeEach(async () => {
    line = await isp.subscribe()
  })
  afterAll(() => isp.close())

  const prompted = async (installationId: InstallationId) => {
    const done = await requestPayment(isp.deps, isp.organisationId, {
      subscriberId: line.subscriberId,
      amount: { amountMinor: 150_000n, currency: 'KES' },
      installationId,
      actor: 'test',
    })
    if (done.outcome !== 'done') throw new Error('no prompt was asked for')
    const intentId = done.result.intentId
    const [row] = await isp.until('the prompt', async () => {
      const rows = await isp.raw`select provider_reference from payment_intents where id = ${intentId} and status = 'pending'`
      return rows.length > 0 ? [...rows] : undefined
    })
    return { intentId, reference: row?.['provider_reference'] as string }
  }
  const receiptOf = () => `TWICE${String(++paid).padStart(5, '0')}`
  const confirms = async (receipt: string, installation: InstallationId, account = line.accountNumber) => {
    const body = confirmationOf({ receipt, amount: '1500.00', at: isp.clock.now(), account, msisdn: masked(line.phone) })
    expect(await call(await channelUrl(isp, 'confirmation', { installation }), body)).toBe(200)
    await quiet(isp)
  }
  const answers = async ({ intentId, reference }: { intentId: string; reference: string }, receipt: string) => {
    const body = promptPaidOf(reference, { receipt, amount: '1500.00', at: isp.clock.now(), msisdn: line.phone })
    expect(await call(await promptUrl(isp, intentId), body)).toBe(200)
    await quiet(isp)
  }
  const booked = async (): Promise<unknown> => {
    expect((await isp.verify()).doubts).toEqual([])
    return (
      await isp.raw`select provider_transaction as receipt from payments where subscriber_id = ${line.subscriberId} or status = 'unmatched'`
    ).map(({ receipt }) => receipt)
  }

  it('book a receipt once that the prompt told to one and the confirmation to the other, in both orders', async () => {
    const receipt = receiptOf()
    await answers(await prompted(second), receipt)
    await confirms(receipt, isp.installations.paybill)
    expect(await booked()).toEqual([receipt])

    line = await isp.subscribe()
    const other = receiptOf()
    const prompt = await prompted(isp.installations.paybill)
    await confirms(other, second)
    await answers(prompt, other)
    expect(await booked()).toEqual([other])
  })

  it('join a prompt that the look-up found with its receipt', async () => {
    const receipt = receiptOf()
    const { reference } = await prompted(second)
    isp.daraja.faults.loseCallbacks(1)
    await isp.daraja.answerPrompt(reference, 'approve')
    isp.clock.moveTo(new Date(isp.clock.now().getTime() + 30_000))
    await isp.until('the look-up', async () => ((await booked()) as unknown[]).length > 0)
    await confirms(receipt, isp.installations.paybill)
    expect(await booked()).toEqual([receipt])
  })

  it('take money out of suspense when the prompt of the other says whose it was', async () => {
    const receipt = receiptOf()
    const prompt = await prompted(second)
    await confirms(receipt, isp.installations.paybill, 'nobody')
    expect(await isp.raw`select status from payments where provider_transaction = ${receipt}`).toEqual([{ status: 'unmatched' }])
    await answers(prompt, receipt)
    expect(await booked()).toEqual([receipt])
    expect(await isp.raw`select status from payments where provider_transaction = ${receipt}`).toEqual([{ status: 'matched' }])
  })
})
