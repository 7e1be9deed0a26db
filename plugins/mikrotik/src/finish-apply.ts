import type { AccessOutcome, ObservedAccess } from '@nyuzi/sdk'
import type { RouterConnection } from './client/connection.ts'
import type { Row } from './client/request.ts'
import { fromSecret, observedClosed, toMark } from './convert.ts'
import { dropSessions } from './drop-sessions.ts'
import { type ItemPlan, isPayer, type Plan, secretDifferences, unfitProfiles } from './plan.ts'
import { toProviderError } from './provider-errors.ts'
import {
  type Router,
  readFixedEntries,
  readListed,
  readProfiles,
  readSecrets,
  readSessions,
  readTimeoutMs,
  type Session,
} from './router.ts'
import type { WriteResult } from './write-plan.ts'

export type Lost = { readonly item: ItemPlan; readonly reason: string }
type Seen = {
  readonly secrets: ReadonlyMap<string, Row>
  readonly sessions: ReadonlyMap<string, readonly Session[]>
  /** Marks of the services that have a fixed entry in the suspended list. */
  readonly listedMarks: ReadonlySet<string>
  /** Profiles that are not as the lines need them. */
  readonly unfit: ReadonlySet<string>
}

/** Reads back, ends sessions and tells the outcomes. Items about which nothing sure is known come back as `lost`. */
export async function finish(router: Router, connection: RouterConnection, plan: Plan, results: ReadonlyMap<ItemPlan, WriteResult>) {
  const outcomes: AccessOutcome[] = []
  const lost: Lost[] = []
  const written: ItemPlan[] = []
  for (const item of plan.items) {
    const write: WriteResult = results.get(item) ?? { result: 'unsent' }
    const base = { serviceId: item.wanted.serviceId, sessionsDropped: 0 }
    if (write.result === 'done') written.push(item)
    else if (write.result === 'lost') lost.push({ item, reason: 'the answer was lost' })
    else if (write.result === 'unsent') lost.push({ item, reason: 'the connection ended before it was sent' })
    else if (write.result === 'busy') outcomes.push({ ...base, outcome: 'unknown', reason: write.reason })
    else {
      // A refused write changed nothing, so no session runs on anything old.
      router.owedDrops.delete(item.wanted.username)
      outcomes.push({ ...base, outcome: 'refused', code: write.code, reason: write.reason })
    }
  }
  if (written.length === 0) return { outcomes, lost }
  try {
    outcomes.push(...(await judgeWritten(router, connection, written, plan.profiles.length > 0)))
  } catch (error) {
    const cause = toProviderError(error, 'write')
    if (cause.code === 'provider_misconfigured') throw cause
    lost.push(...written.map((item) => ({ item, reason: cause.message })))
  }
  return { outcomes, lost }
}

/** One look on a new connection. What is found in place is told so; of the rest no one knows, and nothing is sent again. */
export async function verifyLost(router: Router, lost: readonly Lost[]): Promise<AccessOutcome[]> {
  const seen = await lookAgain(router, lost).catch(() => undefined)
  return lost.map(({ item, reason }) => {
    const { wanted } = item
    const owed = router.owedDrops.has(wanted.username) && (seen?.sessions.get(wanted.username) ?? []).length > 0
    if (!seen || owed || misplaced(router, item, seen))
      return { serviceId: wanted.serviceId, sessionsDropped: 0, outcome: 'unknown', reason }
    return inPlace(router, item, seen, 0)
  })
}

async function lookAgain(router: Router, lost: readonly Lost[]): Promise<Seen> {
  const connection = await router.link.connection()
  const items = lost.map(({ item }) => item)
  return look(router, connection, items, true)
}

async function look(router: Router, connection: RouterConnection, items: readonly ItemPlan[], withProfiles: boolean): Promise<Seen> {
  const usernames = items.map((item) => item.wanted.username)
  const options = { urgent: items.some((item) => isPayer(item.wanted)), timeoutMs: readTimeoutMs(router.config, items.length) }
  const usesList = router.config.suspendMode === 'address_list'
  const [secrets, sessions, entries, profiles] = await Promise.all([
    readSecrets(connection, usernames, options),
    readSessions(connection, usernames, options),
    usesList ? readFixedEntries(connection, router.config.suspendedList, options) : [],
    withProfiles ? readProfiles(connection, options) : undefined,
  ])
  const lines = items.map((item) => item.wanted)
  const unfit = profiles ? unfitProfiles(lines, profiles, router.config) : new Set<string>()
  return { secrets, sessions, listedMarks: new Set(entries.map((entry) => entry['comment'] ?? '')), unfit }
}

