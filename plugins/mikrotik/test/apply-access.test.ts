import { ProviderMisconfigured, ProviderUnavailable } from '@nyuzi/sdk'
import { afterEach, describe, expect, it } from 'vitest'
import { type SimulatorOptions, startRouterSimulator } from '../src/simulator/index.ts'
import { pauseMs } from './scripted-router.ts'
import { full, install, markOf, reduced, want } from './wanted.ts'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step()
})

async function start(options: SimulatorOptions = {}, settings: Readonly<Record<string, unknown>> = {}) {
  const router = await startRouterSimulator(options)
  const plugin = install(router, settings)
  cleanUp.push(
    () => router.stop(),
    () => plugin.stop(),
  )
  return { router, ...plugin }
}

const until = async (condition: () => boolean) => {
  for (let count = 0; count < 200 && !condition(); count++) await pauseMs(10)
}

describe('the life of a line', () => {
  it('goes from its first connection over suspension to its end, and the subscriber sees each step', async () => {
    const { router, apply } = await start()
    expect(await apply(want(1))).toMatchObject({
      outcome: 'changed',
      sessionsDropped: 0,
      observed: { state: 'active', profileName: 'home-10', sessions: 0 },
    })
    expect(router.dial('line-1', want(1).password)).toBe('online')

    const suspended = await apply(want(1, { state: 'suspended', version: 2 }))
    expect(suspended).toMatchObject({ outcome: 'changed', sessionsDropped: 1, observed: { state: 'suspended' } })
    await until(() => router.lineState('line-1') === 'walled')
    expect(router.lineState('line-1')).toBe('walled')

    const restored = await apply(want(1, { version: 3 }))
    expect(restored).toMatchObject({ outcome: 'changed', sessionsDropped: 1, observed: { state: 'active' } })
    await until(() => router.lineState('line-1') === 'online')
    expect(router.lineState('line-1')).toBe('online')

    const limited = await apply(want(1, { state: 'limited', profile: reduced, version: 4 }))
    expect(limited).toMatchObject({ outcome: 'changed', observed: { state: 'limited', profileName: 'slow-1' } })

    const closed = await apply(want(1, { state: 'closed', version: 5 }))
    expect(closed).toMatchObject({ outcome: 'changed', observed: { state: 'closed' } })
    await pauseMs(60)
    expect(router.lineState('line-1')).toBe('offline')
    expect(router.book.secrets()).toEqual([])
  })

  it('is written in the order that leaves no way back: secret first, session after', async () => {
    const { router, apply } = await start()
    await apply(want(1))
    router.dial('line-1', want(1).password)
    router.book.writes.length = 0
    await apply(want(1, { state: 'suspended', version: 2 }))
    expect(router.book.writes.map(({ path, verb }) => `${path} ${verb}`)).toEqual([
      '/ppp/profile add',
      '/ppp/secret set',
      '/ppp/active remove',
    ])
  })

  it('does not drop the session of a line whose speed stays', async () => {
    const { router, apply } = await start()
    await apply(want(1))
    router.dial('line-1', want(1).password)
    expect(await apply(want(1, { version: 2, password: 'pw-Another.One-1' }))).toMatchObject({ outcome: 'ok', sessionsDropped: 0 })
    expect(router.book.secret('line-1')?.password).toBe('pw-Another.One-1')
    expect(router.lineState('line-1')).toBe('online')
  })

  it('is not dropped a second time when it redials before we look again', async () => {
    const { router, apply } = await start({ redialMs: 0, lingerMs: 80 })
    await apply(want(1))
    router.dial('line-1', want(1).password)
    const [before] = router.book.sessions('line-1')
    expect(await apply(want(1, { state: 'suspended', version: 2 }))).toMatchObject({ outcome: 'changed', sessionsDropped: 1 })
    await until(() => router.lineState('line-1') === 'walled')
    const [after] = router.book.sessions('line-1')
    expect(after?.sessionId).not.toBe(before?.sessionId)
    expect(router.lineState('line-1')).toBe('walled')
  })

  it('loses a session that a server left behind when it died between secret and session', async () => {
    const { router, apply } = await start()
    await apply(want(1))
    router.dial('line-1', want(1).password)
    await apply(want(2, { state: 'suspended' }))
    router.editByHand('line-1', { profile: 'nyuzi-suspended' })
    expect(router.lineState('line-1')).toBe('online')
    expect(await apply(want(1, { state: 'suspended', version: 2 }))).toMatchObject({ outcome: 'changed', sessionsDropped: 1 })
    await until(() => router.lineState('line-1') === 'walled')
    expect(await apply(want(1, { state: 'suspended', version: 2 }))).toMatchObject({ outcome: 'ok', sessionsDropped: 0 })
  })
})

