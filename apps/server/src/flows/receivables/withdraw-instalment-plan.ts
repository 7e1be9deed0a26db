import { civilDateAt, type InstalmentPlanId, type OrganisationId } from '@nyuzi/core'
import { Conflict, NotFound } from '../errors.ts'
import type { Deps } from '../ports.ts'
import { wantAccess } from '../steps/want-access.ts'

/** Takes a running plan back: from today on its invoices remind and cut off again. */
export async function withdrawInstalmentPlan(
  deps: Pick<Deps, 'store' | 'clock' | 'wake'>,
  organisationId: OrganisationId,
  id: InstalmentPlanId,
  { reason, actor }: { readonly reason: string; readonly actor: string },
): Promise<void> {
  const now = deps.clock.now()
  await deps.store.inOrganisation(organisationId, async (tx) => {
    const organisation = await tx.organisation.read()
    const found = await tx.instalmentPlans.read(id)
    if (!found) throw new NotFound('instalment plan')
    await tx.billing.lockSubscribers([found.subscriberId])
    const { status } = (await tx.instalmentPlans.read(id)) ?? found
    if (status !== 'running') throw new Conflict('plan_ended', `The instalment plan is ${status} already.`)
    await tx.instalmentPlans.end([{ id, status: 'withdrawn', endedOn: civilDateAt(now, organisation.timeZone) }], now)
    await tx.audit.write({
      actor,
      action: 'instalment_plan.withdraw',
      subjectNoun: 'instalmentPlan',
      subjectId: id,
      detail: { reason },
      at: now,
    })
    await wantAccess(tx, organisation, now, { subscriberIds: [found.subscriberId] })
  })
  deps.wake('access', organisationId)
}
