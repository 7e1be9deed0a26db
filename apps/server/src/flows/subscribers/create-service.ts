import { asId, type InstallationId, type OrganisationId, type ServiceId, type ServiceKind, type SubscriptionId } from '@nyuzi/core'
import { Conflict, InvalidInput, NotFound } from '../errors.ts'
import type { Deps, Vault } from '../ports.ts'
import { wantAccess } from '../steps/want-access.ts'

export type CreateService = {
  readonly subscriptionId: SubscriptionId
  readonly installationId: InstallationId
  readonly kind: ServiceKind
  readonly username: string
  readonly password: string
  readonly actor: string
}

/** A line: what it may do is decided with it, so no service is ever without a wanted state. */
export async function createService(
  deps: Pick<Deps, 'store' | 'clock' | 'ids' | 'plugins' | 'wake'> & { readonly vault: Vault },
  organisationId: OrganisationId,
  input: CreateService,
): Promise<ServiceId> {
  const { subscriptionId, installationId, kind, username, password, actor } = input
  await checkInstallation(deps, organisationId, installationId, kind)
  const id = asId('service', deps.ids.next())
  const now = deps.clock.now()
  await deps.store.inOrganisation(organisationId, async (tx) => {
    const organisation = await tx.organisation.read()
    const subscription = await tx.subscriptions.lock(subscriptionId)
    if (!subscription) throw new NotFound('subscription', 'subscription')
    if (subscription.status === 'cancelled')
      throw new Conflict('already_cancelled', 'This subscription is cancelled; sell a new one first.')
    const { subscriberId } = subscription
    // A payment that is under way decides about the lines it sees: this one waits, and sees what it paid.
    await tx.billing.lockSubscribers([subscriberId])
    const sealed = deps.vault.seal(password, { organisationId, table: 'services', row: id, column: 'password' })
    const added = await tx.services.add({
      id,
      subscriberId,
      subscriptionId,
      installationId,
      kind,
      username,
      password: sealed,
      createdAt: now,
    })
    if (!added) throw new Conflict('username_taken', `This installation has a service called ${username}.`)
    const detail = { subscriberId, subscriptionId, installationId, kind, username }
    await tx.audit.write({ actor, action: 'service.create', subjectNoun: 'service', subjectId: id, detail, at: now })
    await wantAccess(tx, organisation, now, { serviceIds: [id] })
  })
  deps.wake('access', organisationId)
  return id
}

async function checkInstallation(
  { store, plugins }: Pick<Deps, 'store' | 'plugins'>,
  organisationId: OrganisationId,
  id: InstallationId,
  kind: ServiceKind,
): Promise<void> {
  const stored = await store.inOrganisation(organisationId, (tx) => tx.installations.read(id))
  if (!stored) throw new NotFound('installation', 'installation')
  if (stored.status !== 'active') throw new Conflict('installation_paused', 'This installation is paused. Resume it first.')
  const access = (await plugins.find(id))?.access
  if (!access) throw new Conflict('capability_missing', 'This installation holds no lines: its plugin offers no access control.')
  if (access.serviceKinds.includes(kind)) return
  const fix = `Take one of ${access.serviceKinds.join(', ')}.`
  throw new InvalidInput('invalid_input', `This installation holds no ${kind} lines.`, {
    errors: [{ field: 'kind', rule: 'service_kind', fix }],
  })
}