describe('a batch', () => {
  it('has its payers on their speed before the first suspension is written', async () => {
    const { router, access } = await start()
    const lines = Array.from({ length: 60 }, (_, index) => want(index))
    await access.applyAccess(lines.map((line) => ({ ...line, state: line.username === 'line-50' ? 'suspended' : 'active' })))
    for (const line of lines) router.dial(line.username, line.password)
    router.book.writes.length = 0
    const wanted = lines.map((line): typeof line => ({ ...line, version: 2, state: line.username === 'line-50' ? 'active' : 'suspended' }))
    const outcomes = await access.applyAccess(wanted)
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(Array(60).fill('changed'))
    const steps = router.book.writes.map(({ path, verb, targets }) => `${path} ${verb} ${targets[0]}`)
    expect(steps.slice(0, 2)).toEqual(['/ppp/secret set line-50', '/ppp/active remove line-50'])
  })

  it('of a thousand lines is read in a few prints and written over one connection', async () => {
    const { router, access } = await start()
    const lines = Array.from({ length: 1_000 }, (_, index) => want(index, index % 3 === 0 ? { state: 'suspended' } : {}))
    const before = router.book.counts.commands
    const outcomes = await access.applyAccess(lines)
    expect(new Set(outcomes.map(({ serviceId }) => serviceId)).size).toBe(1_000)
    expect(outcomes.every(({ outcome }) => outcome === 'changed')).toBe(true)
    expect(router.book.counts.commands - before - router.book.writes.length).toBeLessThan(12)
    expect(router.book.counts.connections).toBe(1)
    const again = await access.applyAccess(lines.map((line) => ({ ...line, settled: true })))
    expect(again.every(({ outcome }) => outcome === 'ok')).toBe(true)
  })

  it('does not keep a payer waiting who comes in the middle of it', async () => {
    const { router, access, apply } = await start()
    const lines = Array.from({ length: 300 }, (_, index) => want(index))
    await access.applyAccess(lines)
    await apply(want(900, { state: 'suspended' }))
    router.slow(2)
    let bulkOver = false
    const bulk = access.applyAccess(lines.map((line) => ({ ...line, state: 'suspended', version: 2 }))).then(() => {
      bulkOver = true
    })
    await pauseMs(100)
    expect(await apply(want(900, { version: 2 }))).toMatchObject({ outcome: 'changed' })
    expect(bulkOver).toBe(false)
    router.slow(0)
    await bulk
  })

  it('answers what it cannot hold, and holds the rest', async () => {
    const { router, access } = await start()
    router.addForeignSecret('line-3')
    const outcomes = await access.applyAccess([
      want(1),
      want(2, { username: 'bad name' }),
      want(3),
      want(4, { kind: 'hotspot' }),
      want(5, { username: 'line-1', version: 0 }),
      want(6, { password: 'pw-with\nline-end' }),
    ])
    const codes = new Map(outcomes.map((outcome) => [outcome.serviceId, 'code' in outcome ? outcome.code : outcome.outcome]))
    expect([1, 2, 3, 4, 5, 6].map((index) => codes.get(want(index).serviceId))).toEqual([
      'changed',
      'bad_username',
      'not_ours',
      'unsupported_kind',
      'duplicate_username',
      'unsafe_value',
    ])
    expect(router.book.secrets().map(({ name }) => name)).toEqual(['line-3', 'line-1'])
  })

  it('of nothing asks nothing', async () => {
    const { router, access } = await start()
    expect(await access.applyAccess([])).toEqual([])
    expect(router.book.counts.connections).toBe(0)
  })
})

