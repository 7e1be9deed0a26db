import {
  type CivilDate,
  civilDateAt,
  goingOnFrom,
  type Instant,
  isCutOff,
  nextInvoiceOn,
  type PassOccasion,
  resumeOn,
  type ServiceId,
  type SubscriberId,
  type Terms,
  termsOn,
  withTerms,
} from '@nyuzi/core'
import type { DueSubscription } from '../billing/ports.ts'
import type { Deps, Organisation, Transaction } from '../ports.ts'
import { accessInput } from './access-input.ts'
import { issueCharges } from './issue-charges.ts'

/**
 * The step before lines that a debt kept off are on again without its payment (an extension, an overdraft, a word of staff): what was
 * not charged meanwhile goes on from today, and the run of the day charges it.
 */
export async function resumeUnserved(
  tx: Transaction,
  { policy: { invoiceLeadDays } }: Organisation,
  now: Instant,
  today: CivilDate,
  serviceIds: readonly ServiceId[],
): Promise<void> {
  const off = await tx.billing.unserved(serviceIds)
  const resumed = off.filter((due) => due.awaits === 'payment' || isGivenBack(due, today)).map((due) => resume(due, today))
  await layTerms(tx, resumed, now)
  const skipped = off.flatMap((due) => skip(due, today))
  for (const { subscription, pause } of skipped) await tx.subscriptions.addPause(subscription.id, pause, now)
  await tx.billing.advance(
    [...resumed.map(({ due }) => due), ...skipped].map(({ subscription }) => {
      const { id, billedUntil } = subscription
      const next = nextInvoiceOn(subscription, invoiceLeadDays)
      // Never as of a day that is past: what was served before the debt would be overdue at once.
      return { id, billedUntil, nextInvoiceOn: next !== undefined && next < today ? today : next }
    }),
  )
}

/** Were days of it charged that the debt kept it off, and does its price give them back? */
const isGivenBack = ({ subscription, offSince }: DueSubscription, today: CivilDate): boolean =>
  offSince !== undefined &&
  offSince < today &&
  subscription.billedUntil > offSince &&
  termsOn(subscription, today).price.policy.suspension === 'extend'

/** Days that the debt kept it off before they were charged, as in arrears, never are. */
function skip({ subscription, awaits, offSince }: DueSubscription, today: CivilDate) {
  if (awaits !== undefined || offSince === undefined || offSince >= today || subscription.billedUntil >= offSince) return []
  if (termsOn(subscription, offSince).price.policy.suspension === 'bill') return []
  const pause = { from: offSince, until: today, policy: 'skip', reason: 'A debt kept the line off', settledOn: today } as const
  return [{ subscription: { ...subscription, pauses: [...subscription.pauses, pause] }, pause }]
}

/**
 * The step after money came in: prepaid subscriptions that waited for credit are bought as far as it reaches, and those
 * that were not charged while a debt kept them off go on from today once it is paid. What is postpaid and due is left to the run of the day.
 */
export async function resumeAwaiting(
  deps: Pick<Deps, 'ids' | 'clock' | 'log'>,
  tx: Transaction,
  organisation: Organisation,
  now: Instant,
  subscriberIds: readonly SubscriberId[],
  /** Whether it was a payment that brought it. */
  occasion: PassOccasion = 'run',
): Promise<void> {
  const today = civilDateAt(now, organisation.timeZone)
  const waiting = await tx.billing.awaiting(subscriberIds, today)
  if (waiting.length === 0) return
  const restored = await notCutOff(
    tx,
    organisation,
    waiting.filter(({ awaits }) => awaits === 'payment'),
    { today, now },
  )
  const resumed = restored.map((due) => resume(due, today))
  await layTerms(tx, resumed, now)
  await tx.access.accountedFor(resumed.map(({ due }) => due.subscription.id))
  const buyers = waiting.filter(({ subscription }) => termsOn(subscription, today).price.billing === 'prepaid')
  await issueCharges(deps, tx, organisation, [...buyers, ...resumed.map(({ due }) => due)], today, { occasion, at: now })
}

/** Those whose debts, if there are any left, cut none of their lines off. */
async function notCutOff(
  tx: Transaction,
  organisation: Organisation,
  waiting: readonly DueSubscription[],
  when: { readonly today: CivilDate; readonly now: Instant },
): Promise<readonly DueSubscription[]> {
  if (waiting.length === 0) return []
  const subscriberIds = [...new Set(waiting.map(({ subscription }) => subscription.subscriberId))]
  const standings = await tx.access.standings({ subscriberIds, ...when })
  const cutOff = new Set(
    standings.filter((one) => isCutOff(accessInput(one, organisation, when.today))).map(({ subscriptionId }) => subscriptionId),
  )
  return waiting.filter(({ subscription }) => !cutOff.has(subscription.id))
}

type Resumed = { readonly due: DueSubscription; readonly terms: readonly Terms[]; readonly startedOn: CivilDate }

/** One that was never charged begins its service where it goes on, so that what is charged once is charged with it, whenever that is. */
async function layTerms(tx: Transaction, resumed: readonly Resumed[], at: Instant): Promise<void> {
  await tx.subscriptions.addTerms(
    resumed.flatMap(({ due, terms }) => terms.map((one) => ({ subscriptionId: due.subscription.id, terms: one }))),
    at,
  )
  await tx.subscriptions.begin(
    resumed.flatMap(({ due: { subscription }, startedOn }) => (subscription.startsOn === startedOn ? [] : [subscription])),
  )
}

function resume(due: DueSubscription, today: CivilDate): Resumed {
  const { subscription, offSince = today } = due
  const { suspension } = termsOn(subscription, today).price.policy
  if (suspension === 'bill') return { due, terms: [], startedOn: subscription.startsOn }
  const { terms, billedUntil } = resumeOn(subscription, today, suspension, offSince)
  return {
    due: { ...due, subscription: goingOnFrom(withTerms(subscription, terms), billedUntil) },
    terms,
    startedOn: subscription.startsOn,
  }
}
