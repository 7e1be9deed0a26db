import type { DataBundleId, OrganisationId } from '@nyuzi/core'
import { NotFound } from '../errors.ts'
import type { Deps } from '../ports.ts'

/** Nobody buys it from now on; what was bought is used up. */
export async function withdrawDataBundle(
  deps: Pick<Deps, 'store' | 'clock'>,
  organisationId: OrganisationId,
  id: DataBundleId,
  { actor }: { readonly actor: string },
): Promise<void> {
  const now = deps.clock.now()
  await deps.store.inOrganisation(organisationId, async (tx) => {
    const bundle = await tx.usage.lockDataBundle(id)
    if (!bundle) throw new NotFound('data bundle')
    if (bundle.withdrawnAt === undefined) await tx.usage.withdrawDataBundle(id, now)
    await tx.audit.write({ actor, action: 'data_bundle.withdraw', subjectNoun: 'data_bundle', subjectId: id, at: now })
  })
}
