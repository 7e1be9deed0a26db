import { type InstallationId, type OrganisationId, plusMs, type ServiceId } from '@nyuzi/core'
import { ProviderError, ProviderMisconfigured } from '@nyuzi/sdk'
import type { Deps } from '../ports.ts'

/** How often each box is read whole and compared with what was last seen in place. */
const reconcileEveryMs = 5 * 60_000

/**
 * Finds drift: reads everything of ours on each box that was not read for a while, and makes due again what is not
 * as it was left. The lane repairs it and tells the differences.
 */
export async function reconcileAccess(deps: Deps, organisationId: OrganisationId, everyMs = reconcileEveryMs): Promise<number> {
  const { store, clock } = deps
  const lanes = await store.inOrganisation(organisationId, (tx) => tx.access.lanesToReconcile(plusMs(clock.now(), -everyMs)))
  const found = await Promise.all(lanes.map((installationId) => reconcileLane(deps, organisationId, installationId)))
  return found.reduce((sum, drifted) => sum + drifted, 0)
}

async function reconcileLane(
  { store, clock, plugins, wakeLane }: Deps,
  organisationId: OrganisationId,
  installationId: InstallationId,
): Promise<number> {
  const installed = await plugins.find(installationId)
  if (!installed?.access?.readAccess) return 0
  const expected = await store.inOrganisation(organisationId, (tx) => tx.access.inSync(installationId))
  let drifted: ServiceId[]
  try {
    const reading = await installed.access.readAccess()
    const observed = new Map(reading.observed.map((one) => [one.serviceId, one]))
    drifted = expected
      .filter(({ serviceId, state, username, profileName }) => {
        const seen = observed.get(serviceId)
        if (state === 'closed') return seen !== undefined
        return (
          seen?.state !== state ||
          seen.username !== username ||
          (state === 'active' && seen.profileName !== undefined && seen.profileName !== profileName)
        )
      })
      .map(({ serviceId }) => serviceId)
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error
    // Shown, and no more: with nothing to switch on a box that is away there is nothing to be done.
    const state = error instanceof ProviderMisconfigured ? 'misconfigured' : 'unreachable'
    await store.inOrganisation(organisationId, (tx) => tx.access.unread(installationId, { state, error: error.message }))
    return 0
  }
  await store.inOrganisation(organisationId, async (tx) => {
    await tx.access.recheckNetwork(drifted, clock.now())
    await tx.access.reconciled(installationId, clock.now())
  })
  if (drifted.length > 0) wakeLane(organisationId, installationId)
  return drifted.length
}
