import { createHash } from 'node:crypto'
import type { RouterConnection } from './connection.ts'
import { LoginRefused, RouterTrap, UnsafeWord } from './errors.ts'

export type Credentials = { readonly username: string; readonly password: string; readonly allowOldLogin: boolean }

/**
 * Logs in. Before 6.43 the router answers with a challenge; by then it has seen the password in the clear, which is why
 * the old way needs a setting: with it the challenge is asked for first.
 */
export async function logIn(connection: RouterConnection, credentials: Credentials): Promise<void> {
  try {
    if (credentials.allowOldLogin && (await logInByChallenge(connection, credentials))) return
    const reply = await connection.run({
      path: '/login',
      attributes: { name: credentials.username, password: credentials.password },
    })
    if (reply.ret !== undefined)
      throw new LoginRefused('the router wants the login of versions before 6.43, which the settings do not allow')
  } catch (error) {
    if (error instanceof RouterTrap) throw refusal(error)
    if (error instanceof UnsafeWord) throw new LoginRefused(error.message, { cause: error })
    throw error
  }
}

/** False when the router does not know the old way (6.45.1 and later answer with a trap). */
async function logInByChallenge(connection: RouterConnection, { username, password }: Credentials): Promise<boolean> {
  const challenge = await askForChallenge(connection)
  if (challenge === undefined) return false
  const response = createHash('md5')
    .update(Buffer.from([0]))
    .update(password)
    .update(Buffer.from(challenge, 'hex'))
    .digest('hex')
  await connection.run({ path: '/login', attributes: { name: username, response: `00${response}` } })
  return true
}

async function askForChallenge(connection: RouterConnection): Promise<string | undefined> {
  try {
    const { ret } = await connection.run({ path: '/login' })
    return ret !== undefined && /^[0-9a-f]{32}$/.test(ret) ? ret : undefined
  } catch (error) {
    if (error instanceof RouterTrap) return undefined
    throw error
  }
}

function refusal(trap: RouterTrap): Error {
  if (trap.kind === 'busy') return trap
  return new LoginRefused(trap.kind === 'permission' ? "the API user's group lacks the policy 'api'" : trap.message, { cause: trap })
}
