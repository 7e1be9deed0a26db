import { asId, type Coupon, type CouponId, type OrganisationId, type PlanId } from '@nyuzi/core'
import { Conflict, InvalidInput, NotFound } from '../errors.ts'
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
    await checkTerms(tx, coupon)
    if (!(await tx.discounts.addCoupon(coupon, now))) throw new Conflict('code_taken', `Another coupon has the code ${coupon.code}.`)
    await tx.audit.write({ actor, action: 'coupon.create', subjectNoun: 'coupon', subjectId: id, detail: { code: coupon.code }, at: now })
  })
  return id
}

/** What a coupon and a promotion have in common: an amount in the currency of the prices, and plans that exist. */
export async function checkTerms(
  tx: Transaction,
  { value, planIds }: Pick<Coupon, 'value'> & { readonly planIds?: readonly PlanId[] | undefined },
): Promise<void> {
  const { currency } = await tx.organisation.read()
  if (value.kind === 'fixed' && value.amount.currency !== currency)
    throw new InvalidInput('currency_mismatch', `Prices of this organisation are in ${currency}.`)
  for (const planId of planIds ?? []) if (!(await tx.catalog.plan(planId))) throw new NotFound('plan', 'plans')
}
