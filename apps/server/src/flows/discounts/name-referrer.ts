import { asId, type OrganisationId, type ReferralId, type SubscriberId } from '@nyuzi/core'
import { Conflict, NotFound } from '../errors.ts'
import type { Deps } from '../ports.ts'

export type NameReferrer = {
  /** The account number of whoever brought it, as it was typed: that is everyone's referral code. */
  readonly code: string
  readonly actor: string
}

/** A new subscriber says who brought it, once and before its first invoice. */
export async function nameReferrer(
  deps: Pick<Deps, 'store' | 'clock' | 'ids'>,
  organisationId: OrganisationId,
  referredId: SubscriberId,
  { code, actor }: NameReferrer,
): Promise<ReferralId> {
  const id = asId('referral', deps.ids.next())
  const now = deps.clock.now()
  await deps.store.inOrganisation(organisationId, async (tx) => {
    if (!(await tx.subscribers.lock(referredId))) throw new NotFound('subscriber')
    const referrerId = await tx.discounts.subscriberOf(code)
    if (!referrerId || referrerId === referredId) throw new NotFound('referral code', 'code')
    if (!(await tx.discounts.isNew(referredId))) throw new Conflict('referral_too_late', 'A referrer is named before the first invoice.')
    if (!(await tx.discounts.addReferral({ id, referrerId, referredId }, now)))
      throw new Conflict('referral_named', 'This subscriber has named its referrer.')
    await tx.audit.write({
      actor,
      action: 'referral.create',
      subjectNoun: 'subscriber',
      subjectId: referredId,
      detail: { referrerId },
      at: now,
    })
  })
  return id
}
