import type { CivilDate, ServiceId } from '@nyuzi/core'
import { definePlugin, z } from '@nyuzi/sdk'
import { afterEach, expect, it } from 'vitest'
import { type Isp, type Line, openIsp } from '../isp.ts'

/** A box that notes who works on it at the same moment; both servers of the test run in this process. */
const box = { busy: 0, busyMost: 0, calls: 0, callTakesMs: 0, broken: false, done: new Map<ServiceId, string>() }
const slowBox = definePlugin({
  id: 'slow-box',
  title: 'A box that takes its time',
  contract: 1,
  config: z.object({}),
  setup: () => ({
    access: {
      serviceKinds: ['pppoe'],
      async applyAccess(wanted) {
        box.calls++
        box.busyMost = Math.max(box.busyMost, ++box.busy)
        await new Promise((resolve) => setTimeout(resolve, box.callTakesMs))
        box.busy--
        if (box.broken) throw new TypeError('nobody expected this')
        for (const { serviceId, state } of wanted) box.done.set(serviceId, state)
        return wanted.map(({ serviceId, username, state }) => ({
          serviceId,
          sessionsDropped: 0,
          outcome: 'changed' as const,
          observed: { serviceId, username, state, sessions: 0 },
        }))
      },
    },
  }),
})

let isp: Isp
afterEach(() => isp.close())

async function openWithBox(servers: number, lines: number): Promise<Line[]> {
  Object.assign(box, { busy: 0, busyMost: 0, calls: 0, callTakesMs: 20, broken: false, done: new Map() })
  isp = await openIsp({ servers, routers: 0, plugins: [slowBox], graceDays: 0, log: 'silent' })
  const installationId = await isp.install('slow-box', 'Slow box', {})
  const made: Line[] = []
  for (let index = 0; index < lines; index++)
    made.push(await isp.subscribe({ startsOn: '2026-06-05' as CivilDate, anchorDay: 5, installationId }))
  await isp.cycle()
  return made
}
const allInSync = async () => (await isp.raw`select from access_states where status <> 'in_sync'`).length === 0
const lane = async () => (await isp.raw`select * from access_lanes`)[0]

it('Two servers never work on one box at once, even while one call outlasts the lease', async () => {
  const [line] = await openWithBox(2, 200)
  if (!line) throw new Error('a line is missing')
  await isp.until('all lines to be set up', allInSync, 20_000)
  box.callTakesMs = 12_000
  isp.day('2026-06-05')
  await isp.cycle()
  await isp.until('the long call', () => box.busy === 1)
  // The next call is short: it may begin in the moment in which this one ends.
  box.callTakesMs = 20
  const [holder, longCall] = [(await lane())?.leased_by, box.calls]
  await isp.until('the long call to end', () => box.calls > longCall, 20_000)
  expect((await lane())?.leased_by).toBe(holder)
  await isp.until('all lines to be active', allInSync, 30_000)
  expect(box.busyMost).toBe(1)
  expect([...box.done.values()].filter((state) => state === 'active')).toHaveLength(200)
}, 90_000)

it('The lane of a server that died is taken over when its lease has run out, and not before', async () => {
  await openWithBox(1, 3)
  await isp.until('the lines to be set up', allInSync)
  await isp.settled()
  await isp.raw`update access_lanes set leased_by = 'a server that is no more', leased_until = clock_timestamp() + interval '2 seconds'`
  const [lease] = await isp.raw`select leased_until from access_lanes`
  const calls = box.calls
  isp.day('2026-06-05')
  await isp.cycle()
  await isp.until('the lane to be taken over', () => box.calls > calls)
  expect(Date.now()).toBeGreaterThanOrEqual(lease?.['leased_until'].getTime())
  await isp.until('the lines to be active', allInSync)
}, 60_000)

it('A plugin that throws what no one expected is shown, tried again, and holds nothing for ever', async () => {
  await openWithBox(1, 3)
  await isp.until('the lines to be set up', allInSync)
  box.broken = true
  isp.day('2026-06-05')
  await isp.cycle()
  await isp.until('the lane to say so', async () => (await lane())?.state === 'unreachable')
  expect((await lane())?.last_error).toBe('the plugin failed: nobody expected this')
  box.broken = false
  await isp.until('the lines to be active', allInSync, 15_000)
  await isp.until('the lane to be well', async () => (await lane())?.last_error === null)
}, 60_000)
