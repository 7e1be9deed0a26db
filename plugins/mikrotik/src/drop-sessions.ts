import type { RouterConnection } from './client/connection.ts'
import { RouterTrap } from './client/errors.ts'
import { readSessions, type Session } from './router.ts'

/** Sessions a lingering entry gets to disappear in; the router may show one for a moment after it has ended. */
const lingerMs = 250

/**
 * Ends sessions and looks again: those of `doomed` that are still there, told apart by session-id, because the line may
 * have redialled meanwhile and its new session is right.
 */
export async function dropSessions(connection: RouterConnection, doomed: readonly Session[], urgent: boolean) {
  await removeAll(connection, doomed, urgent)
  let now = await readAgain(connection, doomed, urgent)
  const lingering = stillThere(doomed, now)
  if (lingering.length > 0) {
    await new Promise((resolve) => setTimeout(resolve, lingerMs))
    await removeAll(connection, lingering, urgent)
    now = await readAgain(connection, doomed, urgent)
  }
  return { now, left: new Set(stillThere(doomed, now).map((session) => session.username)) }
}

function readAgain(connection: RouterConnection, doomed: readonly Session[], urgent: boolean) {
  return readSessions(connection, [...new Set(doomed.map((session) => session.username))], { urgent })
}

function stillThere(doomed: readonly Session[], now: ReadonlyMap<string, readonly Session[]>): Session[] {
  return doomed.flatMap((old) => (now.get(old.username) ?? []).filter((session) => session.sessionId === old.sessionId))
}

async function removeAll(connection: RouterConnection, doomed: readonly Session[], urgent: boolean): Promise<void> {
  const removals = doomed.map(async (session) => {
    try {
      await connection.run({ path: '/ppp/active/remove', attributes: { '.id': session.id } }, { urgent })
    } catch (error) {
      // Gone is what we want; any other answer shows when the sessions are read again.
      if (!(error instanceof RouterTrap) || error.kind === 'permission') throw error
    }
  })
  const failed = (await Promise.allSettled(removals)).find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
}
