import { type CivilDate, isPass, type OrganisationId, type SubscriptionId, type SuspensionPolicy, termsOn } from '@nyuzi/core'
import { changeDebt } from '../change-debt.ts'
import { Conflict, InvalidInput } from '../errors.ts'
import type { Idempotent } from '../idempotency.ts'
import type { Deps, IdempotentRequest } from '../ports.ts'
import { lockSubscription } from '../steps/lock-subscription.ts'
import { setCourses } from '../steps/set-courses.ts'

export type PauseSubscription = {
  /** The first day without service: today, which is the default, or one ahead. */
  readonly from?: CivilDate
  /** The first day with service again; without one, until someone resumes it. */
  readonly until?: CivilDate
  /** Default: as the price says. */
  readonly policy?: SuspensionPolicy
  readonly reason: string
  readonly actor: string
  readonly idempotency?: IdempotentRequest<undefined>
}

/** Switches a line off by request, with its add-ons. What that gives back is settled when it goes on again. */
export async function pauseSubscription(
  deps: Deps,
  organisationId: OrganisationId,
  id: SubscriptionId,
  input: PauseSubscription,
): Promise<Idempotent<undefined>> {
  return await changeDebt(deps, organisationId, input, async ({ tx, now, organisation, today }) => {
    const { from = today, until, reason, policy } = input
    if (from < today) throw refused('from', 'not_in_past', `Send ${today} or a later day.`)
    if (until !== undefined && until <= from) throw refused('until', 'after_from', `Send a day after ${from}: the first one with service.`)
    const { subscription, addOns } = await lockSubscription(tx, id)
    if (isPass(termsOn(subscription, from).price))
      throw new Conflict(
        'no_pause_of_passes',
        'A pass is time that elapses: it is not paused. It ends by itself, and the next one is bought when it is wanted.',
      )
    const orders = await Promise.all(
      [subscription, ...addOns].map(async (one) => {
        const known = await tx.subscriptions.pauses(one.id)
        if (known.some((pause) => (pause.until === undefined || pause.until > from) && (until === undefined || pause.from < until)))
          throw new Conflict('pause_overlaps', 'The subscription is paused on some of those days already. End that pause first.')
        const pause = { from, ...(until === undefined ? {} : { until }), policy: policy ?? termsOn(one, from).price.policy.pause, reason }
        await tx.subscriptions.addPause(one.id, pause, now)
        const pauses = pause.policy === 'bill' ? one.pauses : [...one.pauses, pause]
        const { billedUntil, awaits } = one
        return { subscription: { ...one, pauses }, course: { terms: [], billedUntil }, reason: '', awaits }
      }),
    )
    await setCourses(deps, tx, organisation, orders, today)
    return {
      result: undefined,
      subscriberIds: [...new Set([subscription.subscriberId, subscription.payerId])],
      audit: { action: 'subscription.pause', subjectNoun: 'subscription', subjectId: id, detail: { from, until, policy, reason } },
    }
  })
}

const refused = (field: string, rule: string, fix: string) => new InvalidInput('invalid_input', fix, { errors: [{ field, rule, fix }] })
