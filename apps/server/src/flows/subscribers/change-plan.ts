import {
  type CivilDate,
  type Course,
  changePlan,
  creditReasons,
  followBase,
  type Instant,
  isPass,
  type Money,
  money,
  type OrganisationId,
  type PlanChangeTime,
  type Price,
  type Subscription,
  type SubscriptionId,
  sameCadence,
  termsOn,
} from '@nyuzi/core'
import { changeDebt } from '../change-debt.ts'
import { Conflict, InvalidInput } from '../errors.ts'
import type { Idempotent } from '../idempotency.ts'
import type { Deps, IdempotentRequest, Transaction } from '../ports.ts'
import { issueCharges } from '../steps/issue-charges.ts'
import { type LockedFamily, lockSubscription } from '../steps/lock-subscription.ts'
import { priceFor, type SoldAt } from '../steps/price-for.ts'
import { type CourseOrder, setCourses } from '../steps/set-courses.ts'

export type ChangePlan = {
  readonly to: SoldAt
  readonly when: PlanChangeTime
  /** The first day under the new price: today, which is the default, or one ahead. At the end of what is charged, none. */
  readonly on?: CivilDate
  readonly actor: string
  readonly idempotency?: IdempotentRequest<PlanChanged>
}

export type PlanChanged = {
  readonly from: CivilDate
  /** Given back of what was charged, and charged anew. */
  readonly credited: Money
  readonly charged: Money
}

/**
 * Another plan, or another price of the same. Now: what was charged for days to come is credited, and they are charged under
 * the new price at once, or bought as far as credit reaches. At the end of what is charged: noted for that day, in the place
 * of what was noted before.
 */
export const changeSubscriptionPlan = (
  deps: Deps,
  organisationId: OrganisationId,
  id: SubscriptionId,
  input: ChangePlan,
): Promise<Idempotent<PlanChanged>> =>
  changeDebt(deps, organisationId, input, async ({ tx, now, organisation, today }) => {
    const { to, when, on } = input
    const family = await lockSubscription(tx, id)
    const { subscription } = family
    const { subscriberId, payerId } = subscription
    const day = dayOf(on, when, today, subscription.startsOn)
    const price = await priceFor(tx, to, day, subscriberId)
    await checkKind(tx, family, price)
    if (day > today && isPass(termsOn(subscription, today).price) && subscription.startsOn <= today)
      throw new InvalidInput('invalid_input', 'A plan of passes changes on the day itself.', {
        errors: [{ field: 'on', rule: 'today_from_passes', fix: `Leave it out, or send ${today}: a pass has no period to wait for.` }],
      })
    const waits = subscription.awaits === 'payment'
    const course = changePlan(subscription, price, when, day, { unserved: waits })
    const orders: readonly CourseOrder[] = [
      { subscription, course, reason, awaits: waits && price.billing === 'postpaid' ? 'payment' : undefined },
      ...following(family, course, price),
    ]
    const notes = await setCourses(deps, tx, organisation, orders, today)
    const { invoices, refused } = await issueCharges(deps, tx, organisation, await tx.billing.due([payerId], today), today, {
      occasion: 'sale',
      at: now,
    })
    const failed = refused.find((one) => one.id === id)
    if (failed) throw new Conflict('not_billable', `The change cannot be billed: ${failed.reason}.`)
    await checkStillPaid(tx, subscription, today, now)
    const sum = (amounts: readonly Money[]) =>
      money(
        amounts.reduce((total, { amountMinor }) => total + amountMinor, 0n),
        price.amount.currency,
      )
    const from = course.terms[0]?.from ?? day
    const ours = new Set(orders.map((order) => order.subscription.id))
    const result = {
      from,
      credited: sum(notes.map(({ note }) => note.total)),
      charged: sum(
        invoices.flatMap(({ lines }) =>
          lines.filter(({ subscriptionId }) => subscriptionId !== undefined && ours.has(subscriptionId)).map(({ total }) => total),
        ),
      ),
    }
    const detail = { planId: price.planId, priceId: price.id, when, from }
    return {
      result,
      subscriberIds: [...new Set([subscriberId, payerId])],
      audit: { action: 'subscription.change_plan', subjectNoun: 'subscription', subjectId: id, detail },
    }
  })

const reason = creditReasons.planChange

/** What was bought stays bought: a change that credit does not reach is not made, and the line stays on as it was. */
async function checkStillPaid(tx: Transaction, before: Subscription, today: CivilDate, now: Instant): Promise<void> {
  const priceOf = (subscription: Subscription) => termsOn(subscription, today).price
  const isPaid = ({ billedUntil, passUntil = now }: Subscription): boolean => billedUntil > today || passUntil > now
  if (priceOf(before).billing !== 'prepaid' || !isPaid(before)) return
  const after = await tx.subscriptions.read(before.id)
  if (after === undefined || isPaid(after)) return
  if (isPass(priceOf(before)) && priceOf(after).billing === 'postpaid') return
  throw new Conflict(
    'not_enough_credit',
    'The credit does not reach for the rest of the period at the new price. Top up first, or change at the end of the period.',
  )
}

function dayOf(on: CivilDate | undefined, when: PlanChangeTime, today: CivilDate, startsOn: CivilDate): CivilDate {
  const first = today > startsOn ? today : startsOn
  const refuse = (rule: string, fix: string) => new InvalidInput('invalid_input', fix, { errors: [{ field: 'on', rule, fix }] })
  if (on !== undefined && when === 'at_period_end')
    throw refuse('no_day_at_period_end', 'Leave the day out: it is the end of what is charged.')
  if (on !== undefined && on < first) throw refuse('not_in_past', `Send ${first} or a later day.`)
  return on ?? first
}

async function checkKind(tx: Transaction, { subscription, addOns }: LockedFamily, price: Price): Promise<void> {
  const plan = await tx.catalog.plan(price.planId)
  const kind = subscription.baseId === undefined ? 'base' : 'add_on'
  if (plan?.kind !== kind) throw new Conflict('plan_kind_differs', `Take a plan of the kind ${kind}: this subscription is one.`)
  const others = [...addOns, ...(kind === 'add_on' ? [subscription] : [])]
  if (others.every(({ terms }) => terms.slice(-1).every((held) => sameCadence(held.price.cadence, price.cadence)))) return
  throw new Conflict('cadence_differs', 'Base and add-ons have the same periods. Take a price with the same, or cancel the add-ons first.')
}

/** Where the periods of the base begin anew, those of its add-ons do too. */
function following({ subscription, addOns }: LockedFamily, { terms: [terms] }: Course, { cadence }: Price): readonly CourseOrder[] {
  if (terms === undefined || terms.origin === termsOn(subscription, terms.from).origin) return []
  return addOns
    .filter((addOn) => sameCadence(termsOn(addOn, terms.from).price.cadence, cadence))
    .map((addOn) => ({ subscription: addOn, course: followBase(addOn, terms), reason }))
}