describe('drift', () => {
  it('is repaired and told with its fields', async () => {
    const { router, apply } = await start()
    await apply(want(1))
    router.editByHand('line-1', { disabled: 'true' })
    expect(await apply(want(1, { settled: true }))).toMatchObject({ outcome: 'drift', differences: ['disabled'] })
    router.removeByHand('line-1')
    expect(await apply(want(1, { settled: true }))).toMatchObject({ outcome: 'drift', differences: ['missing'] })
    router.editProfileByHand('nyuzi-home-10', { 'rate-limit': '50M/50M' })
    expect(await apply(want(1, { settled: true }))).toMatchObject({ outcome: 'drift', differences: ['profile rate-limit'] })
    expect(router.book.profiles().find(({ name }) => name === 'nyuzi-home-10')?.['rate-limit']).toBe('5M/10M')
    expect(await apply(want(1, { settled: true }))).toMatchObject({ outcome: 'ok' })
  })

  it('that would cut off many lines is held back for a person', async () => {
    const { router, access } = await start({}, { bulkGuardMin: 5 })
    const lines = Array.from({ length: 40 }, (_, index) => want(index, { state: 'suspended' }))
    await access.applyAccess(lines)
    for (const line of lines.slice(0, 10)) router.editByHand(line.username, { profile: 'nyuzi-home-10' })
    const writes = router.book.writes.length
    const outcomes = await access.applyAccess(lines.map((line) => ({ ...line, settled: true })))
    expect(outcomes.filter((outcome) => 'code' in outcome && outcome.code === 'bulk_guard')).toHaveLength(10)
    expect(outcomes.filter(({ outcome }) => outcome === 'ok')).toHaveLength(30)
    expect(router.book.writes.length).toBe(writes)
  })

  it('is not what billing has newly decided: that is never held back', async () => {
    const { access } = await start({}, { bulkGuardMin: 5 })
    const lines = Array.from({ length: 40 }, (_, index) => want(index))
    await access.applyAccess(lines)
    const outcomes = await access.applyAccess(lines.map((line) => ({ ...line, state: 'suspended', version: 2 })))
    expect(outcomes.every(({ outcome }) => outcome === 'changed')).toBe(true)
  })
})

describe('other ways to suspend', () => {
  it('cut the line off and drop it', async () => {
    const { router, apply } = await start({}, { suspendMode: 'disable' })
    await apply(want(1))
    router.dial('line-1', want(1).password)
    const outcome = await apply(want(1, { state: 'suspended', version: 2 }))
    expect(outcome).toMatchObject({ outcome: 'changed', sessionsDropped: 1, observed: { state: 'suspended' } })
    await pauseMs(60)
    expect(router.lineState('line-1')).toBe('offline')
  })

  it('list a fixed address and leave the session up', async () => {
    const { router, apply, access } = await start({}, { suspendMode: 'address_list' })
    await apply(want(1))
    router.editByHand('line-1', { 'remote-address': '10.9.0.7' })
    router.dial('line-1', want(1).password)
    const outcome = await apply(want(1, { state: 'suspended', version: 2 }))
    expect(outcome).toMatchObject({ outcome: 'changed', sessionsDropped: 0, observed: { state: 'suspended', sessions: 1 } })
    expect(router.lineState('line-1')).toBe('walled')
    expect((await access.readAccess?.())?.observed).toMatchObject([{ state: 'suspended' }])
    expect(await apply(want(1, { version: 3 }))).toMatchObject({ outcome: 'changed', observed: { state: 'active' } })
    expect(router.lineState('line-1')).toBe('online')
  })
})

