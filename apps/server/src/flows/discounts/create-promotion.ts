import { asId, type CivilDate, civilDateAt, type OrganisationId, type Promotion, type PromotionId } from '@nyuzi/core'
import { Conflict } from '../errors.ts'
import type { Deps } from '../ports.ts'
import { checkPlans } from './create-coupon.ts'

export type CreatePromotion = Omit<Promotion, 'id' | 'startsOn'> & {
  /** Default: today. */
  readonly startsOn?: CivilDate
  readonly actor: string
}

/** Charges that were made keep their amount, also for days that the promotion would have lowered. */
export async function createPromotion(
  deps: Pick<Deps, 'store' | 'clock' | 'ids'>,
  organisationId: OrganisationId,
  { actor, ...terms }: CreatePromotion,
): Promise<PromotionId> {
  const id = asId('promotion', deps.ids.next())
  const now = deps.clock.now()
  await deps.store.inOrganisation(organisationId, async (tx) => {
    const { timeZone } = await tx.organisation.read()
    const promotion = { ...terms, id, startsOn: terms.startsOn ?? civilDateAt(now, timeZone) }
    await checkPlans(tx, promotion.planIds)
    if (!(await tx.discounts.addPromotion(promotion, now)))
      throw new Conflict('code_taken', `Another promotion has the code ${promotion.code}.`)
    const detail = { code: promotion.code, startsOn: promotion.startsOn, endsOn: promotion.endsOn }
    await tx.audit.write({ actor, action: 'promotion.create', subjectNoun: 'promotion', subjectId: id, detail, at: now })
  })
  return id
}
