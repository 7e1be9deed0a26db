import { civilDate } from '@nyuzi/core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runDailyCycle } from '../../src/flows/billing/run-daily-cycle.ts'
import { type Isp, openIsp } from '../isp.ts'

let isp: Isp
beforeAll(async () => {
  isp = await openIsp({ startAt: '2026-06-01T06:00:00Z' })
})
afterAll(() => isp?.close())

it('A run of a day that is past lets no line on that is off for its debt today', async () => {
  const { serviceId, subscriptionId } = await isp.subscribe({ startsOn: civilDate('2026-06-01'), anchorDay: 1 })
  const stateOf = async () => (await isp.raw`select wanted_state, wanted_version from access_states where service_id = ${serviceId}`)[0]
  await isp.cycle()
  isp.day('2026-06-10')
  await isp.cycle()
  const off = await stateOf()
  expect(off).toMatchObject({ wanted_state: 'suspended' })
  // Something is to be invoiced that day, so that its line is decided again.
  await isp.raw`update subscriptions set next_invoice_on = '2026-06-02' where id = ${subscriptionId}`
  await runDailyCycle(isp.deps, isp.organisationId, { date: civilDate('2026-06-02') })
  expect(await stateOf()).toEqual(off)
})
