import type { InstallationId, OrganisationId } from '@nyuzi/core'
import { Conflict, NotFound } from '../errors.ts'
import type { Deps, Installed } from '../ports.ts'

type CallDeps = Pick<Deps, 'store' | 'clock' | 'plugins'>

/** Tells the provider where to call us. Safe to repeat. */
export async function registerCallbacks(
  deps: CallDeps,
  organisationId: OrganisationId,
  id: InstallationId,
  actor: string,
): Promise<{ readonly outcome: 'registered' | 'already_registered' }> {
  const installed = await installedOf(deps, organisationId, id)
  const { payments } = installed
  if (!payments?.registerCallbacks)
    throw new Conflict('capability_missing', 'The provider of this installation takes no callback addresses from us.')
  // Before the call: what was asked of a provider is on record even when no answer comes.
  await record(deps, organisationId, id, 'installation.register_callbacks', actor)
  return await payments.registerCallbacks()
}

export type Health = { readonly version: string; readonly identity: string; readonly warnings: readonly string[] }

/** A cheap sign of life of the box behind an installation. */
export async function checkInstallation(
  deps: CallDeps,
  organisationId: OrganisationId,
  id: InstallationId,
  actor: string,
): Promise<Health> {
  const installed = await installedOf(deps, organisationId, id)
  const { access } = installed
  if (!access?.checkHealth) throw new Conflict('capability_missing', 'This installation has nothing to ask for a sign of life.')
  await record(deps, organisationId, id, 'installation.check', actor)
  return await access.checkHealth()
}

async function installedOf({ store, plugins }: CallDeps, organisationId: OrganisationId, id: InstallationId): Promise<Installed> {
  const stored = await store.inOrganisation(organisationId, (tx) => tx.installations.read(id))
  if (!stored) throw new NotFound('installation')
  const installed = stored.status === 'active' ? await plugins.find(id) : undefined
  if (!installed) throw new Conflict('installation_paused', 'This installation is paused. Resume it first.')
  return installed
}

async function record(
  { store, clock }: CallDeps,
  organisationId: OrganisationId,
  id: InstallationId,
  action: string,
  actor: string,
): Promise<void> {
  await store.inOrganisation(organisationId, (tx) =>
    tx.audit.write({ actor, action, subjectNoun: 'installation', subjectId: id, at: clock.now() }),
  )
}
