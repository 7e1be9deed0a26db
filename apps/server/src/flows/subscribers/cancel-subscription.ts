import {
  addDays,
  billingAnchorOf,
  type CivilDate,
  type Course,
  civilDateAt,
  creditReasons,
  endOfCharged,
  type OrganisationId,
  periodContaining,
  plusMs,
  type SubscriptionId,
  termsOn,
} from '@nyuzi/core'
import { changeDebt } from '../change-debt.ts'
import { InvalidInput } from '../errors.ts'
import type { Idempotent } from '../idempotency.ts'
import type { Deps, IdempotentRequest } from '../ports.ts'
import { issueCharges } from '../steps/issue-charges.ts'
import { lockSubscription } from '../steps/lock-subscription.ts'
import { type CourseOrder, setCourses } from '../steps/set-courses.ts'
import type { LockedSubscription, PauseRecord } from './ports.ts'

export const refundPolicies = ['credit', 'none'] as const
export type RefundPolicy = (typeof refundPolicies)[number]

export type CancelSubscription = {
  /** The first day without service; it may lie ahead. `period_end`: the end of what is charged. */
  readonly on: CivilDate | 'period_end'
  /** What becomes of the charged days of the period that the day cuts. Default: they stay charged. */
  readonly refund?: RefundPolicy
  /** Whether what it still owes is invoiced at once, and not by the run of the day. Default: no. */
  readonly finalInvoice?: boolean
  readonly actor: string
  readonly idempotency?: IdempotentRequest<undefined>
}

/** Ends a subscription, with its add-ons. Periods that begin before the last day are still charged, up to it. */
export async function cancelSubscription(
  deps: Deps,
  organisationId: OrganisationId,
  id: SubscriptionId,
  input: CancelSubscription,
): Promise<Idempotent<undefined>> {
  const { on: asked, refund = 'none', finalInvoice = false, actor } = input
  return await changeDebt(deps, organisationId, input, async ({ tx, organisation, now, today }) => {
    const { subscription, addOns } = await lockSubscription(tx, id)
    const { subscriberId, payerId } = subscription
    const on = asked === 'period_end' ? endOfBought(subscription, today, organisation.timeZone) : asked
    if (on < subscription.startsOn) {
      const fix = `Name a day on or after ${subscription.startsOn}.`
      throw new InvalidInput('invalid_input', 'A subscription cannot end before it starts.', {
        errors: [{ field: 'on', rule: 'not_before_start', fix }],
      })
    }
    const orders: CourseOrder[] = []
    for (const one of [subscription, ...addOns]) {
      const cancelledOn = on > one.startsOn ? on : one.startsOn
      const pause = (await tx.subscriptions.pauses(one.id)).find(
        ({ settledOn, until }) => settledOn === undefined && (until === undefined || until > cancelledOn),
      )
      if (pause) await tx.subscriptions.endPause(one.id, pause.from, cancelledOn)
      await tx.subscriptions.cancel(one.id, cancelledOn)
      const cancelled = { ...one, status: 'cancelled', cancelledOn } as const
      orders.push({ subscription: cancelled, course: courseOf(one, cancelledOn, refund, pause), reason: creditReasons.cancellation })
      const detail = { on: cancelledOn, refund }
      if (one.id !== id)
        await tx.audit.write({ actor, action: 'subscription.cancel', subjectNoun: 'subscription', subjectId: one.id, detail, at: now })
    }
    await setCourses(deps, tx, organisation, orders, today)
    if (finalInvoice) await issueCharges(deps, tx, organisation, await tx.billing.due([payerId], today), today)
    return {
      result: undefined,
      subscriberIds: [...new Set([subscriberId, payerId])],
      audit: { action: 'subscription.cancel', subjectNoun: 'subscription', subjectId: id, detail: { on, refund } },
    }
  })
}

/** The first day after what is charged; of passes, the day after the one on which the last of them is over. */
function endOfBought(subscription: LockedSubscription, today: CivilDate, zone: string): CivilDate {
  const { passUntil } = subscription
  const end = endOfCharged(subscription, today)
  const passEnd = passUntil === undefined ? end : addDays(civilDateAt(plusMs(passUntil, -1), zone), 1)
  return passEnd > end ? passEnd : end
}

/**
 * Periods that have not begun by then are given back in any case, and days of a pause that does not charge them; of the
 * period that the day cuts, what is charged stays so unless it is refunded.
 */
function courseOf(subscription: LockedSubscription, on: CivilDate, refund: RefundPolicy, pause: PauseRecord | undefined): Course {
  const { billedUntil } = subscription
  const from = pause !== undefined && pause.policy !== 'bill' && pause.from < on ? pause.from : on
  if (refund === 'credit') return { terms: [], billedUntil: billedUntil < on ? billedUntil : on, released: { from } }
  if (from < on && pause?.policy === 'skip') return { terms: [], billedUntil, released: { from } }
  const unbegun = firstUnbegun(subscription, on)
  return billedUntil <= unbegun ? { terms: [], billedUntil } : { terms: [], billedUntil: unbegun, released: { from: unbegun } }
}

function firstUnbegun(subscription: LockedSubscription, on: CivilDate): CivilDate {
  const found = periodContaining(billingAnchorOf(termsOn(subscription, on)), on)
  return found === undefined || found.period.start === on ? on : found.period.end
}
