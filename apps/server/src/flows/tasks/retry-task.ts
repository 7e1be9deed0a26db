import type { CallbackId, FiscalDocumentId, Instant, IntentId, NoticeId, OrganisationId, SubscriptionId, TaskId } from '@nyuzi/core'
import { Conflict, NotFound } from '../errors.ts'
import type { Deps, Transaction, WorkKind } from '../ports.ts'

type Retry = {
  readonly wakes?: WorkKind
  /** Makes what was parked due again; false when it is parked no more. */
  again(tx: Transaction, subjectId: string, at: Instant): Promise<boolean>
}

const callback: Retry = { wakes: 'callbacks', again: (tx, id, at) => tx.callbacks.retry(id as CallbackId, at) }

/** What stands behind a task and can be tried again, once its cause is mended: a plugin, a plan, the provider's record. */
const retries: Readonly<Record<string, Retry>> = {
  callback_unreadable: callback,
  callback_parked: callback,
  notice_parked: { wakes: 'notices', again: (tx, id) => tx.notices.retry(id as NoticeId) },
  billing_parked: { again: (tx, id) => tx.billing.unpark(id as SubscriptionId) },
  fiscal_refused: { wakes: 'fiscal', again: (tx, id) => tx.fiscal.retry(id as FiscalDocumentId) },
  intent_unresolved: { wakes: 'look_ups', again: (tx, id, at) => tx.intents.lookUpAgain(id as IntentId, at) },
}

/**
 * Tries again what was parked, and closes its task; when it fails once more, a new task says so. Asked for by a person,
 * never by closing a task: whoever only tidies a list must not move money.
 */
export async function retryTask(
  deps: Pick<Deps, 'store' | 'clock' | 'wake'>,
  organisationId: OrganisationId,
  id: TaskId,
  actor: string,
): Promise<void> {
  const wakes = await deps.store.inOrganisation(organisationId, async (tx) => {
    const at = deps.clock.now()
    const task = await tx.tasks.lock(id)
    if (!task) throw new NotFound('task')
    const retry = Object.hasOwn(retries, task.kind) ? retries[task.kind] : undefined
    if (!retry)
      throw new Conflict('task_not_retryable', 'Nothing waits behind this task that could be tried again. Mend its matter, then close it.')
    if (!(await retry.again(tx, task.subjectId, at)))
      throw new Conflict('task_not_retryable', 'What this task is about is not parked any more. Close the task.')
    await tx.tasks.close(id, at)
    await tx.audit.write({ actor, action: 'task.retry', subjectNoun: 'task', subjectId: id, detail: { kind: task.kind }, at })
    return retry.wakes
  })
  if (wakes) deps.wake(wakes, organisationId)
}
