import {
  type AccessController,
  type AccessOutcome,
  type AccessState,
  type InstallationId,
  type Instant,
  type OrganisationId,
  plusMs,
  secondsBetween,
  type WantedAccess,
} from '@nyuzi/core'
import { ProviderError, ProviderMisconfigured, ProviderUnclear } from '@nyuzi/sdk'
import type { Deps, Installed, Transaction } from '../ports.ts'
import type { AppliedAccess, DeferredAccess, WantedService } from './ports.ts'

/** A batch is cut into slices, so that someone who pays waits for one slice at most. */
const sliceMax = 64
/** Real time a server may hold a lane without a sign of life; a dead one's lane is free again after it. */
const leaseMs = 10_000
/** How often who runs a lane must renew its lease: a slow box may take longer for one slice than a lease lasts. */
export const leaseRenewalMs = 3_000
const pauseMinMs = 500
/** Together with the plugin's own pause, the longest that a box which is back waits for what it missed. */
const pauseMaxMs = 5_000
const refusedPauseMs = 5 * 60_000

/**
 * Drives every box of an organisation that has work towards what is wanted, one lane a box and all boxes side by
 * side, so that a silent one delays nobody else. Returns how many lanes moved.
 */
export async function applyAccess(deps: Deps, organisationId: OrganisationId): Promise<number> {
  const due = await deps.store.inOrganisation(organisationId, (tx) => tx.access.lanesDue(deps.clock.now()))
  for (const installationId of due) deps.wakeLane(organisationId, installationId)
  return due.length
}

/** Converges one box until nothing is left to do or it does not answer. One server at a time, by a lease. */
export async function runLane(deps: Deps, organisationId: OrganisationId, installationId: InstallationId): Promise<number> {
  const { store, clock } = deps
  const leased = await store.inOrganisation(organisationId, (tx) => tx.access.leaseLane(installationId, deps.holder, leaseMs))
  if (!leased) return 0
  let done = 0
  let end: LaneEnd = { state: 'reachable', nextAttemptAt: clock.now() }
  try {
    for (;;) {
      const slice = await runSlice(deps, organisationId, installationId)
      done += slice
      if (slice < sliceMax) break
      await renewLane(deps, organisationId, installationId)
    }
  } catch (error) {
    // An error of our own says nothing of the box. The lease stays: this server tries again at its next sweep, another one later.
    if (!(error instanceof ProviderError)) throw error
    const failures = await store.inOrganisation(organisationId, (tx) => tx.access.laneFailures(installationId))
    const misconfigured = error instanceof ProviderMisconfigured
    end = {
      state: misconfigured ? 'misconfigured' : 'unreachable',
      error: error.message,
      nextAttemptAt: plusMs(clock.now(), misconfigured ? refusedPauseMs : Math.min(pauseMaxMs, pauseMinMs * 2 ** Math.min(failures, 10))),
    }
    deps.meter.count('provider_errors', { plugin: 'access', code: error.code })
  }
  await store.inOrganisation(organisationId, (tx) => releaseLane(deps, tx, installationId, end))
  return done
}

type LaneEnd = { readonly state: 'reachable' | 'unreachable' | 'misconfigured'; readonly error?: string; readonly nextAttemptAt: Instant }

/** A box that is away comes back by itself; one that refuses us waits for a person, who is told. */
async function releaseLane({ clock, holder }: Deps, tx: Transaction, installationId: InstallationId, end: LaneEnd): Promise<void> {
  const at = clock.now()
  const task = { kind: 'access_misconfigured', subjectNoun: 'installation', at }
  await tx.access.releaseLane(installationId, holder, { ...end, at })
  if (end.state === 'reachable') await tx.tasks.settle({ ...task, subjectIds: [installationId] })
  if (end.state === 'misconfigured')
    await tx.tasks.open({ ...task, subjectId: installationId, title: `Its lines cannot be switched: ${end.error}` })
}

/** Holds the lane of a box that this server works on; has no effect on a lane that another one has taken over. */
export const renewLane = ({ store, holder }: Deps, organisationId: OrganisationId, installationId: InstallationId): Promise<void> =>
  store.inOrganisation(organisationId, (tx) => tx.access.renewLane(installationId, holder, leaseMs))

