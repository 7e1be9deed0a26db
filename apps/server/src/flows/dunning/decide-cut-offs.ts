import { type CutOffBatchId, civilDateAt, type OrganisationId, type ServiceId } from '@nyuzi/core'
import { Conflict, NotFound } from '../errors.ts'
import type { Deps, Transaction } from '../ports.ts'
import { cutOffApproved } from '../steps/cut-off-approved.ts'

/** Cuts off exactly the listed lines that still owe; who has paid since then is left alone. */
export async function approveCutOffs(deps: Deps, organisationId: OrganisationId, id: CutOffBatchId, actor: string): Promise<void> {
  const today = await decide(deps, organisationId, id, { status: 'approved', actor })
  await cutOffApproved(deps, organisationId, today)
}

/** Leaves every line on. Those that still owe tomorrow are listed anew. */
export async function rejectCutOffs(
  deps: Deps,
  organisationId: OrganisationId,
  id: CutOffBatchId,
  { reason, actor }: { readonly reason: string; readonly actor: string },
): Promise<void> {
  await decide(deps, organisationId, id, { status: 'rejected', reason, actor })
}

/** Keeps these lines on, as far as this batch goes. */
export async function takeOutOfCutOff(
  deps: Pick<Deps, 'store' | 'clock'>,
  organisationId: OrganisationId,
  id: CutOffBatchId,
  { serviceIds, reason, actor }: { readonly serviceIds: readonly ServiceId[]; readonly reason: string; readonly actor: string },
): Promise<void> {
  const at = deps.clock.now()
  await deps.store.inOrganisation(organisationId, async (tx) => {
    await lockUndecided(tx, id)
    if (!(await tx.cutOffs.takeOut(id, [...new Set(serviceIds)], reason))) throw new NotFound('listed service', 'services')
    const detail = { serviceIds, reason }
    await tx.audit.write({ actor, action: 'cut_off_batch.take_out', subjectNoun: 'cut_off_batch', subjectId: id, detail, at })
  })
}

async function decide(
  deps: Pick<Deps, 'store' | 'clock'>,
  organisationId: OrganisationId,
  id: CutOffBatchId,
  { status, reason, actor }: { readonly status: 'approved' | 'rejected'; readonly reason?: string; readonly actor: string },
) {
  const at = deps.clock.now()
  return await deps.store.inOrganisation(organisationId, async (tx) => {
    await lockUndecided(tx, id)
    const today = civilDateAt(at, (await tx.organisation.read()).timeZone)
    const said = reason === undefined ? {} : { reason }
    await tx.cutOffs.decide(id, { status, on: today, at, by: actor, ...said })
    const subject = { subjectNoun: 'cut_off_batch', at }
    await tx.tasks.settle({ ...subject, kind: 'cut_off_approval', subjectIds: [id] })
    const action = status === 'approved' ? 'cut_off_batch.approve' : 'cut_off_batch.reject'
    await tx.audit.write({ ...subject, actor, action, subjectId: id, detail: said })
    return today
  })
}

async function lockUndecided(tx: Transaction, id: CutOffBatchId): Promise<void> {
  const batch = await tx.cutOffs.lock(id)
  if (!batch) throw new NotFound('cut-off batch')
  if (batch.status !== 'open') throw new Conflict('cut_off_batch_decided', `This batch is ${batch.status}. Decide on the one that is open.`)
}
