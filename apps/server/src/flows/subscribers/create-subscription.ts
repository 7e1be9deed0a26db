import {
  addDays,
  asId,
  type CivilDate,
  civilDateAt,
  type OrganisationId,
  type PlanId,
  type PriceId,
  type SubscriberId,
  type SubscriptionId,
} from '@nyuzi/core'
import { Conflict, NotFound } from '../errors.ts'
import type { Deps, Transaction } from '../ports.ts'

export type CreateSubscription = {
  readonly subscriberId: SubscriberId
  /** Of a plan, the newest price in force on the first day. */
  readonly sold: { readonly planId: PlanId } | { readonly priceId: PriceId }
  /** Default: today. */
  readonly startsOn?: CivilDate
  /** Default: the day of the month of the start. */
  readonly anchorDay?: number
  readonly graceDays?: number
  readonly actor: string
}

export async function createSubscription(
  deps: Pick<Deps, 'store' | 'clock' | 'ids'>,
  organisationId: OrganisationId,
  input: CreateSubscription,
): Promise<SubscriptionId> {
  const { subscriberId, sold, graceDays, actor } = input
  const id = asId('subscription', deps.ids.next())
  const now = deps.clock.now()
  await deps.store.inOrganisation(organisationId, async (tx) => {
    const { timeZone, policy } = await tx.organisation.read()
    const today = civilDateAt(now, timeZone)
    const startsOn = input.startsOn ?? today
    const subscriber = await tx.subscribers.lock(subscriberId)
    if (!subscriber) throw new NotFound('subscriber', 'subscriber')
    if (subscriber.status === 'closed') throw new Conflict('subscriber_closed', 'This subscriber is closed.')
    const price = await priceOf(tx, sold, startsOn)
    const anchorDay = input.anchorDay ?? Number(startsOn.slice(8))
    const subscription = {
      id,
      subscriberId,
      price,
      startsOn,
      anchorDay,
      status: 'active',
      periodsCharged: 0,
      ...(graceDays === undefined ? {} : { graceDays }),
    } as const
    const leadStart = addDays(startsOn, -policy.invoiceLeadDays)
    // The lead cannot reach behind today: what starts at once is invoiced today, and what has started, from its start on.
    const earliest = startsOn < today ? startsOn : today
    await tx.subscriptions.add(subscription, leadStart > earliest ? leadStart : earliest, now)
    const detail = { subscriberId, priceId: price.id, startsOn, anchorDay }
    await tx.audit.write({ actor, action: 'subscription.create', subjectNoun: 'subscription', subjectId: id, detail, at: now })
  })
  return id
}

async function priceOf(tx: Transaction, sold: CreateSubscription['sold'], startsOn: CivilDate) {
  if ('priceId' in sold) {
    const price = await tx.catalog.price(sold.priceId)
    if (!price) throw new NotFound('price', 'price')
    return price
  }
  const price = await tx.catalog.priceInForce(sold.planId, startsOn)
  if (price) return price
  if (!(await tx.catalog.hasPlan(sold.planId))) throw new NotFound('plan', 'plan')
  throw new Conflict('no_price_in_force', `The plan has no price in force on ${startsOn}.`)
}
