import { type CouponId, civilDateAt, type OrganisationId } from '@nyuzi/core'
import { NotFound } from '../errors.ts'
import type { Deps } from '../ports.ts'

/** Nobody redeems it from today on; who has redeemed it keeps the discount. */
export async function expireCoupon(
  deps: Pick<Deps, 'store' | 'clock'>,
  organisationId: OrganisationId,
  id: CouponId,
  { actor }: { readonly actor: string },
): Promise<void> {
  const now = deps.clock.now()
  await deps.store.inOrganisation(organisationId, async (tx) => {
    const { timeZone } = await tx.organisation.read()
    const coupon = await tx.discounts.lockCoupon({ id })
    if (!coupon) throw new NotFound('coupon')
    const today = civilDateAt(now, timeZone)
    if (coupon.validUntil === undefined || coupon.validUntil > today) await tx.discounts.expireCoupon(id, today)
    await tx.audit.write({ actor, action: 'coupon.expire', subjectNoun: 'coupon', subjectId: id, at: now })
  })
}
