import type { NetworkUnderTest } from '@nyuzi/sdk/testing'
import type { RouterSimulator } from '../src/simulator/index.ts'

/** The simulated router as the access suite drives it. */
export function networkOf(router: RouterSimulator): NetworkUnderTest {
  return {
    reset: () => router.reset(),
    putForeign: async ({ username, password }) => router.addForeignSecret(username, { password }),
    readObjects: async (username) => router.book.secret(username),
    async editByHand(username) {
      router.editByHand(username, { profile: 'technician' })
      return 'profile'
    },
    connect: async ({ username, password }) => router.dial(username, password) === 'online',
    sessions: async (username) => router.book.sessions(username).length,
    cut: () => router.unplug(),
    restore: () => router.plug(),
    loseNextAnswer: async () => router.loseAnswers(1),
    writesSeen: () => router.book.writes.length,
  }
}

export const settingsOf = (router: RouterSimulator, overrides: Readonly<Record<string, unknown>> = {}) => ({
  host: router.host,
  port: router.port,
  tls: router.fingerprint ? 'pinned' : 'plain',
  ...(router.fingerprint ? { fingerprint: router.fingerprint } : {}),
  username: router.username,
  password: router.password,
  ...overrides,
})
