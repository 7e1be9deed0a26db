import { asId, type Coupon, type CouponId, type OrganisationId, type PlanId } from '@nyuzi/core'
import { Conflict, NotFound } from '../errors.ts'
import type { Deps, Transaction } from '../ports.ts'

export type CreateCoupon = Omit<Coupon, 'id'> & { readonly actor: string }

export async function createCoupon(
  deps: Pick<Deps, 'store' | 'clock' | 'ids'>,
  organisationId: OrganisationId,
  { actor, ...terms }: CreateCoupon,
): Promise<CouponId> {
  const id = asId('coupon', deps.ids.next())
  const now = deps.clock.now()
  await deps.store.inOrganisation(organisationId, async (tx) => {
    const coupon = { ...terms, id }
    await checkPlans(tx, coupon.planIds)
    if (!(await tx.discounts.addCoupon(coupon, now))) throw new Conflict('code_taken', `Another coupon has the code ${coupon.code}.`)
    await tx.audit.write({ actor, action: 'coupon.create', subjectNoun: 'coupon', subjectId: id, detail: { code: coupon.code }, at: now })
  })
  return id
}

/** The plans that a coupon or a promotion is for. */
export async function checkPlans(tx: Transaction, planIds: readonly PlanId[] = []): Promise<void> {
  for (const planId of planIds) if (!(await tx.catalog.plan(planId))) throw new NotFound('plan', 'plans')
}
