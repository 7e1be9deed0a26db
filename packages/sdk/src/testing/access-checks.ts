import {
  type AccessController,
  type AccessOutcome,
  type AccessProfile,
  type AccessState,
  accessStates,
  asId,
  type ServiceKind,
  type WantedAccess,
} from '@nyuzi/core'
import { expect } from 'vitest'
import { ProviderUnavailable } from '../errors.ts'
import type { AccessCheckId, AccessSuiteOptions } from './access-suite.ts'
import { type Check, listChecks, Skipped } from './check.ts'
import type { NetworkUnderTest } from './network-under-test.ts'
import { asJson, expectNoSecret, failureOf, printed, type SuiteHost, withHost } from './suite-host.ts'

const batchSize = 200
const awayWithinMsDefault = 15_000

/** The checks of `describeAccessController` as plain functions. */
export function accessChecks(options: AccessSuiteOptions): readonly Check<AccessCheckId>[] {
  const bench = (run: (bench: Bench) => Promise<void>) => (given: AccessSuiteOptions) => onBench(given, run)
  return listChecks<AccessCheckId, AccessSuiteOptions>(options, {
    states: ['reaches active, limited, suspended and closed from anywhere, and reads back what it reached', reachesStates],
    newSpeed: ['a new speed is put in place and read back', bench(changesSpeed)],
    appliedTwice: ['applying what is already there writes nothing', bench(writesOnce)],
    anotherServer: ['another server finds what the first one did and writes nothing', findsEarlierWork],
    dropsSession: ['a suspended or closed line loses its session', bench(dropsSessions)],
    restored: ['a line that is active again may connect, a closed one may not', bench(letsInAgain)],
    foreignObject: ['an object of the same name that is not ours is refused and left as it is', bench(leavesForeignObjects)],
    handEdit: ['a change made by hand is repaired and told with the names of the fields', bench(repairsHandEdits)],
    lostAnswer: ['a write whose answer is lost is unknown or read back, and converges', bench(survivesLostAnswers)],
    networkAway: ['a network that is away is told in time, and works again once it is back', bench(survivesOutages)],
    alreadyGone: ['removing what is gone already is fine', bench(removesWhatIsGone)],
    largeBatch: [`${batchSize} lines in one batch have exactly one outcome each`, bench(answersEachOfMany)],
    oneBadItem: ['one line that is refused does not stop the others', bench(goesOnAfterRefusal)],
    health: ['a sign of life names the box, and says so when it is away', bench(showsHealth)],
    secretsInLog: ['no password reaches the log or an outcome', bench(keepsPasswords)],
  })
}

/** One plugin in front of one empty network. */
type Bench = {
  readonly access: AccessController
  readonly network: NetworkUnderTest
  readonly fake: SuiteHost
  readonly full: AccessProfile
  readonly reduced: AccessProfile
  readonly kinds: readonly ServiceKind[]
  readonly awayWithinMs: number
  /** What is wanted of the n-th line, active at full speed unless told otherwise. */
  want(index: number, overrides?: Partial<WantedAccess>): WantedAccess
  /** Applies one line and returns its outcome. */
  apply(wanted: WantedAccess): Promise<AccessOutcome>
}

const profilesDefault = {
  full: { name: 'home-10', downloadBps: 10_000_000n, uploadBps: 5_000_000n },
  reduced: { name: 'reduced-1', downloadBps: 1_000_000n, uploadBps: 512_000n },
}

function onBench(options: AccessSuiteOptions, run: (bench: Bench) => Promise<void>): Promise<void> {
  return withHost(options, async (fake) => {
    const { network } = options
    await network.reset()
    const access = accessOf(fake)
    const kinds = options.serviceKinds ?? access.serviceKinds
    const { full, reduced } = options.profiles ?? profilesDefault
    const [kind] = kinds
    if (!kind) throw new Error('the controller offers no kind of line')
    await run({
      access,
      network,
      fake,
      full,
      reduced,
      kinds,
      awayWithinMs: options.awayWithinMs ?? awayWithinMsDefault,
      want: (index, overrides) => ({ ...lineOf(index, kind, full), ...overrides }),
      apply: (wanted) => applyOne(access, wanted),
    })
  })
}

