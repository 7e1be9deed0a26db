import type { CivilDate, InstallationId } from '@nyuzi/core'
import { afterEach, describe, expect, it } from 'vitest'
import { reconcileAccess } from '../../src/flows/access/reconcile-access.ts'
import { changeInstallation } from '../../src/flows/installations/change-installation.ts'
import { type Isp, type IspOptions, type Line, openIsp } from '../isp.ts'

let isp: Isp
afterEach(() => isp.close())

/** Lines on each router, active, dialled in, billed for 5 June without grace: the cycle of the 6th suspends them. */
async function openBilled(linesEach: number, options: IspOptions = {}): Promise<Line[][]> {
  isp = await openIsp({ startAt: '2026-06-01T06:00:00Z', graceDays: 0, log: 'silent', ...options })
  const lines: Line[][] = []
  for (const router of isp.boxes.keys()) {
    const own: Line[] = []
    for (let index = 0; index < linesEach; index++)
      own.push(await isp.subscribe({ startsOn: '2026-06-05' as CivilDate, anchorDay: 5, router }))
    lines.push(own)
  }
  await isp.cycle()
  isp.day('2026-06-05')
  await isp.cycle()
  await isp.until('all lines to be active', async () => (await states()).every(({ observed_state }) => observed_state === 'active'), 30_000)
  for (const [router, own] of lines.entries()) for (const line of own) isp.boxes[router]?.dial(line.username, passwordOf(line))
  return lines
}

const passwordOf = ({ username }: Line) => username.replace('line', 'password-')
const states = () =>
  isp.raw`select service_id, wanted_state, observed_state, status, last_error, drift_count, last_drift from access_states`
const stateOf = async ({ serviceId }: Line) => (await states()).find(({ service_id }) => service_id === serviceId)
const isActive = (state: { [column: string]: unknown } | undefined) =>
  state?.['status'] === 'in_sync' && state['wanted_state'] === 'active' && state['observed_state'] === 'active'
const changesOf = ({ serviceId }: Line) =>
  isp.raw`select to_state, outcome, proof from access_changes where service_id = ${serviceId} order by applied_at, version`
const lane = async (router = 0) => (await isp.raw`select * from access_lanes where installation_id = ${routerOf(router)}`)[0]
const routerOf = (router: number) => isp.installations.routers[router] as InstallationId
const openTasks = (kind: string) => isp.raw`select title, subject_id from tasks where kind = ${kind} and done_at is null`

async function suspendAll() {
  isp.day('2026-06-06')
  return await isp.cycle()
}

/** Pays the invoice; gives the status our server answered the provider with, and how long the provider waited. */
async function pay(line: Line): Promise<{ status: number | undefined; tookMs: number }> {
  const startedMs = performance.now()
  const paid = await isp.daraja.pay({ phone: line.phone.slice(1), amount: '1500', accountReference: line.accountNumber })
  const tookMs = performance.now() - startedMs
  const receipt = paid.outcome === 'paid' ? paid.entry.receipt : ''
  return { status: isp.daraja.deliveries.find((delivery) => delivery.receipt === receipt)?.status, tookMs }
}
const posted = () => isp.raw`select from payments where status = 'matched' and allocated_minor = 150000`

