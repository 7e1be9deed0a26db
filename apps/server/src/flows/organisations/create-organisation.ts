import { type ApiKeyId, asId, type BranchId, type Currency, type OrganisationId } from '@nyuzi/core'
import { permissions } from '../api-keys/ports.ts'
import { Conflict } from '../errors.ts'
import type { Deps, MintApiKey, OrganisationPolicy } from '../ports.ts'

export type CreateOrganisation = {
  readonly slug: string
  readonly name: string
  readonly country: string
  readonly currency: Currency
  readonly timeZone: string
  readonly language: string
  readonly accountPrefix: string
  readonly policy: OrganisationPolicy
  readonly branch: { readonly code: string; readonly name: string }
}

export type CreatedOrganisation = {
  readonly organisationId: OrganisationId
  readonly branchId: BranchId
  readonly apiKeyId: ApiKeyId
  readonly apiKey: string
}

/** Opens the books of an ISP: the organisation, its first branch and a key that may do everything in it. */
export async function createOrganisation(
  deps: Pick<Deps, 'store' | 'clock' | 'ids'> & { readonly mintApiKey: MintApiKey },
  { branch, ...organisation }: CreateOrganisation,
): Promise<CreatedOrganisation> {
  const [organisationId, branchId, apiKeyId] = [
    asId('organisation', deps.ids.next()),
    asId('branch', deps.ids.next()),
    asId('apiKey', deps.ids.next()),
  ]
  const key = deps.mintApiKey()
  const now = deps.clock.now()
  await deps.store.inOrganisation(organisationId, async (tx) => {
    const added = await tx.organisations.add({ ...organisation, id: organisationId, createdAt: now })
    if (!added) throw new Conflict('slug_taken', `Another organisation is called ${organisation.slug}.`)
    await tx.branches.add({ ...branch, id: branchId, createdAt: now })
    await tx.apiKeys.add({ id: apiKeyId, name: 'First key', prefix: key.prefix, keySha256: key.sha256, permissions, createdAt: now })
    await tx.audit.write({
      actor: 'operator',
      action: 'organisation.create',
      subjectNoun: 'organisation',
      subjectId: organisationId,
      detail: organisation.policy,
      at: now,
    })
  })
  return { organisationId, branchId, apiKeyId, apiKey: key.text }
}