function accessOf({ capabilities }: SuiteHost): AccessController {
  if (!capabilities.access) throw new Error('the plugin offers no access')
  return capabilities.access
}

function lineOf(index: number, kind: ServiceKind, profile: AccessProfile): WantedAccess {
  const digits = String(index).padStart(4, '0')
  return {
    serviceId: asId('service', `019a8c00-0000-7000-8000-00000000${digits}`),
    kind,
    username: `line-${digits}@isp.example`,
    password: `pw-Quiet.River-${digits}`,
    state: 'active',
    profile,
    version: 1,
    settled: false,
  }
}

async function applyOne(access: AccessController, wanted: WantedAccess): Promise<AccessOutcome> {
  const outcomes = await access.applyAccess([wanted])
  expect(outcomes.length, 'one outcome for one line').toBe(1)
  const [outcome] = outcomes
  if (!outcome) throw new Error('no outcome')
  expect(outcome.serviceId).toBe(wanted.serviceId)
  return outcome
}

function expectReached(outcome: AccessOutcome, { username, serviceId, state, profile }: WantedAccess, words: readonly string[]): void {
  expect(words, `the outcome of wanting ${state}, ${asJson(outcome)}`).toContain(outcome.outcome)
  if (!('observed' in outcome)) throw new Error('nothing was observed')
  expect(outcome.observed, `what was observed after wanting ${state}`).toMatchObject({ serviceId, username, state })
  if ((state === 'active' || state === 'limited') && outcome.observed.profileName !== undefined)
    expect(outcome.observed.profileName, `the profile in force while ${state}`).toBe(profile.name)
}

async function expectReadBack({ access }: Bench, { serviceId, username, state }: WantedAccess): Promise<void> {
  if (!access.readAccess) return
  const { observed } = await access.readAccess()
  const found = observed.filter((seen) => seen.serviceId === serviceId)
  expect(found.length, `${username} is read at most once`).toBeLessThan(2)
  if (found.length === 0) expect(state, `${username} is not found when all is read`).toBe('closed')
  else expect(found[0], 'what is read back').toMatchObject({ username, state })
}

const done = ['ok', 'changed']

async function reachesStates(options: AccessSuiteOptions): Promise<void> {
  const offered: ServiceKind[] = []
  await onBench(options, async ({ kinds }) => void offered.push(...kinds))
  for (const kind of offered)
    for (const from of accessStates)
      await onBench(options, async (bench) => {
        const inState = (state: AccessState, version: number) =>
          bench.want(1, { kind, state, version, profile: state === 'limited' ? bench.reduced : bench.full })
        let version = 1
        for (const to of accessStates)
          for (const state of [from, to]) {
            const wanted = inState(state, version++)
            expectReached(await bench.apply(wanted), wanted, done)
            await expectReadBack(bench, wanted)
          }
      })
}

async function changesSpeed(bench: Bench): Promise<void> {
  await bench.apply(bench.want(1))
  const slower = bench.want(1, { profile: bench.reduced, version: 2 })
  expectReached(await bench.apply(slower), slower, ['changed'])
  await expectReadBack(bench, slower)
}

async function writesOnce({ apply, want, network, reduced }: Bench): Promise<void> {
  for (const [index, state] of accessStates.entries()) {
    const wanted = want(index, { state, ...(state === 'limited' ? { profile: reduced } : {}) })
    await apply(wanted)
    const writes = network.writesSeen()
    expectReached(await apply({ ...wanted, settled: true }), wanted, ['ok'])
    expect(network.writesSeen() - writes, `writes for a line that is ${state} already`).toBe(0)
  }
}

