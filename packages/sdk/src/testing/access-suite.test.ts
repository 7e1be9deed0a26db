import { describe, expect, test } from 'vitest'
import { applyLine, type Change, createTinyRouter, type TinyRouter, tinyRouterPlugin } from '../../test/tiny-router.ts'
import { type AccessController, type AccessOutcome, ProviderRefused, type WantedAccess } from '../index.ts'
import { type AccessCheckId, type AccessSuiteOptions, accessChecks, describeAccessController, Skipped } from './index.ts'

function options(change?: Change): AccessSuiteOptions {
  const network = createTinyRouter()
  return {
    plugin: tinyRouterPlugin(network, change),
    settings: { host: '192.0.2.1', password: 'router-password-0123' },
    network,
    awayWithinMs: 500,
  }
}

describeAccessController(options())

/** One wrong plugin for each check, wrong in that one matter. */
const wrong: Record<AccessCheckId, Record<string, Change>> = {
  states: {
    'tells what was wanted, not what is': (sound) => ({
      ...sound,
      applyAccess: async (wanted) => wanted.map((line) => ok(line)),
    }),
    'takes a reduced speed for the full one': (sound) =>
      eachLine(sound, (line) => ({ ...line, profile: { ...line.profile, name: 'home-10' } })),
    'does not close': (sound) => eachLine(sound, (line) => (line.state === 'closed' ? { ...line, state: 'suspended' } : line)),
  },
  newSpeed: {
    'looks at the state alone': (sound, _, router) => ({
      ...sound,
      applyAccess: async (wanted) =>
        Promise.all(wanted.map(async (line) => (router.rows.get(line.username)?.state === line.state ? ok(line) : one(sound, line)))),
    }),
  },
  appliedTwice: { 'writes whatever is there': rewriting },
  anotherServer: {
    'remembers instead of reading': (sound, _, router) => {
      const remembered = new Set<string>()
      return {
        ...sound,
        applyAccess: async (wanted) => {
          for (const line of wanted) if (!remembered.has(line.username)) await rewrite(router, line)
          for (const line of wanted) remembered.add(line.username)
          return sound.applyAccess(wanted)
        },
      }
    },
  },
  dropsSession: {
    'leaves sessions up': (sound, _, router) => ({
      ...sound,
      applyAccess: async (wanted) => {
        for (const line of wanted)
          if (line.state === 'suspended') await router.write(line.username, { ...line, mark: line.serviceId, profile: line.profile.name })
        return wanted.some(({ state }) => state === 'suspended') ? wanted.map((line) => ok(line)) : sound.applyAccess(wanted)
      },
    }),
  },
  restored: {
    'never lets in again': (sound, _, router) => ({
      ...sound,
      applyAccess: async (wanted) => {
        const wasSuspended = wanted.filter(({ username }) => router.rows.get(username)?.state === 'suspended')
        return wasSuspended.length > 0 ? wasSuspended.map((line) => ok(line)) : sound.applyAccess(wanted)
      },
    }),
  },
  foreignObject: {
    'takes over what it finds': (sound, _, router) => ({
      ...sound,
      applyAccess: async (wanted) => {
        for (const line of wanted) if (!router.rows.get(line.username)?.mark) router.rows.delete(line.username)
        return sound.applyAccess(wanted)
      },
    }),
  },
  handEdit: {
    'repairs without telling': (sound) => ({
      ...sound,
      applyAccess: async (wanted) => (await sound.applyAccess(wanted)).map((outcome) => withoutDrift(outcome)),
    }),
    'tells the password': (sound) => ({
      ...sound,
      applyAccess: async (wanted) =>
        (await sound.applyAccess(wanted)).map((outcome) =>
          outcome.outcome === 'drift' ? { ...outcome, differences: ['profile', `password ${wanted[0]?.password}`] } : outcome,
        ),
    }),
  },
  lostAnswer: {
    'takes a lost answer for a no': (sound) => ({
      ...sound,
      applyAccess: async (wanted) =>
        (await sound.applyAccess(wanted)).map((outcome) =>
          outcome.outcome === 'unknown' ? { ...outcome, outcome: 'refused', code: 'lost', reason: outcome.reason } : outcome,
        ),
    }),
  },
  networkAway: {
    'takes an outage for a no': (sound) => ({
      ...sound,
      applyAccess: (wanted) =>
        sound.applyAccess(wanted).catch(() => {
          throw new ProviderRefused('not reached')
        }),
    }),
    'waits too long': (sound) => ({
      ...sound,
      applyAccess: (wanted) =>
        sound.applyAccess(wanted).catch(async (error) => {
          await new Promise((resolve) => setTimeout(resolve, 600))
          throw error
        }),
    }),
    'stays away for good': (sound) => {
      let gone: unknown
      return {
        ...sound,
        applyAccess: (wanted) =>
          gone
            ? Promise.reject(gone)
            : sound.applyAccess(wanted).catch((error) => {
                gone = error
                throw error
              }),
      }
    },
  },
  alreadyGone: {
    'complains of what is gone': (sound, _, router) => ({
      ...sound,
      applyAccess: async (wanted) =>
        Promise.all(
          wanted.map(async (line) =>
            line.state === 'closed' && !router.rows.has(line.username) ? refused(line, 'no_such_item') : one(sound, line),
          ),
        ),
    }),
  },
  largeBatch: {
    'forgets the last of many': (sound) => ({ ...sound, applyAccess: async (wanted) => (await sound.applyAccess(wanted)).slice(0, 199) }),
    'answers one twice': (sound) => ({
      ...sound,
      applyAccess: async (wanted) =>
        (await sound.applyAccess(wanted)).map((outcome, index, all) => (index === 1 ? (all[0] ?? outcome) : outcome)),
    }),
  },
  oneBadItem: {
    'stops at the first refusal': (sound) => ({
      ...sound,
      async applyAccess(wanted) {
        const outcomes: AccessOutcome[] = []
        let stopped = false
        for (const line of wanted) {
          const outcome: AccessOutcome = stopped ? refused(line, 'not_tried') : await one(sound, line)
          stopped = outcome.outcome === 'refused'
          outcomes.push(outcome)
        }
        return outcomes
      },
    }),
  },
  health: {
    'is always well': (sound) => ({ ...sound, checkHealth: async () => ({ version: '1.0', identity: 'tiny', warnings: [] }) }),
    'does not know where it is': (sound) => ({ ...sound, checkHealth: async () => ({ version: '1.0', identity: '', warnings: [] }) }),
  },
  secretsInLog: {
    'logs what is wanted': (sound, { log }) =>
      eachLine(sound, (line) => {
        log.info('applying', { line })
        return line
      }),
    'quotes the line in its outcome': (sound) => ({
      ...sound,
      applyAccess: async (wanted) =>
        (await sound.applyAccess(wanted)).map((outcome, index) =>
          outcome.outcome === 'refused' ? { ...outcome, reason: JSON.stringify(wanted[index]?.password) } : outcome,
        ),
    }),
  },
}