describe('A router without power', () => {
  it('holds up nobody else, and comes to what is wanted by itself within ten seconds of its return', async () => {
    const [[payer, debtor, late] = [], [neighbour, other] = []] = await openBilled(3, { routers: 2 })
    if (!payer || !debtor || !late || !neighbour || !other) throw new Error('lines are missing')
    const session = isp.router.book.sessions(payer.username)[0]?.sessionId
    const changesBefore = (await changesOf(payer)).length
    await isp.router.unplug()
    expect(await suspendAll()).toMatchObject({ servicesSuspended: 6 })
    await isp.until('the other router to suspend its lines', () => isp.boxes[1]?.lineState(other.username) === 'walled')
    await isp.until('the lane to say that its router is away', async () => (await lane())?.state === 'unreachable')
    expect((await lane())?.last_error).toMatch(/ECONNREFUSED|closed the connection|connection ended/)
    await isp.until('the line to say so too', async () => (await stateOf(payer))?.status === 'unreachable')

    expect(await pay(payer)).toMatchObject({ status: 200 })
    expect(await pay(neighbour)).toMatchObject({ status: 200 })
    await isp.until('both payments to be posted', async () => (await posted()).length === 2)
    await isp.until('the neighbour to be online', () => isp.boxes[1]?.lineState(neighbour.username) === 'online')
    expect(await stateOf(payer)).toMatchObject({ wanted_state: 'active', observed_state: 'active' })

    // Until the pauses between attempts have grown as long as they get.
    await isp.until('a long outage', async () => (await lane())?.failures >= 6, 40_000)
    const writesBefore = isp.router.book.writes.length
    const pluggedMs = performance.now()
    await isp.router.plug()
    await isp.until('everything to be in place', async () => (await states()).every(({ status }) => status === 'in_sync'), 15_000)
    expect(performance.now() - pluggedMs).toBeLessThan(10_000)
    await isp.until('the debtor to have dialled again', () => isp.router.lineState(debtor.username) === 'walled')
    expect(isp.router.lineState(payer.username)).toBe('online')
    await isp.until('the lane to say so', async () => (await lane())?.state === 'reachable')
    expect(await lane()).toMatchObject({ last_error: null, failures: 0 })

    // The payer was to be suspended for a while, but only while nobody could: the line never felt it.
    expect(isp.router.book.sessions(payer.username)[0]?.sessionId).toBe(session)
    const writes = isp.router.book.writes.slice(writesBefore).filter(({ targets }) => targets.includes(payer.username))
    expect(writes.filter(({ attributes }) => attributes['profile'] === 'nyuzi-suspended')).toEqual([])
    expect((await changesOf(payer)).slice(changesBefore).map(({ to_state }) => to_state)).not.toContain('suspended')
    expect((await isp.verify()).doubts).toEqual([])
  }, 90_000)

  it('is seen to be away even when nothing is to be switched on it', async () => {
    await openBilled(1)
    await isp.router.unplug()
    await isp.settled()
    await reconcileAccess(isp.deps, isp.organisationId, 0)
    expect(await lane()).toMatchObject({ state: 'unreachable', last_error: expect.any(String) })
    await isp.router.plug()
    await isp.until('it to be read again', async () => {
      await reconcileAccess(isp.deps, isp.organisationId, 0)
      return (await lane())?.state === 'reachable'
    })
    expect(await lane()).toMatchObject({ last_error: null })
  })
})

describe('A router that takes connections and never answers', () => {
  it('delays no other router and no callback, and goes on where it was', async () => {
    const [[payer] = [], [neighbour] = []] = await openBilled(2, { routers: 2 })
    if (!payer || !neighbour) throw new Error('lines are missing')
    await changeInstallation(isp.deps, isp.organisationId, routerOf(0), {
      settings: { connectTimeoutMs: 1_500, commandTimeoutMs: 1_500 },
      actor: 'test',
    })
    await isp.engine.pluginHost.refresh()
    isp.router.silent()
    await suspendAll()
    await isp.until('the other router to suspend', () => isp.boxes[1]?.lineState(neighbour.username) === 'walled')
    const answers = await Promise.all([pay(payer), pay(neighbour)])
    expect(answers).toMatchObject([{ status: 200 }, { status: 200 }])
    expect(Math.max(...answers.map(({ tookMs }) => tookMs))).toBeLessThan(1_000)
    await isp.until('the neighbour to be back', () => isp.boxes[1]?.lineState(neighbour.username) === 'online', 3_000)
    await isp.until('both payments to be posted', async () => (await posted()).length === 2)
    await isp.until('the lane to give up', async () => (await lane())?.state === 'unreachable')
    expect((await lane())?.last_error).toMatch(/no answer|in time|not answer|ended/)
    isp.router.silent(false)
    await isp.until('everything to be in place', async () => (await states()).every(({ status }) => status === 'in_sync'), 15_000)
    expect(isp.router.lineState(payer.username)).toBe('online')
  }, 60_000)
})