async function findsEarlierWork(options: AccessSuiteOptions): Promise<void> {
  await onBench(options, async ({ apply, want, network }) => {
    const wanted = want(1)
    await apply(wanted)
    const writes = network.writesSeen()
    await withHost({ ...options, reset: () => {} }, async (later) => {
      expectReached(await applyOne(accessOf(later), { ...wanted, settled: true }), wanted, ['ok'])
    })
    expect(network.writesSeen() - writes, 'writes of the second server').toBe(0)
  })
}

async function dropsSessions({ apply, want, network }: Bench): Promise<void> {
  for (const [index, state] of (['suspended', 'closed'] as const).entries()) {
    const line = want(index)
    await apply(line)
    expect(await network.connect(line), 'an active line connects').toBe(true)
    const outcome = await apply({ ...line, state, version: 2 })
    expect(await network.sessions(line.username), `sessions of a line that is ${state}`).toBe(0)
    expect(outcome.sessionsDropped, `sessions dropped for ${state}`).toBe(1)
  }
}

async function letsInAgain({ apply, want, network }: Bench): Promise<void> {
  const line = want(1)
  await apply({ ...line, state: 'suspended' })
  expect(await network.connect(line), 'a suspended line has the plan’s access').toBe(false)
  await apply({ ...line, version: 2 })
  expect(await network.connect(line), 'a line that is active again connects').toBe(true)
  await apply({ ...line, state: 'closed', version: 3 })
  expect(await network.connect(line), 'a closed line connects').toBe(false)
}

async function leavesForeignObjects({ apply, want, network }: Bench): Promise<void> {
  const line = want(1)
  await network.putForeign({ ...line, password: 'of-someone-else' })
  const before = await network.readObjects(line.username)
  const writes = network.writesSeen()
  for (const state of accessStates) {
    const outcome = await apply({ ...line, state })
    // A closed line asks for nothing of ours to be there, which is so already.
    if (state !== 'closed' || outcome.outcome !== 'ok')
      expect(outcome, `a foreign object, wanted ${state}`).toMatchObject({ outcome: 'refused', code: 'not_ours' })
    expect(await network.readObjects(line.username), `the foreign object after ${state} was wanted`).toEqual(before)
  }
  expect(network.writesSeen() - writes, 'writes').toBe(0)
}

async function repairsHandEdits(bench: Bench): Promise<void> {
  const { apply, want, network } = bench
  const line = want(1, { settled: true })
  await apply({ ...line, settled: false })
  const before = await network.readObjects(line.username)
  const field = await network.editByHand(line.username)
  expect(await network.readObjects(line.username), 'editByHand changes something').not.toEqual(before)
  const outcome = await apply(line)
  expectReached(outcome, line, ['drift'])
  expect('differences' in outcome ? outcome.differences : [], 'the fields that differed').toContain(field)
  expect(printed(outcome), 'differences name fields, not secrets').not.toContain(line.password)
  expectReached(await apply(line), line, ['ok'])
  await expectReadBack(bench, line)
}

async function survivesLostAnswers(bench: Bench): Promise<void> {
  const { apply, want, network } = bench
  for (const [index, state] of accessStates.entries()) {
    const line = want(index)
    await apply(line)
    const wanted = { ...line, state, version: 2, profile: bench.reduced }
    await network.loseNextAnswer()
    const first = await apply(wanted)
    if (first.outcome !== 'unknown') expectReached(first, wanted, done)
    expectReached(await applyWhenBack(bench, wanted), wanted, done)
    expectReached(await apply({ ...wanted, settled: true }), wanted, ['ok'])
    await expectReadBack(bench, wanted)
  }
}