async function runSlice(deps: Deps, organisationId: OrganisationId, installationId: InstallationId): Promise<number> {
  const { store, clock, plugins } = deps
  const wanted = await store.inOrganisation(organisationId, (tx) => tx.access.claimWanted(installationId, sliceMax, clock.now()))
  if (wanted.length === 0) return 0
  const installed = await plugins.find(installationId)
  if (!installed?.access) throw new ProviderMisconfigured('the installation is paused, removed, or holds no lines')
  const outcomes = await apply(
    deps,
    installed,
    installed.access,
    wanted.map((service) => toWanted(deps, organisationId, service)),
  )
  const at = clock.now()
  const { applied, deferred } = sortOutcomes(deps, installed, wanted, outcomes, at)
  await store.inOrganisation(organisationId, async (tx) => {
    await tx.access.recordApplied(applied, at)
    await tx.messages.lineSettled([...new Set(applied.map(({ subscriberId }) => subscriberId))], at)
    await tx.access.recordDeferred(deferred, at)
    await tx.tasks.settle({ kind: 'access_refused', subjectNoun: 'service', subjectIds: applied.map(({ serviceId }) => serviceId), at })
    for (const { serviceId, status, error } of deferred) {
      if (status === 'conflict')
        await tx.tasks.open({
          kind: 'access_refused',
          subjectNoun: 'service',
          subjectId: serviceId,
          title: `${installed.name} refuses this line: ${error}`,
          at,
        })
    }
  })
  for (const { outcome, causePaymentId, serviceId } of applied) {
    const cause = wanted.find((service) => service.serviceId === serviceId)
    if (outcome === 'changed' && causePaymentId && cause?.causeAt) deps.meter.paymentToAccess(secondsBetween(cause.causeAt, at))
  }
  deps.wake('messages', organisationId)
  return wanted.length
}

/** Whatever a plugin throws that is not in the SDK's words says nothing about the box: its lines are looked at again. */
async function apply(
  { log }: Deps,
  { id, pluginId }: Installed,
  access: AccessController,
  wanted: readonly WantedAccess[],
): Promise<readonly AccessOutcome[]> {
  try {
    return await access.applyAccess(wanted)
  } catch (error) {
    if (error instanceof ProviderError) throw error
    log.error('a plugin failed', { plugin: pluginId, installation: id, error })
    throw new ProviderUnclear(`the plugin failed: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

function toWanted(deps: Deps, organisationId: OrganisationId, service: WantedService): WantedAccess {
  const { serviceId, kind, username, state, profile, version } = service
  return {
    serviceId,
    kind,
    username,
    password: deps.openPassword(organisationId, service),
    state,
    profile,
    version,
    settled: service.observedVersion === version,
  }
}

function sortOutcomes(deps: Deps, installed: Installed, wanted: readonly WantedService[], outcomes: readonly AccessOutcome[], at: Instant) {
  const byService = new Map(outcomes.map((outcome) => [outcome.serviceId, outcome]))
  const applied: AppliedAccess[] = []
  const deferred: DeferredAccess[] = []
  for (const service of wanted) {
    const { serviceId, version } = service
    const outcome = byService.get(serviceId)
    deps.meter.count('access_outcomes', { plugin: installed.pluginId, outcome: outcome?.outcome ?? 'missing' })
    if (!outcome || outcome.outcome === 'unknown')
      deferred.push({
        serviceId,
        version,
        status: 'retrying',
        error: outcome?.reason ?? 'the plugin reported no outcome',
        nextAttemptAt: plusMs(at, pauseMinMs),
      })
    else if (outcome.outcome === 'refused')
      deferred.push({
        serviceId,
        version,
        status: 'conflict',
        error: `${outcome.code}: ${outcome.reason}`,
        nextAttemptAt: plusMs(at, refusedPauseMs),
      })
    else if (outcome.observed.state !== service.state)
      deferred.push({
        serviceId,
        version,
        status: 'retrying',
        error: `read back ${outcome.observed.state}, wanted ${service.state}`,
        nextAttemptAt: plusMs(at, pauseMinMs),
      })
    else applied.push(toApplied(service, outcome.observed.state, outcome))
  }
  return { applied, deferred }
}

function toApplied(
  service: WantedService,
  observedState: AccessState,
  outcome: Extract<AccessOutcome, { outcome: 'ok' | 'changed' | 'drift' }>,
): AppliedAccess {
  const { observed } = outcome
  return {
    serviceId: service.serviceId,
    subscriberId: service.subscriberId,
    version: service.version,
    observedState,
    ...(service.observedState === undefined ? {} : { fromState: service.observedState }),
    reason: service.reason,
    outcome: outcome.outcome,
    ...(outcome.outcome === 'drift' ? { differences: outcome.differences.join(', ') } : {}),
    sessionsDropped: outcome.sessionsDropped,
    proof: `${observed.username}: ${observed.state}${observed.profileName ? `, profile ${observed.profileName}` : ''}, sessions ${observed.sessions}, dropped ${outcome.sessionsDropped}`,
    wantedAt: service.wantedAt,
    ...(service.causePaymentId === undefined ? {} : { causePaymentId: service.causePaymentId }),
  }
}
