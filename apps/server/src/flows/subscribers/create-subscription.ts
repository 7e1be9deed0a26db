import {
  asId,
  type BranchId,
  type CivilDate,
  civilDateAt,
  nextInvoiceOn,
  type OrganisationId,
  type PlanId,
  type PriceId,
  type SubscriberId,
  type Subscription,
  type SubscriptionId,
} from '@nyuzi/core'
import { Conflict, NotFound } from '../errors.ts'
import type { Deps, Transaction } from '../ports.ts'
import { issueCharges } from '../steps/issue-charges.ts'

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
  deps: Pick<Deps, 'store' | 'clock' | 'ids' | 'log'>,
  organisationId: OrganisationId,
  input: CreateSubscription,
): Promise<SubscriptionId> {
  const { subscriberId, sold, graceDays, actor } = input
  const id = asId('subscription', deps.ids.next())
  const now = deps.clock.now()
  await deps.store.inOrganisation(organisationId, async (tx) => {
    const organisation = await tx.organisation.read()
    const { timeZone, policy } = organisation
    const today = civilDateAt(now, timeZone)
    const startsOn = input.startsOn ?? today
    const subscriber = await tx.subscribers.lock(subscriberId)
    if (!subscriber) throw new NotFound('subscriber', 'subscriber')
    if (subscriber.status === 'closed') throw new Conflict('subscriber_closed', 'This subscriber is closed.')
    const price = await priceOf(tx, sold, startsOn, subscriber)
    const anchorDay = input.anchorDay ?? Number(startsOn.slice(8))
    const terms = { number: 1, price, origin: startsOn, anchorDay, from: startsOn, periodsBefore: 0 }
    const subscription: Subscription = {
      id,
      subscriberId,
      startsOn,
      status: 'active',
      terms: [terms],
      pauses: [],
      billedUntil: startsOn,
      ...(graceDays === undefined ? {} : { graceDays }),
    }
    const owedOn = nextInvoiceOn(subscription, policy.invoiceLeadDays) ?? startsOn
    // The lead cannot reach behind today: what starts at once is invoiced today, and what has started, from its start on.
    const earliest = startsOn < today ? startsOn : today
    await tx.subscriptions.add(subscription, { nextInvoiceOn: owedOn > earliest ? owedOn : earliest }, now)
    await tx.subscriptions.addTerms([{ subscriptionId: id, terms }], now)
    const detail = { subscriberId, priceId: price.id, startsOn, anchorDay }
    await tx.audit.write({ actor, action: 'subscription.create', subjectNoun: 'subscription', subjectId: id, detail, at: now })
    // Credit that is there buys at once; without it the first payment finds what waits for it.
    if (price.billing === 'prepaid' && startsOn <= today)
      await issueCharges(deps, tx, organisation, await tx.billing.due([subscriberId], today), today)
  })
  return id
}

async function priceOf(
  tx: Transaction,
  sold: CreateSubscription['sold'],
  startsOn: CivilDate,
  buyer: { readonly segment?: string; readonly branchId: BranchId },
) {
  if ('priceId' in sold) {
    const price = await tx.catalog.price(sold.priceId)
    if (!price) throw new NotFound('price', 'price')
    return price
  }
  const price = await tx.catalog.priceInForce(sold.planId, startsOn, buyer)
  if (price) return price
  if (!(await tx.catalog.hasPlan(sold.planId))) throw new NotFound('plan', 'plan')
  throw new Conflict('no_price_in_force', `The plan has no price in force on ${startsOn}.`)
}
