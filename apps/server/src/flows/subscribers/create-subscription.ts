import {
  addOnTerms,
  asId,
  type CivilDate,
  civilDateAt,
  isPass,
  nextInvoiceOn,
  type OrganisationId,
  type Price,
  type SubscriberId,
  type Subscription,
  type SubscriptionId,
  sameCadence,
  type Terms,
} from '@nyuzi/core'
import { Conflict, InvalidInput, NotFound } from '../errors.ts'
import type { Deps, Transaction } from '../ports.ts'
import { issueCharges } from '../steps/issue-charges.ts'
import { priceFor, type SoldAt } from '../steps/price-for.ts'
import { priceRenewals } from '../steps/price-renewals.ts'

export type CreateSubscription = {
  readonly subscriberId: SubscriberId
  /** Of a plan, the newest price in force on the first day. */
  readonly sold: SoldAt
  /** Of an add-on: the subscription it stands on, whose periods are its own. */
  readonly baseId?: SubscriptionId
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
  const { subscriberId, sold, baseId, graceDays, actor } = input
  const id = asId('subscription', deps.ids.next())
  const now = deps.clock.now()
  await deps.store.inOrganisation(organisationId, async (tx) => {
    const organisation = await tx.organisation.read()
    const { timeZone, policy } = organisation
    const today = civilDateAt(now, timeZone)
    const startsOn = input.startsOn ?? today
    // Who pays is locked too: its credit may buy.
    await tx.billing.lockSubscribers([subscriberId])
    const subscriber = await tx.subscribers.lock(subscriberId)
    if (!subscriber) throw new NotFound('subscriber', 'subscriber')
    if (subscriber.status === 'closed') throw new Conflict('subscriber_closed', 'This subscriber is closed.')
    const price = await priceFor(tx, sold, startsOn, subscriberId)
    if (isPass(price) && graceDays !== undefined && graceDays > 0)
      throw refused('graceDays', 'no_grace_of_a_pass', 'Leave it out: a pass ends at its instant.')
    const terms = await firstTerms(tx, input, price, startsOn)
    const subscription: Subscription = {
      id,
      subscriberId,
      startsOn,
      status: 'active',
      terms: [terms],
      termsAgreed: 1,
      pauses: [],
      billedUntil: startsOn,
      ...(graceDays === undefined ? {} : { graceDays }),
    }
    const owedOn = nextInvoiceOn(subscription, policy.invoiceLeadDays) ?? startsOn
    // The lead cannot reach behind today: what starts at once is invoiced today, and what has started, from its start on.
    const earliest = startsOn < today ? startsOn : today
    const payerId = await tx.subscriptions.add(subscription, { nextInvoiceOn: owedOn > earliest ? owedOn : earliest }, now, baseId)
    await tx.subscriptions.addTerms([{ subscriptionId: id, terms }], now)
    const detail = { subscriberId, priceId: price.id, startsOn, anchorDay: terms.anchorDay, ...(baseId === undefined ? {} : { baseId }) }
    await tx.audit.write({ actor, action: 'subscription.create', subjectNoun: 'subscription', subjectId: id, detail, at: now })
    if (price.billing !== 'prepaid') return
    await priceRenewals(tx, organisation, [id], today)
    // Credit that is there buys at once; without it the first payment finds what waits for it.
    if (startsOn <= today)
      await issueCharges(deps, tx, organisation, await tx.billing.due([payerId], today), today, { occasion: 'sale', at: now })
  })
  return id
}

async function firstTerms(
  tx: Transaction,
  { subscriberId, baseId, anchorDay }: CreateSubscription,
  price: Price,
  startsOn: CivilDate,
): Promise<Terms> {
  const kind = (await tx.catalog.plan(price.planId))?.kind
  if (baseId === undefined) {
    if (kind === 'add_on') throw new Conflict('plan_kind_differs', 'This plan is an add-on: name the subscription it stands on.')
    return { number: 1, price, origin: startsOn, anchorDay: anchorDay ?? Number(startsOn.slice(8)), from: startsOn, periodsBefore: 0 }
  }
  if (kind !== 'add_on') throw new Conflict('plan_kind_differs', 'Only a plan of the kind add_on stands on another subscription.')
  const [base] = await tx.subscriptions.lockTimelines([baseId])
  if (base?.subscriberId !== subscriberId || base.baseId !== undefined) throw new NotFound('subscription', 'base')
  if (base.status === 'cancelled') throw new Conflict('already_cancelled', `The base is cancelled from ${base.cancelledOn} on.`)
  if (startsOn < base.startsOn) throw refused('startsOn', 'not_before_base', `Send ${base.startsOn} or a later day: the base begins then.`)
  if (anchorDay !== undefined) throw refused('anchorDay', 'of_base', 'Leave it out: an add-on has the periods of its base.')
  const terms = addOnTerms(base, price, startsOn)
  if (base.terms.slice(-1).every((held) => sameCadence(held.price.cadence, price.cadence))) return terms
  throw new Conflict('cadence_differs', 'An add-on has the periods of its base. Take a price with the same cadence.')
}

const refused = (field: string, rule: string, fix: string) => new InvalidInput('invalid_input', fix, { errors: [{ field, rule, fix }] })