describe('a lost answer', () => {
  it('is looked up on a new connection, and nothing is written twice', async () => {
    const { router, apply } = await start()
    await apply(want(1))
    router.book.writes.length = 0
    router.loseAnswers(1)
    const outcome = await apply(want(1, { state: 'limited', profile: full, version: 2 }))
    // The first write is the profile; the line itself was not reached.
    expect(outcome).toMatchObject({ outcome: 'unknown' })
    expect(await apply(want(1, { state: 'limited', profile: full, version: 2 }))).toMatchObject({ outcome: 'changed' })
    router.loseAnswers(1)
    expect(await apply(want(1, { version: 3 }))).toMatchObject({ outcome: 'changed', observed: { state: 'active' } })
    expect(router.book.writes.filter(({ path, verb }) => path === '/ppp/profile' && verb === 'add')).toHaveLength(1)
  })

  it('leaves the session owed, and the next look drops it', async () => {
    const { router, apply } = await start()
    await apply(want(1))
    await apply(want(2, { state: 'suspended' }))
    router.dial('line-1', want(1).password)
    router.loseAnswers(1)
    expect(await apply(want(1, { state: 'suspended', version: 2 }))).toMatchObject({ outcome: 'unknown' })
    expect(router.lineState('line-1')).toBe('online')
    expect(await apply(want(1, { state: 'suspended', version: 2 }))).toMatchObject({ outcome: 'changed', sessionsDropped: 1 })
    await until(() => router.lineState('line-1') === 'walled')
  })

  it('in a large batch leaves exactly one outcome for each line', async () => {
    const { router, access } = await start()
    const lines = Array.from({ length: 150 }, (_, index) => want(index))
    await access.applyAccess(lines)
    const wanted = lines.map((line): typeof line => ({ ...line, state: 'suspended', version: 2 }))
    await access.applyAccess(wanted.slice(0, 1))
    const dropAt = router.book.writes.length + 50
    cleanUp.push(router.onWrite(() => router.book.writes.length === dropAt && router.loseAnswers(1)))
    const outcomes = await access.applyAccess(wanted)
    expect(new Set(outcomes.map(({ serviceId }) => serviceId)).size).toBe(150)
    const told = outcomes.map(({ outcome }) => outcome)
    expect(told.filter((outcome) => outcome === 'changed').length).toBeGreaterThan(40)
    expect(told.filter((outcome) => outcome === 'unknown').length).toBeGreaterThan(40)
    const again = await access.applyAccess(wanted)
    expect(again.every(({ outcome }) => outcome === 'ok' || outcome === 'changed')).toBe(true)
  })
})

