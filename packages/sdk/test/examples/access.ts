// Holds lines on a fibre head-end with a REST interface: read, compare, write what differs, read back.
import { type AccessOutcome, definePlugin, type HostHttp, ProviderRefused, ProviderUnclear, secret, type WantedAccess, z } from '@nyuzi/sdk'

const config = z.object({
  baseUrl: z.url().describe('The address of the head-end'),
  token: secret().describe('From its page System → API'),
})

const line = z.object({
  owner: z.string(),
  state: z.enum(['active', 'limited', 'suspended', 'closed']),
  profile: z.string(),
  sessions: z.number(),
})

export const olt = definePlugin({
  id: 'olt',
  title: 'Fibre head-end',
  contract: 1,
  config,
  setup: ({ config, http }) => {
    const headEnd = createHeadEnd(http, config.baseUrl, { authorization: `Bearer ${config.token.reveal()}` })
    return {
      access: {
        serviceKinds: ['ipoe'],
        async applyAccess(wanted) {
          const outcomes: AccessOutcome[] = []
          for (const one of wanted) outcomes.push(await applyLine(headEnd, one))
          return outcomes
        },
      },
    }
  },
})

async function applyLine(headEnd: HeadEnd, wanted: WantedAccess): Promise<AccessOutcome> {
  const { serviceId, username, state, profile, settled } = wanted
  const found = await headEnd.read(username)
  if (found && found.owner !== serviceId)
    return { serviceId, sessionsDropped: 0, outcome: 'refused', code: 'not_ours', reason: 'a line of this name belongs to someone else' }
  const current = { state: found?.state ?? 'closed', profile: found?.profile ?? profile.name }
  const differences = (['state', 'profile'] as const).filter((field) => current[field] !== { state, profile: profile.name }[field])
  try {
    if (differences.length > 0) await headEnd.write(username, { owner: serviceId, state, profile: profile.name })
  } catch (error) {
    // The write may have arrived: the host reads again before it does anything.
    if (error instanceof ProviderUnclear) return { serviceId, sessionsDropped: 0, outcome: 'unknown', reason: error.message }
    throw error
  }
  const seen = differences.length > 0 ? await headEnd.read(username) : found
  const sessions = seen?.sessions ?? 0
  const observed = { serviceId, username, state: seen?.state ?? 'closed', sessions, ...(seen ? { profileName: seen.profile } : {}) }
  const sessionsDropped = Math.max(0, (found?.sessions ?? 0) - sessions)
  if (differences.length === 0) return { serviceId, sessionsDropped, outcome: 'ok', observed }
  if (settled) return { serviceId, sessionsDropped, outcome: 'drift', observed, differences }
  return { serviceId, sessionsDropped, outcome: 'changed', observed }
}

type HeadEnd = ReturnType<typeof createHeadEnd>

function createHeadEnd(http: HostHttp, baseUrl: string, headers: Record<string, string>) {
  const url = (username: string) => `${baseUrl}/lines/${encodeURIComponent(username)}`
  return {
    async read(username: string) {
      try {
        return line.parse(await http.getJson(url(username), { headers }))
      } catch (error) {
        if (error instanceof ProviderRefused && error.status === 404) return undefined
        throw error
      }
    },
    async write(username: string, body: { owner: string; state: string; profile: string }) {
      await http.postJson(url(username), body, { headers })
    },
  }
}
