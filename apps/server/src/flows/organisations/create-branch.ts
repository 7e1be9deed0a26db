import { asId, type BranchId, type OrganisationId } from '@nyuzi/core'
import { Conflict } from '../errors.ts'
import type { Deps } from '../ports.ts'

export type CreateBranch = { readonly code: string; readonly name: string; readonly actor: string }

export async function createBranch(
  deps: Pick<Deps, 'store' | 'clock' | 'ids'>,
  organisationId: OrganisationId,
  { code, name, actor }: CreateBranch,
): Promise<BranchId> {
  const id = asId('branch', deps.ids.next())
  const now = deps.clock.now()
  await deps.store.inOrganisation(organisationId, async (tx) => {
    if (!(await tx.branches.add({ id, code, name, createdAt: now })))
      throw new Conflict('code_taken', `Another branch has the code ${code}.`)
    await tx.audit.write({ actor, action: 'branch.create', subjectNoun: 'branch', subjectId: id, detail: { code }, at: now })
  })
  return id
}
