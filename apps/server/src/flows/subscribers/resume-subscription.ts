import { type CivilDate, creditReasons, type OrganisationId, resumePaused, type SubscriptionId } from '@nyuzi/core'
import { changeDebt } from '../change-debt.ts'
import { Conflict } from '../errors.ts'
import type { Idempotent } from '../idempotency.ts'
import type { Deps, IdempotentRequest } from '../ports.ts'
import { issueCharges } from '../steps/issue-charges.ts'
import { lockSubscription } from '../steps/lock-subscription.ts'
import { type CourseOrder, setCourses } from '../steps/set-courses.ts'

/**
 * Ends the pause that holds today, or withdraws the next one. What it gives back is credited, or follows, and what is due
 * from today on is charged at once.
 */
export async function resumeSubscription(
  deps: Deps,
  organisationId: OrganisationId,
  id: SubscriptionId,
  input: { readonly actor: string; readonly idempotency?: IdempotentRequest<undefined> },
): Promise<Idempotent<undefined>> {
  return await changeDebt(deps, organisationId, input, async ({ tx, organisation, today }) => {
    const { subscription, addOns } = await lockSubscription(tx, id)
    const { subscriberId, payerId } = subscription
    const orders: CourseOrder[] = []
    let endsOn: CivilDate | undefined
    for (const one of [subscription, ...addOns]) {
      const pause = (await tx.subscriptions.pauses(one.id)).find(
        ({ until, settledOn }) => settledOn === undefined && (until === undefined || until > today),
      )
      if (pause === undefined) continue
      await tx.subscriptions.endPause(one.id, pause.from, today)
      const pauses = one.pauses.flatMap((known) =>
        known.from !== pause.from ? [known] : pause.from < today ? [{ ...known, until: today }] : [],
      )
      const resumed = { ...one, pauses }
      orders.push({ subscription: resumed, course: resumePaused(resumed, pause, today), reason, awaits: one.awaits })
      endsOn ??= pause.from
    }
    if (endsOn === undefined) throw new Conflict('not_paused', 'The subscription is not paused, and no pause lies ahead.')
    await setCourses(deps, tx, organisation, orders, today)
    await issueCharges(deps, tx, organisation, await tx.billing.due([payerId], today), today)
    return {
      result: undefined,
      subscriberIds: [...new Set([subscriberId, payerId])],
      audit: { action: 'subscription.resume', subjectNoun: 'subscription', subjectId: id, detail: { pausedFrom: endsOn, on: today } },
    }
  })
}

const reason = creditReasons.pause