describe('the access suite fails a plugin that', () => {
  const cases = Object.entries(wrong).flatMap(([id, changes]) => Object.entries(changes).map(([name, change]) => ({ id, name, change })))
  test.each(cases)('$name ($id)', async ({ id, change }) => {
    const failure = await run(options(change), id).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(Error)
    expect(failure).not.toBeInstanceOf(Skipped)
  })
})

test('the access suite skips the sign of life of a controller that has none', async () => {
  const change: Change = ({ checkHealth: _, ...sound }) => sound
  await expect(run(options(change), 'health')).rejects.toBeInstanceOf(Skipped)
})

async function run(given: AccessSuiteOptions, id: string): Promise<void> {
  await accessChecks(given)
    .find((check) => check.id === id)
    ?.run()
}

const seen = ({ serviceId }: WantedAccess) => ({ serviceId, sessionsDropped: 0 })

const ok = (line: WantedAccess): AccessOutcome => ({
  ...seen(line),
  outcome: 'ok',
  observed: { serviceId: line.serviceId, username: line.username, state: line.state, sessions: 0 },
})

const refused = (line: WantedAccess, code: string): AccessOutcome => ({ ...seen(line), outcome: 'refused', code, reason: code })

async function one(sound: AccessController, line: WantedAccess): Promise<AccessOutcome> {
  const [outcome] = await sound.applyAccess([line])
  return outcome ?? refused(line, 'no_outcome')
}

const eachLine = (sound: AccessController, change: (line: WantedAccess) => WantedAccess): AccessController => ({
  ...sound,
  applyAccess: (wanted) => sound.applyAccess(wanted.map(change)),
})

function rewriting(sound: AccessController, _: unknown, router: TinyRouter): AccessController {
  return {
    ...sound,
    async applyAccess(wanted) {
      for (const line of wanted) await rewrite(router, line)
      return sound.applyAccess(wanted)
    },
  }
}

async function rewrite(router: TinyRouter, line: WantedAccess): Promise<void> {
  await applyLine(router, undefined, { ...line, settled: false })
}

function withoutDrift(outcome: AccessOutcome): AccessOutcome {
  if (outcome.outcome !== 'drift') return outcome
  const { serviceId, sessionsDropped, observed } = outcome
  return { serviceId, sessionsDropped, observed, outcome: 'changed' }
}
