import { afterAll, beforeAll, expect, it } from 'vitest'
import { setInstallationStatus } from '../../src/flows/installations/set-installation-status.ts'
import { type Isp, type Line, openIsp } from '../isp.ts'

let isp: Isp
let line: Line
beforeAll(async () => {
  isp = await openIsp({ servers: 2, daraja: { confirmation: 'never' } })
  line = await isp.subscribe()
})
afterAll(() => isp.close())

const status = (to: 'active' | 'paused') =>
  setInstallationStatus(isp.deps, isp.organisationId, isp.installations.paybill, { status: to, reason: 'new keys', actor: 'test' })
const pay = async () => {
  const paid = await isp.daraja.pay({ phone: line.phone.slice(1), amount: '1500', accountReference: line.accountNumber })
  const receipt = paid.outcome === 'paid' ? paid.entry.receipt : ''
  return { receipt, status: isp.daraja.deliveries.find((delivery) => delivery.receipt === receipt)?.status }
}
const isPosted = async (receipt: string) => (await isp.raw`select from payments where provider_transaction = ${receipt}`).length === 1

it('A paused installation asks nobody for money, and takes and posts what its provider reports', async () => {
  await status('paused')
  const before = await pay()
  expect(before.status).toBe(200)
  await Promise.all(isp.servers.map(({ engine }) => engine.pluginHost.refresh()))
  expect(await isp.deps.plugins.find(isp.installations.paybill)).toBeUndefined()
  expect(await isp.deps.plugins.offering(isp.organisationId, 'payments')).toEqual([])
  const paused = await pay()
  expect(paused.status).toBe(200)
  await isp.until('both payments', async () => (await isPosted(before.receipt)) && (await isPosted(paused.receipt)))
  await status('active')
  await isp.engine.pluginHost.refresh()
  expect(await isp.deps.plugins.find(isp.installations.paybill)).toBeDefined()
})

it('A provider that refuses our keys is still heard', async () => {
  const installed = await isp.deps.plugins.find(isp.installations.paybill)
  if (!installed) throw new Error('the paybill is missing')
  await isp.deps.plugins.pause(installed, 'the keys were refused')
  const paid = await pay()
  expect(paid.status).toBe(200)
  await isp.until('the payment', () => isPosted(paid.receipt))
  expect(await isp.raw`select status from installations where id = ${isp.installations.paybill}`).toEqual([{ status: 'paused' }])
  expect((await isp.verify()).doubts).toEqual([])
})
