import { type CivilDate, civilDateAt, type OrganisationId, type PromotionId } from '@nyuzi/core'
import { NotFound } from '../errors.ts'
import type { Deps } from '../ports.ts'

export type EndPromotion = {
  /** The first day on which it no longer holds. Default: today. */
  readonly on?: CivilDate
  readonly actor: string
}

/** Ends a promotion sooner. Who has it for the first periods keeps it; what was charged stays charged. */
export async function endPromotion(
  deps: Pick<Deps, 'store' | 'clock'>,
  organisationId: OrganisationId,
  id: PromotionId,
  { on, actor }: EndPromotion,
): Promise<void> {
  const now = deps.clock.now()
  await deps.store.inOrganisation(organisationId, async (tx) => {
    const { timeZone } = await tx.organisation.read()
    const promotion = await tx.discounts.lockPromotion(id)
    if (!promotion) throw new NotFound('promotion')
    const today = civilDateAt(now, timeZone)
    // What was charged up to today was charged with it, so it did hold until then.
    const day = [on ?? today, today, promotion.startsOn].reduce((latest, one) => (one > latest ? one : latest))
    if (promotion.endsOn === undefined || promotion.endsOn > day) await tx.discounts.endPromotion(id, day)
    await tx.audit.write({ actor, action: 'promotion.end', subjectNoun: 'promotion', subjectId: id, detail: { on: day }, at: now })
  })
}
