import type { AccessController, AccessOutcome, AccessState, ObservedAccess, ServiceId, WantedAccess } from '@nyuzi/sdk'
import { definePlugin, type Host, ProviderUnavailable, secret, z } from '@nyuzi/sdk'
import type { Line, NetworkUnderTest } from '@nyuzi/sdk/testing'

const config = z.object({
  host: z.string().describe('Address of the router'),
  password: secret().describe('Of the account we sign in with'),
})

type TinyHost = Host<z.output<typeof config>>
export type Change = (sound: AccessController, host: TinyHost, router: TinyRouter) => AccessController

/** What the router holds under a name; `mark` is the service we made it for. */
export type Row = { mark?: ServiceId; password: string; state: AccessState; profile: string }

/** A router in memory: rows, sessions, a cable that can be cut and an answer that can be lost. */
export type TinyRouter = NetworkUnderTest & {
  readonly rows: Map<string, Row>
  write(username: string, row: Row | undefined): Promise<void>
  read(): Promise<ReadonlyMap<string, Row>>
  drop(username: string): Promise<number>
}

class AnswerLost extends Error {}

export function createTinyRouter(): TinyRouter {
  const rows = new Map<string, Row>()
  const up = new Map<string, number>()
  let writes = 0
  let plugged = true
  let losing = false
  const reach = async () => {
    if (!plugged) throw new ProviderUnavailable('tiny-router: not reached')
  }
  const carriedOut = async () => {
    writes += 1
    if (!losing) return
    losing = false
    throw new AnswerLost('the connection broke')
  }
  return {
    rows,
    async write(username, row) {
      await reach()
      if (row) rows.set(username, row)
      else rows.delete(username)
      await carriedOut()
    },
    async read() {
      await reach()
      return new Map(rows)
    },
    async drop(username) {
      await reach()
      const dropped = up.get(username) ?? 0
      up.delete(username)
      return dropped
    },
    async reset() {
      rows.clear()
      up.clear()
      writes = 0
      plugged = true
      losing = false
    },
    putForeign: async ({ username, password }: Line) => void rows.set(username, { password, state: 'active', profile: 'by-hand' }),
    readObjects: async (username) => structuredClone(rows.get(username)),
    async editByHand(username) {
      const row = rows.get(username)
      if (row) row.profile = 'by-hand'
      return 'profile'
    },
    async connect({ username, password }) {
      const row = rows.get(username)
      const isLetIn = row?.password === password && row.state === 'active'
      if (isLetIn) up.set(username, (up.get(username) ?? 0) + 1)
      return isLetIn
    },
    sessions: async (username) => up.get(username) ?? 0,
    cut: async () => {
      plugged = false
    },
    restore: async () => {
      plugged = true
    },
    loseNextAnswer: async () => {
      losing = true
    },
    writesSeen: () => writes,
  }
}

/** Drives a {@link TinyRouter}, right in all that the suite asks. `change` makes it wrong. */
export const tinyRouterPlugin = (router: TinyRouter, change: Change = (sound) => sound) =>
  definePlugin({
    id: 'tiny-router',
    title: 'Tiny router',
    contract: 1,
    config,
    setup: (host) => ({ access: change(soundAccess(router, host), host, router) }),
  })

function soundAccess(router: TinyRouter, { clock, log }: TinyHost): AccessController {
  return {
    serviceKinds: ['pppoe'],
    async applyAccess(wanted) {
      const rows = await router.read()
      const outcomes: AccessOutcome[] = []
      for (const line of wanted) outcomes.push(await applyLine(router, rows.get(line.username), line))
      log.info('applied', { lines: wanted.length })
      return outcomes
    },
    async readAccess() {
      const rows = await router.read()
      const observed: ObservedAccess[] = []
      for (const [username, { mark, state, profile }] of rows)
        if (mark) observed.push({ serviceId: mark, username, state, profileName: profile, sessions: await router.sessions(username) })
      return { readAt: clock.now(), observed }
    },
    async checkHealth() {
      await router.read()
      return { version: '1.0', identity: 'tiny', warnings: [] }
    },
  }
}

export async function applyLine(router: TinyRouter, row: Row | undefined, wanted: WantedAccess): Promise<AccessOutcome> {
  const { serviceId, username, password, state, profile, settled } = wanted
  const seen = { serviceId, sessionsDropped: 0 }
  if (row && row.mark !== serviceId) {
    if (state === 'closed') return { ...seen, outcome: 'ok', observed: { serviceId, username, state, sessions: 0 } }
    return { ...seen, outcome: 'refused', code: 'not_ours', reason: 'a name made by hand' }
  }
  const next = state === 'closed' ? undefined : { mark: serviceId, password, state, profile: profile.name }
  const differences = (['password', 'state', 'profile'] as const).filter((field) => row?.[field] !== next?.[field])
  if (differences.length > 0)
    try {
      await router.write(username, next)
    } catch (error) {
      if (!(error instanceof AnswerLost)) throw error
      return { ...seen, outcome: 'unknown', reason: 'the answer was lost' }
    }
  const sessionsDropped = state === 'active' || state === 'limited' ? 0 : await router.drop(username)
  const observed = { serviceId, username, state, profileName: profile.name, sessions: await router.sessions(username) }
  if (differences.length === 0) return { serviceId, sessionsDropped, outcome: 'ok', observed }
  if (settled) return { serviceId, sessionsDropped, outcome: 'drift', observed, differences }
  return { serviceId, sessionsDropped, outcome: 'changed', observed }
}
