import { asId, type DataBundleId, type OrganisationId } from '@nyuzi/core'
import { Conflict } from '../errors.ts'
import type { Deps } from '../ports.ts'
import type { DataBundle } from './ports.ts'

export type CreateDataBundle = Omit<DataBundle, 'id'> & { readonly actor: string }

export async function createDataBundle(
  deps: Pick<Deps, 'store' | 'clock' | 'ids'>,
  organisationId: OrganisationId,
  { actor, ...terms }: CreateDataBundle,
): Promise<DataBundleId> {
  const id = asId('dataBundle', deps.ids.next())
  const now = deps.clock.now()
  await deps.store.inOrganisation(organisationId, async (tx) => {
    if (!(await tx.usage.addDataBundle({ ...terms, id }, now)))
      throw new Conflict('code_taken', `Another data bundle has the code ${terms.code}.`)
    await tx.audit.write({
      actor,
      action: 'data_bundle.create',
      subjectNoun: 'data_bundle',
      subjectId: id,
      detail: { code: terms.code },
      at: now,
    })
  })
  return id
}
