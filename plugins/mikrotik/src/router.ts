import type { HostClock, HostLog } from '@nyuzi/sdk'
import type { BulkGuard } from './bulk-guard.ts'
import type { CommandOptions, RouterConnection } from './client/connection.ts'
import { anyOf, type RouterRequest, type Row } from './client/request.ts'
import type { RouterLink } from './client/router-link.ts'
import type { MikrotikConfig } from './config.ts'

/** What the verbs share of one installation. */
export type Router = {
  readonly config: MikrotikConfig
  readonly link: RouterLink
  readonly log: HostLog
  readonly clock: HostClock
  readonly guard: BulkGuard
  /** Lines whose secret we changed and whose old session we have not seen end; survives a lost connection. */
  readonly owedDrops: Set<string>
}

export type Session = {
  readonly id: string
  readonly username: string
  readonly sessionId: string
  readonly address: string
  readonly heldByRadius: boolean
}

// Beyond this the router walks its table faster once for all than with a query of so many names.
const namesMax = 100

/** A long list may take a small board several times as long as a command. */
export const readTimeoutMs = (config: MikrotikConfig, lines: number): number => config.commandTimeoutMs * (lines > namesMax ? 3 : 1)

export const properties = {
  secret: '.id,name,profile,disabled,comment,service,remote-address',
  profile: '.id,name,rate-limit,address-list,local-address,remote-address,comment',
  active: '.id,name,session-id,address,radius',
  list: '.id,list,address,comment,dynamic',
} as const

const print = (connection: RouterConnection, request: RouterRequest, options: CommandOptions): Promise<readonly Row[]> =>
  connection.run(request, options).then((reply) => reply.rows)

const byName = (usernames: readonly string[] | 'all'): readonly string[] =>
  usernames === 'all' || usernames.length > namesMax ? [] : anyOf('name', usernames)

/** Secrets by name: of some lines, or of the whole table when there are many. */
export async function readSecrets(connection: RouterConnection, usernames: readonly string[] | 'all', options: CommandOptions) {
  const request = { path: '/ppp/secret/print', properties: properties.secret, queries: byName(usernames) }
  return new Map((await print(connection, request, options)).map((row) => [row['name'] ?? '', row]))
}

export async function readProfiles(connection: RouterConnection, options: CommandOptions) {
  const request = { path: '/ppp/profile/print', properties: properties.profile }
  return new Map((await print(connection, request, options)).map((row) => [row['name'] ?? '', row]))
}

/** Live sessions by name. A name may appear twice when a line redials faster than its old session ends. */
export async function readSessions(connection: RouterConnection, usernames: readonly string[] | 'all', options: CommandOptions) {
  const request = { path: '/ppp/active/print', properties: properties.active, queries: byName(usernames) }
  const sessions = new Map<string, Session[]>()
  for (const row of await print(connection, request, options)) {
    const username = row['name'] ?? ''
    const session = {
      id: row['.id'] ?? '',
      username,
      sessionId: row['session-id'] ?? row['.id'] ?? '',
      address: row['address'] ?? '',
      heldByRadius: row['radius'] === 'true',
    }
    const known = sessions.get(username)
    if (known) known.push(session)
    else sessions.set(username, [session])
  }
  return sessions
}

/** The fixed entries of the suspended list; the router itself holds the dynamic ones. */
export async function readFixedEntries(connection: RouterConnection, list: string, options: CommandOptions) {
  const request = { path: '/ip/firewall/address-list/print', properties: properties.list, queries: [`list=${list}`] }
  return (await print(connection, request, options)).filter((row) => row['dynamic'] !== 'true')
}

/** Which of the addresses are in the list now. */
export async function readListed(connection: RouterConnection, list: string, addresses: readonly string[], options: CommandOptions) {
  if (addresses.length === 0) return new Set<string>()
  const some = addresses.length > namesMax ? [] : anyOf('address', addresses)
  const request = { path: '/ip/firewall/address-list/print', properties: 'address', queries: [`list=${list}`, ...some] }
  return new Set((await print(connection, request, options)).map((row) => row['address'] ?? ''))
}