async function judgeWritten(
  router: Router,
  connection: RouterConnection,
  items: readonly ItemPlan[],
  withProfiles: boolean,
): Promise<AccessOutcome[]> {
  const seen = await look(router, connection, items, withProfiles)
  const placed = items.filter((item) => !misplaced(router, item, seen))
  const doomed = await findDoomed(router, connection, placed, seen)
  const urgent = items.some((item) => isPayer(item.wanted))
  const dropped = doomed.length > 0 ? await dropSessions(connection, doomed, urgent) : undefined
  const sessions = dropped ? new Map([...seen.sessions, ...withoutSessions(doomed), ...dropped.now]) : seen.sessions
  const dropCounts = new Map<string, number>()
  for (const { username } of doomed) dropCounts.set(username, (dropCounts.get(username) ?? 0) + 1)
  return items.map((item) => {
    const { serviceId, username } = item.wanted
    const sessionsDropped = dropCounts.get(username) ?? 0
    const unknown = (reason: string): AccessOutcome => ({ serviceId, sessionsDropped, outcome: 'unknown', reason })
    if (misplaced(router, item, seen)) return unknown('read back, and it is not what was written')
    if (dropped?.left.has(username)) return unknown('its session did not end')
    return inPlace(router, item, { ...seen, sessions }, sessionsDropped)
  })
}

const withoutSessions = (doomed: readonly Session[]) => doomed.map(({ username }) => [username, []] as const)

/**
 * Sessions that run on something else than what is now in place: those of changed secrets, those still owed from a lost
 * connection, and (a server may have died between secret and session) those whose address is listed and should not be,
 * or the other way round. The last is asked only until a version was seen in place, so it can never drop a line for ever.
 */
async function findDoomed(router: Router, connection: RouterConnection, items: readonly ItemPlan[], seen: Seen): Promise<Session[]> {
  const own = (item: ItemPlan) => (seen.sessions.get(item.wanted.username) ?? []).filter((session) => !session.heldByRadius)
  const isCertain = (item: ItemPlan) => item.dropSessions || router.owedDrops.has(item.wanted.username)
  const certain = items.filter(isCertain)
  const isDoubtful = (item: ItemPlan) => !item.wanted.settled && item.wanted.state !== 'closed' && own(item).length > 0
  const doubtful = items.filter((item) => !isCertain(item) && isDoubtful(item))
  if (router.config.suspendMode !== 'profile' || doubtful.length === 0) return certain.flatMap(own)
  const addresses = doubtful.flatMap(own).map((session) => session.address)
  const urgent = doubtful.some((item) => isPayer(item.wanted))
  const listed = await readListed(connection, router.config.suspendedList, addresses, { urgent })
  const wrong = doubtful.flatMap((item) => own(item).filter(({ address }) => listed.has(address) !== (item.wanted.state === 'suspended')))
  return [...certain.flatMap(own), ...wrong]
}

function misplaced(router: Router, { wanted, step, profile }: ItemPlan, seen: Seen): boolean {
  if (profile !== undefined && seen.unfit.has(profile)) return true
  const secret = seen.secrets.get(wanted.username)
  const mark = toMark(wanted.serviceId)
  const shouldBeListed = router.config.suspendMode === 'address_list' && wanted.state === 'suspended'
  if (seen.listedMarks.has(mark) !== shouldBeListed) return true
  // A name that was passed on to another service is closed for this one.
  if (wanted.state === 'closed') return secret?.['comment'] === mark || (step === 'remove' && secret !== undefined)
  return secret?.['comment'] !== mark || secretDifferences(secret, wanted, router.config).length > 0
}

function inPlace(router: Router, item: ItemPlan, seen: Seen, sessionsDropped: number): AccessOutcome {
  const { wanted, differences } = item
  router.owedDrops.delete(wanted.username)
  const base = { serviceId: wanted.serviceId, sessionsDropped, observed: observe(router, item, seen) }
  if (differences.length === 0) return { ...base, outcome: sessionsDropped > 0 ? 'changed' : 'ok' }
  return wanted.settled ? { ...base, outcome: 'drift', differences } : { ...base, outcome: 'changed' }
}

function observe(router: Router, { wanted }: ItemPlan, seen: Seen): ObservedAccess {
  const sessions = (seen.sessions.get(wanted.username) ?? []).length
  const secret = seen.secrets.get(wanted.username)
  // A closed name that was passed on has sessions, but they are another service's.
  if (wanted.state === 'closed' || !secret) return observedClosed(wanted, secret ? 0 : sessions)
  const walled = seen.listedMarks.has(toMark(wanted.serviceId))
  return { serviceId: wanted.serviceId, username: wanted.username, sessions, ...fromSecret(secret, router.config, walled) }
}
