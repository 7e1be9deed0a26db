import { asId, type OrganisationId, type PlanId, type PlanKind } from '@nyuzi/core'
import { Conflict } from '../errors.ts'
import type { Deps } from '../ports.ts'
import { type NewPrice, writePrice } from './create-price.ts'

export type CreatePlan = {
  readonly code: string
  readonly name: string
  readonly kind?: PlanKind
  readonly price: NewPrice
  readonly actor: string
}

/** A plan comes with its first price: without one it could not be sold. */
export async function createPlan(
  deps: Pick<Deps, 'store' | 'clock' | 'ids'>,
  organisationId: OrganisationId,
  { code, name, kind = 'base', price, actor }: CreatePlan,
): Promise<PlanId> {
  const id = asId('plan', deps.ids.next())
  const now = deps.clock.now()
  await deps.store.inOrganisation(organisationId, async (tx) => {
    if (!(await tx.catalog.addPlan({ id, code, name, kind }, now))) throw new Conflict('code_taken', `Another plan has the code ${code}.`)
    await tx.audit.write({ actor, action: 'plan.create', subjectNoun: 'plan', subjectId: id, detail: { code, kind }, at: now })
    await writePrice(tx, deps, id, price, actor)
  })
  return id
}