describe('A router that reboots', () => {
  it('with work under way loses none of it', async () => {
    const [lines = []] = await openBilled(40)
    isp.router.slow(3)
    const writesBefore = isp.router.book.writes.length
    await suspendAll()
    await isp.until('the first suspensions', () =>
      isp.router.book.writes.slice(writesBefore).some(({ attributes }) => attributes['profile'] === 'nyuzi-suspended'),
    )
    const rebooted = isp.router.reboot(300)
    const [payer, ...debtors] = lines
    if (!payer) throw new Error('lines are missing')
    expect(await pay(payer)).toMatchObject({ status: 200 })
    await isp.until('the payment to be posted', async () => (await posted()).length === 1)
    await rebooted
    isp.router.slow(0)
    await isp.until('everything to be in place', async () => (await states()).every(({ status }) => status === 'in_sync'), 20_000)
    await isp.until('boxes to have dialled again', () => isp.router.book.sessions().length === 40)
    expect(isp.router.lineState(payer.username)).toBe('online')
    expect(debtors.filter(({ username }) => isp.router.lineState(username) !== 'walled')).toEqual([])
  }, 60_000)
})

describe('Hands on the router', () => {
  it('are noticed: an edited secret is repaired and counted as drift', async () => {
    const [[line] = []] = await openBilled(1)
    if (!line) throw new Error('lines are missing')
    const before = isp.router.book.secret(line.username)
    isp.router.editByHand(line.username, { profile: 'default', disabled: 'true' })
    expect(await reconcileAccess(isp.deps, isp.organisationId, 0)).toBe(1)
    await isp.until('the repair', () => isp.router.book.secret(line.username)?.disabled === false)
    await isp.until('the repair to be recorded', async () => (await stateOf(line))?.status === 'in_sync')
    expect(isp.router.book.secret(line.username)).toEqual(before)
    const seen = await stateOf(line)
    expect(seen).toMatchObject({ drift_count: 1 })
    expect(seen?.last_drift).toMatch(/profile.*disabled/)
    expect((await changesOf(line)).at(-1)).toMatchObject({ outcome: 'drift', to_state: 'active' })
    expect((await changesOf(line)).at(-1)?.proof).toContain('repaired: ')
    expect(await reconcileAccess(isp.deps, isp.organisationId, 0)).toBe(0)
  })

  it('that let a debtor in are corrected', async () => {
    const [[line] = []] = await openBilled(1)
    if (!line) throw new Error('lines are missing')
    await suspendAll()
    await isp.until('the suspension', async () => (await stateOf(line))?.observed_state === 'suspended')
    const [profile] = isp.router.book.profiles().filter(({ name }) => name === 'nyuzi-home-10')
    isp.router.editByHand(line.username, { profile: profile?.['name'] ?? '' })
    expect(await reconcileAccess(isp.deps, isp.organisationId, 0)).toBe(1)
    await isp.until('the repair', async () => (await stateOf(line))?.drift_count === 1)
    await isp.until('the line to be walled', () => isp.router.lineState(line.username) === 'walled')
  })

  it('that remove a secret see it come back', async () => {
    const [[line] = []] = await openBilled(1)
    if (!line) throw new Error('lines are missing')
    isp.router.removeByHand(line.username)
    await reconcileAccess(isp.deps, isp.organisationId, 0)
    await isp.until('the secret', () => isp.router.book.secret(line.username))
    await isp.until('the record', async () => (await stateOf(line))?.status === 'in_sync')
    expect(isp.router.book.secret(line.username)?.comment).toContain(line.serviceId)
    isp.router.dial(line.username, passwordOf(line))
    expect(isp.router.lineState(line.username)).toBe('online')
  })

  it('own what does not carry our mark: it is never touched, a person is told, and the line heals when it is gone', async () => {
    await openBilled(0)
    isp.router.addForeignSecret('of-the-neighbour', { password: 'theirs' })
    isp.router.addForeignSecret('line1', { password: 'theirs' })
    const foreign = [isp.router.book.secret('of-the-neighbour'), isp.router.book.secret('line1')]
    const line = await isp.subscribe({ startsOn: '2026-06-05' as CivilDate, anchorDay: 5 })
    await isp.cycle()
    await isp.until('the conflict', async () => (await stateOf(line))?.status === 'conflict')
    expect((await stateOf(line))?.last_error).toMatch(/^not_ours/)
    expect(await openTasks('access_refused')).toMatchObject([
      { subject_id: line.serviceId, title: expect.stringContaining('without the mark') },
    ])
    isp.day('2026-06-20')
    await isp.cycle()
    await reconcileAccess(isp.deps, isp.organisationId, 0)
    await isp.settled()
    expect([isp.router.book.secret('of-the-neighbour'), isp.router.book.secret('line1')]).toEqual(foreign)
    expect(isp.router.book.writes.filter(({ targets }) => targets.includes('line1') || targets.includes('of-the-neighbour'))).toEqual([])

    isp.router.removeByHand('line1')
    isp.clock.moveTo(new Date(isp.clock.now().getTime() + 5 * 60_000))
    await isp.until('the line to be in place', async () => (await stateOf(line))?.status === 'in_sync')
    expect(isp.router.book.secret('line1')?.comment).toContain(line.serviceId)
    expect(await openTasks('access_refused')).toEqual([])
    expect(isp.router.book.secret('of-the-neighbour')).toEqual(foreign[0])
  })
})