describe('a router in trouble', () => {
  it('that was restarted is found again without a word', async () => {
    const { router, apply } = await start()
    await apply(want(1))
    await router.reboot()
    expect(await apply(want(1, { state: 'suspended', version: 2 }))).toMatchObject({ outcome: 'changed' })
    expect(router.book.secret('line-1')?.profile).toBe('nyuzi-suspended')
  })

  it('that is silent is told as away in time', async () => {
    const { router, apply } = await start({}, { commandTimeoutMs: 200, connectTimeoutMs: 200 })
    await apply(want(1))
    router.silent()
    const startedMs = performance.now()
    await expect(apply(want(2))).rejects.toThrow(ProviderUnavailable)
    expect(performance.now() - startedMs).toBeLessThan(5_000)
    router.silent(false)
    await pauseMs(1_000)
    expect(await apply(want(2))).toMatchObject({ outcome: 'changed' })
  })

  it('that puts a write off leaves it unknown', async () => {
    const { router, apply } = await start()
    await apply(want(1))
    router.busy(1)
    expect(await apply(want(1, { state: 'suspended', version: 2 }))).toMatchObject({ outcome: 'unknown', reason: /busy/ })
    expect(await apply(want(1, { state: 'suspended', version: 2 }))).toMatchObject({ outcome: 'changed' })
  })

  it('that sends its replies octet by octet is understood', async () => {
    const { router, apply } = await start()
    router.splitBytes(1)
    expect(await apply(want(1))).toMatchObject({ outcome: 'changed' })
  })

  it.each(['read', 'write', 'api'])('that lacks the policy %s calls a person by its name', async (policy) => {
    const policies = ['api', 'read', 'write'].filter((name) => name !== policy)
    const { apply } = await start({ policies })
    const failure = await apply(want(1)).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(ProviderMisconfigured)
    expect(String(failure)).toContain(`'${policy}'`)
  })

  it('that refuses the login is asked once, then a person is called', async () => {
    const { router, apply } = await start({ password: 'right-password' }, { password: 'wrong-password' })
    for (let count = 0; count < 3; count++) await expect(apply(want(1))).rejects.toThrow(ProviderMisconfigured)
    expect(router.book.counts.loginsRefused).toBe(1)
  })

  it('whose pool is missing refuses the lines in its own words', async () => {
    const { apply } = await start({}, { remotePool: 'nowhere' })
    expect(await apply(want(1))).toMatchObject({ outcome: 'refused', code: 'no_such_profile', reason: /remote-address/ })
  })

  it.each(['6.48.6', '7.9', '7.18.2'])('of version %s is driven the same', async (version) => {
    const { apply, access } = await start({ version })
    expect(await apply(want(1))).toMatchObject({ outcome: 'changed' })
    expect(await apply(want(1, { state: 'closed', version: 2 }))).toMatchObject({ outcome: 'changed' })
    expect((await access.readAccess?.())?.observed).toEqual([])
  })

  it('with TLS and a pinned certificate is driven the same', async () => {
    const { apply } = await start({ tls: true })
    expect(await apply(want(1))).toMatchObject({ outcome: 'changed' })
  })
})

describe('reading all', () => {
  it('shows what carries our mark and nothing else', async () => {
    const { router, access } = await start()
    await access.applyAccess([want(1), want(2, { state: 'suspended' }), want(3, { state: 'limited', profile: reduced })])
    router.addForeignSecret('someone')
    router.dial('line-1', want(1).password)
    const reading = await access.readAccess?.()
    expect(reading?.observed).toEqual([
      { serviceId: want(1).serviceId, username: 'line-1', state: 'active', profileName: 'home-10', sessions: 1 },
      { serviceId: want(3).serviceId, username: 'line-3', state: 'limited', profileName: 'slow-1', sessions: 0 },
      { serviceId: want(2).serviceId, username: 'line-2', state: 'suspended', sessions: 0 },
    ])
    expect(router.book.secret('line-1')?.comment).toBe(markOf(1))
  })
})

describe('health', () => {
  it('names the router and what will surprise the operator', async () => {
    const { router, access } = await start({ identity: 'tower-7' })
    expect(await access.checkHealth?.()).toEqual({
      identity: 'tower-7',
      version: '7.18.2 (stable)',
      warnings: [expect.stringMatching(/readable/)],
    })
    router.removeFirewallRules()
    router.editProfileByHand('nyuzi-suspended', { 'rate-limit': '1M/1M' })
    expect((await access.checkHealth?.())?.warnings).toEqual([
      expect.stringMatching(/readable/),
      expect.stringMatching(/nyuzi-suspended was not made by us/),
      expect.stringMatching(/no firewall filter rule/),
    ])
  })

  it('has no warning with TLS and rules', async () => {
    const { access } = await start({ tls: true })
    expect((await access.checkHealth?.())?.warnings).toEqual([])
  })
})
