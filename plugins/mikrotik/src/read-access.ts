import type { AccessReading, ObservedAccess } from '@nyuzi/sdk'
import { fromMark, fromSecret, toMark } from './convert.ts'
import { toProviderError } from './provider-errors.ts'
import { type Router, readFixedEntries, readSecrets, readSessions, readTimeoutMs } from './router.ts'

/** Everything that carries our mark. */
export async function readAccess(router: Router): Promise<AccessReading> {
  const { config } = router
  try {
    const connection = await router.link.connection()
    const options = { timeoutMs: readTimeoutMs(config, Number.POSITIVE_INFINITY) }
    const [secrets, sessions, entries] = await Promise.all([
      readSecrets(connection, 'all', options),
      readSessions(connection, 'all', options),
      config.suspendMode === 'address_list' ? readFixedEntries(connection, config.suspendedList, options) : [],
    ])
    const walled = new Set(entries.map((entry) => entry['comment']))
    const observed: ObservedAccess[] = []
    for (const [username, secret] of secrets) {
      const serviceId = fromMark(secret['comment'])
      if (serviceId === undefined) continue
      const count = sessions.get(username)?.length ?? 0
      observed.push({ serviceId, username, sessions: count, ...fromSecret(secret, config, walled.has(toMark(serviceId))) })
    }
    return { readAt: router.clock.now(), observed }
  } catch (error) {
    throw toProviderError(error, 'read')
  }
}