describe('A router that refuses us', () => {
  it('because of a wrong password is not asked again and again, says why, and is worked on once the settings are right', async () => {
    const [[line] = []] = await openBilled(1)
    if (!line) throw new Error('lines are missing')
    await changeInstallation(isp.deps, isp.organisationId, routerOf(0), { settings: { password: 'mistyped' }, actor: 'test' })
    await isp.engine.pluginHost.refresh()
    await suspendAll()
    await isp.until('the lane to wait for a person', async () => (await lane())?.state === 'misconfigured')
    expect((await lane())?.last_error).toContain('the router refused the login')
    await isp.until('the line to say so', async () => (await stateOf(line))?.status === 'misconfigured')
    expect(await openTasks('access_misconfigured')).toMatchObject([{ subject_id: routerOf(0) }])
    expect(isp.router.book.counts.loginsRefused).toBe(1)
    expect(await pay(line)).toMatchObject({ status: 200 })
    await isp.until('the payment to be posted', async () => (await posted()).length === 1)

    await changeInstallation(isp.deps, isp.organisationId, routerOf(0), { settings: { password: 'router-password' }, actor: 'test' })
    await isp.until('the line to be in place', async () => (await stateOf(line))?.status === 'in_sync')
    await isp.until('the lane to say so', async () => (await lane())?.state === 'reachable')
    expect(await lane()).toMatchObject({ last_error: null })
    expect(await openTasks('access_misconfigured')).toEqual([])
    expect(isp.router.book.counts.loginsRefused).toBe(1)
  })

  it('because a right is missing names the right, and is worked on after it was granted', async () => {
    const [[line] = []] = await openBilled(1)
    if (!line) throw new Error('lines are missing')
    isp.router.setPolicies('api', 'read')
    await suspendAll()
    await isp.until('the lane to wait for a person', async () => (await lane())?.state === 'misconfigured')
    expect((await lane())?.last_error).toContain("lacks the policy 'write'")
    await reconcileAccess(isp.deps, isp.organisationId, 0)
    expect(await lane()).toMatchObject({ state: 'misconfigured' })
    isp.router.setPolicies('api', 'read', 'write')
    isp.clock.moveTo(new Date(isp.clock.now().getTime() + 5 * 60_000))
    await isp.until('the suspension', () => isp.router.lineState(line.username) === 'walled')
    await isp.until('the record', async () => (await lane())?.state === 'reachable')
  })
})

describe('Someone who pays', () => {
  it('goes before five hundred who are to be suspended', async () => {
    const [lines = []] = await openBilled(500)
    isp.router.slow(4)
    const writesBefore = isp.router.book.writes.length
    await suspendAll()
    const suspensions = () =>
      isp.router.book.writes.slice(writesBefore).filter(({ attributes }) => attributes['profile'] === 'nyuzi-suspended')
    await isp.until('the first suspensions', () => suspensions().length > 10)
    const done = new Set(suspensions().flatMap(({ targets }) => targets))
    const payers = [lines.find(({ username }) => done.has(username)), lines.findLast(({ username }) => !done.has(username))]
    const tookWrites: number[] = []
    for (const payer of payers) {
      if (!payer) throw new Error('nobody is left to pay')
      const before = suspensions().length
      expect(await pay(payer)).toMatchObject({ status: 200 })
      await isp.until('the payer to be seen in place', async () => isActive(await stateOf(payer)))
      tookWrites.push(suspensions().length - before)
    }
    // One slice that was under way, and no more than its successor: never the whole batch.
    expect(Math.max(...tookWrites)).toBeLessThan(200)
    await isp.until('all to be in place', async () => (await states()).every(({ status }) => status === 'in_sync'), 30_000)
    expect((await states()).filter(({ observed_state }) => observed_state === 'active')).toHaveLength(2)
  }, 120_000)
})
