import { asId, type CivilDate, type OrganisationId } from '@nyuzi/core'
import type { Deps } from '../ports.ts'

/**
 * Puts the lines that wait for approval on the open batch, with their debts of the day, and writes down who waits no more. A
 * batch that nobody approved goes on, it is never doubled; one on which nobody is left lapses. Returns how many are listed.
 */
export async function listCutOffs(deps: Deps, organisationId: OrganisationId, today: CivilDate): Promise<number> {
  const at = deps.clock.now()
  return await deps.store.inOrganisation(organisationId, async (tx) => {
    await tx.cutOffs.open(asId('cutOffBatch', deps.ids.next()), today, at)
    const id = await tx.cutOffs.lockOpen()
    if (id === undefined) return 0
    await tx.cutOffs.list(id, today)
    const listed = await tx.cutOffs.settle(id)
    const task = { kind: 'cut_off_approval', subjectNoun: 'cut_off_batch', at }
    if (listed > 0) await tx.tasks.open({ ...task, subjectId: id, title: 'Lines wait to be cut off until someone approves' })
    else {
      await tx.cutOffs.decide(id, { status: 'lapsed', on: today, at })
      await tx.tasks.settle({ ...task, subjectIds: [id] })
    }
    return listed
  })
}
