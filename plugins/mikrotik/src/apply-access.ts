import type { AccessOutcome, WantedAccess } from '@nyuzi/sdk'
import type { RouterConnection } from './client/connection.ts'
import { ConnectionLost } from './client/errors.ts'
import { isUsername } from './convert.ts'
import { finish, type Lost, verifyLost } from './finish-apply.ts'
import { type ItemPlan, isPayer, makePlan, type Plan, type Refusal } from './plan.ts'
import { toProviderError } from './provider-errors.ts'
import { type Router, readFixedEntries, readProfiles, readSecrets, readTimeoutMs } from './router.ts'
import { writePlan } from './write-plan.ts'

/**
 * Makes the router hold the wanted lines: read, compare, write what differs, end the sessions that run on what was
 * before, read back. Exactly one outcome for each wanted item.
 */
export async function applyAccess(router: Router, wanted: readonly WantedAccess[]): Promise<readonly AccessOutcome[]> {
  const { accepted, refusals } = sortOut(wanted)
  if (accepted.length === 0) return refusals.map(refused)
  const { connection, plan } = await prepare(router, accepted)
  const told: AccessOutcome[] = []
  const lost: Lost[] = []
  for (const part of payersFirst(plan)) {
    const carried = await carryOut(router, connection, part)
    told.push(...carried.outcomes)
    lost.push(...carried.lost)
  }
  if (lost.length > 0) told.push(...(await verifyLost(router, lost)))
  note(router, plan, told)
  return [...refusals.map(refused), ...plan.refusals.map(refused), ...told]
}

/** Payers are written, read back and put on their new speed before the first suspension is begun. */
function payersFirst(plan: Plan): Plan[] {
  const payers = plan.items.filter(({ wanted }) => isPayer(wanted))
  const others = plan.items.filter(({ wanted }) => !isPayer(wanted))
  const profilesOf = (items: readonly ItemPlan[]) => new Set(items.map((item) => item.profile))
  const [forPayers, forOthers] = [profilesOf(payers), profilesOf(others)]
  return [
    { ...plan, items: payers, profiles: plan.profiles.filter(({ name }) => forPayers.has(name)) },
    { ...plan, items: others, profiles: plan.profiles.filter(({ name }) => forOthers.has(name) && !forPayers.has(name)) },
  ].filter(({ items }) => items.length > 0)
}

async function carryOut(router: Router, connection: RouterConnection, plan: Plan) {
  for (const item of plan.items) if (item.dropSessions) router.owedDrops.add(item.wanted.username)
  const results = await writePlan(connection, plan).catch((error: unknown) => {
    throw toProviderError(error, 'write')
  })
  return finish(router, connection, plan, results)
}

const refused = ({ wanted, code, reason }: Refusal): AccessOutcome => ({
  serviceId: wanted.serviceId,
  sessionsDropped: 0,
  outcome: 'refused',
  code,
  reason,
})

/** Nothing is sent for what the router cannot hold. Of two wishes for one name the newer counts. */
function sortOut(wanted: readonly WantedAccess[]): { accepted: WantedAccess[]; refusals: Refusal[] } {
  const accepted = new Map<string, WantedAccess>()
  const refusals: Refusal[] = []
  for (const line of wanted) {
    const rival = accepted.get(line.username)
    if (line.kind !== 'pppoe') refusals.push({ wanted: line, code: 'unsupported_kind', reason: `${line.kind} lines are not held here` })
    else if (!isUsername(line.username))
      refusals.push({ wanted: line, code: 'bad_username', reason: 'only letters, digits and . _ @ - may stand in a name, at most 64' })
    else if (rival && rival.version > line.version) refusals.push(duplicate(line))
    else {
      if (rival) refusals.push(duplicate(rival))
      accepted.set(line.username, line)
    }
  }
  return { accepted: [...accepted.values()], refusals }
}

const duplicate = (line: WantedAccess): Refusal => ({
  wanted: line,
  code: 'duplicate_username',
  reason: `${line.username} is wanted twice in one batch`,
})

type Prepared = { readonly connection: RouterConnection; readonly plan: Plan }

/** Reads and compares. Until here nothing was written, so every failure is told as one of the whole router. */
async function prepare(router: Router, accepted: readonly WantedAccess[]): Promise<Prepared> {
  try {
    // A kept connection may have died unseen, with the last reboot for instance: one more try on a new one.
    return await readAndCompare(router, accepted).catch((error: unknown) => {
      if (error instanceof ConnectionLost) return readAndCompare(router, accepted)
      throw error
    })
  } catch (error) {
    throw toProviderError(error, 'read')
  }
}

async function readAndCompare(router: Router, accepted: readonly WantedAccess[]): Promise<Prepared> {
  const connection = await router.link.connection()
  const { config } = router
  const options = { urgent: accepted.some(isPayer), timeoutMs: readTimeoutMs(config, accepted.length) }
  const [secrets, profiles, listed] = await Promise.all([
    readSecrets(
      connection,
      accepted.map((line) => line.username),
      options,
    ),
    readProfiles(connection, options),
    config.suspendMode === 'address_list' ? readFixedEntries(connection, config.suspendedList, options) : undefined,
  ])
  const plan = makePlan(accepted, { secrets, profiles, ...(listed && { listed }) }, config)
  return { connection, plan: await guarded(router, connection, plan) }
}

/** Holds back a repair that would cut off many lines; what billing has newly decided is not held back. */
async function guarded(router: Router, connection: RouterConnection, plan: Plan): Promise<Plan> {
  const cuts = plan.items.filter((item) => item.wanted.settled && !isPayer(item.wanted) && item.step !== 'keep')
  const nowMs = router.clock.now().getTime()
  const lines = router.guard.needsSize(cuts.length, nowMs) ? (await readSecrets(connection, 'all', {})).size : 0
  if (router.guard.take(cuts.length, nowMs, lines)) return plan
  router.log.warn('a repair of many lines is held back', { lines, cuts: cuts.length })
  const held = new Set(cuts)
  const reason = `a repair would cut off ${cuts.length} of ${lines} lines at once: look first, then raise bulkGuardShare`
  return {
    ...plan,
    items: plan.items.filter((item) => !held.has(item)),
    refusals: [...plan.refusals, ...cuts.map(({ wanted }) => ({ wanted, code: 'bulk_guard', reason }))],
  }
}

function note(router: Router, plan: Plan, outcomes: readonly AccessOutcome[]): void {
  for (const { name, differences } of plan.profiles) router.log.info('profile written', { profile: name, differences })
  const counts: Record<string, number> = {}
  for (const { outcome } of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1
  if (outcomes.some(({ outcome }) => outcome !== 'ok')) router.log.info('router written', counts)
}
