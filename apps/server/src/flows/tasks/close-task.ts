import type { OrganisationId, TaskId } from '@nyuzi/core'
import { NotFound } from '../errors.ts'
import type { Deps } from '../ports.ts'

/** A person says that it is done. Closing a closed task changes nothing. */
export async function closeTask(
  deps: Pick<Deps, 'store' | 'clock'>,
  organisationId: OrganisationId,
  id: TaskId,
  actor: string,
): Promise<void> {
  const now = deps.clock.now()
  await deps.store.inOrganisation(organisationId, async (tx) => {
    if (!(await tx.tasks.close(id, now))) throw new NotFound('task')
    await tx.audit.write({ actor, action: 'task.close', subjectNoun: 'task', subjectId: id, at: now })
  })
}
