import { type OrganisationId, type SubscriptionId, withdrawChange } from '@nyuzi/core'
import { changeDebt } from '../change-debt.ts'
import { Conflict } from '../errors.ts'
import type { Deps } from '../ports.ts'
import { lockSubscription } from '../steps/lock-subscription.ts'
import { setCourses } from '../steps/set-courses.ts'

/** Takes a change of plan back that has not begun: the terms before it hold on. */
export async function withdrawPlanChange(
  deps: Deps,
  organisationId: OrganisationId,
  id: SubscriptionId,
  { actor }: { readonly actor: string },
): Promise<void> {
  await changeDebt(deps, organisationId, { actor }, async ({ tx, organisation, today }) => {
    const { subscription } = await lockSubscription(tx, id)
    const { subscriberId, payerId, awaits } = subscription
    const course = withdrawChange(subscription, today)
    if (!course) throw new Conflict('no_change_noted', 'No change lies ahead that is not charged yet; change the plan now instead.')
    await setCourses(deps, tx, organisation, [{ subscription, course, reason: '', awaits }], today)
    return {
      result: undefined,
      subscriberIds: [...new Set([subscriberId, payerId])],
      audit: {
        action: 'subscription.withdraw_change',
        subjectNoun: 'subscription',
        subjectId: id,
        detail: { from: course.terms[0]?.from },
      },
    }
  })
}