async function survivesOutages(bench: Bench): Promise<void> {
  const { access, want, network, awayWithinMs } = bench
  await bench.apply(want(1))
  await network.cut()
  const startedMs = performance.now()
  expect(await failureOf(() => access.applyAccess([want(2)])), 'the network is away').toBeInstanceOf(ProviderUnavailable)
  expect(performance.now() - startedMs, 'how long it took to tell').toBeLessThan(awayWithinMs)
  await network.restore()
  expectReached(await applyWhenBack(bench, want(2)), want(2), done)
}

/** Tries again for as long as a controller may need to open its connection anew. */
async function applyWhenBack({ apply, awayWithinMs }: Bench, wanted: WantedAccess): Promise<AccessOutcome> {
  const untilMs = performance.now() + awayWithinMs
  for (;;)
    try {
      return await apply(wanted)
    } catch (error) {
      if (!(error instanceof ProviderUnavailable) || performance.now() > untilMs) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
}

async function removesWhatIsGone({ apply, want, network }: Bench): Promise<void> {
  const never = want(1, { state: 'closed' })
  expectReached(await apply(never), never, ['ok'])
  const line = want(2)
  await apply(line)
  await apply({ ...line, state: 'closed', version: 2 })
  const again = { ...line, state: 'closed', version: 3 } as const
  expectReached(await apply(again), again, ['ok'])
  expect(await network.sessions(line.username)).toBe(0)
}

async function answersEachOfMany({ access, want }: Bench): Promise<void> {
  const wanted = Array.from({ length: batchSize }, (_, index) => want(index, { state: accessStates[index % 3] ?? 'active' }))
  const outcomes = await access.applyAccess(wanted)
  expect(outcomes.map(({ serviceId }) => serviceId).sort()).toEqual(wanted.map(({ serviceId }) => serviceId).sort())
  for (const line of wanted) {
    const outcome = outcomes.find(({ serviceId }) => serviceId === line.serviceId)
    if (outcome) expectReached(outcome, line, done)
  }
}

async function goesOnAfterRefusal({ access, want, network }: Bench): Promise<void> {
  const wanted = [0, 1, 2, 3, 4].map((index) => want(index))
  const bad = want(2)
  await network.putForeign({ ...bad, password: 'of-someone-else' })
  const outcomes = await access.applyAccess(wanted)
  expect(outcomes.length).toBe(wanted.length)
  for (const line of wanted) {
    const outcome = outcomes.find(({ serviceId }) => serviceId === line.serviceId)
    expect(outcome?.outcome, line.username).toBe(line.serviceId === bad.serviceId ? 'refused' : 'changed')
  }
}

async function showsHealth({ access, network }: Bench): Promise<void> {
  if (!access.checkHealth) throw new Skipped('the controller has no sign of life')
  const health = await access.checkHealth()
  expect(health.version, 'the version of the box').not.toBe('')
  expect(health.identity, 'the name of the box').not.toBe('')
  await network.cut()
  expect(await failureOf(() => access.checkHealth?.()), 'the network is away').toBeInstanceOf(ProviderUnavailable)
}

async function keepsPasswords({ access, fake, want, network }: Bench): Promise<void> {
  const lines = [0, 1, 2].map((index) => want(index))
  const foreign = want(1)
  await network.putForeign({ ...foreign, password: 'of-someone-else' })
  const seen: unknown[] = [await access.applyAccess(lines), await access.readAccess?.()]
  seen.push(await access.applyAccess(lines.map((line) => ({ ...line, password: `${line.password}-new`, version: 2 }))))
  await network.loseNextAnswer()
  seen.push(await failureOf(async () => seen.push(await access.applyAccess([want(0, { state: 'suspended', version: 3 })]))))
  await network.cut()
  seen.push(await failureOf(() => access.applyAccess(lines)))
  const secrets = [...fake.secrets, ...lines.map(({ password }) => password), 'of-someone-else']
  expectNoSecret(fake.log.lines.join('\n'), secrets, 'the log')
  expectNoSecret(printed(seen), secrets, 'an outcome or an error')
  expectNoSecret(printed(fake.capabilities), secrets, 'the capabilities')
}
