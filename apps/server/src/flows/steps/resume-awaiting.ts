import { addDays, type CivilDate, graceDaysOf, resumeOn, type SubscriberId, type Terms, termsOn, withTerms } from '@nyuzi/core'
import type { DueSubscription } from '../billing/ports.ts'
import type { Deps, Organisation, Transaction } from '../ports.ts'
import { issueCharges } from './issue-charges.ts'

/**
 * The step after money came in: prepaid subscriptions that waited for credit are bought as far as it reaches, and those
 * that were not charged while a debt kept them off go on from today once it is paid. What is postpaid and due is left to the run of the day.
 */
export async function resumeAwaiting(
  deps: Pick<Deps, 'ids' | 'clock' | 'log'>,
  tx: Transaction,
  organisation: Organisation,
  today: CivilDate,
  subscriberIds: readonly SubscriberId[],
): Promise<void> {
  const waiting = await tx.billing.awaiting(subscriberIds, today)
  if (waiting.length === 0) return
  const restored = await withoutDebt(
    tx,
    waiting.filter(({ awaits }) => awaits === 'payment'),
    today,
  )
  const resumed = restored.map((due) => resume(due, today))
  await tx.subscriptions.addTerms(
    resumed.flatMap(({ due, terms }) => terms.map((one) => ({ subscriptionId: due.subscription.id, terms: one }))),
    deps.clock.now(),
  )
  const buyers = waiting.filter(({ subscription }) => termsOn(subscription, today).price.billing === 'prepaid')
  await issueCharges(deps, tx, organisation, [...buyers, ...resumed.map(({ due }) => due)], today)
}

async function withoutDebt(tx: Transaction, waiting: readonly DueSubscription[], today: CivilDate): Promise<readonly DueSubscription[]> {
  if (waiting.length === 0) return []
  const open = await tx.billing.openInvoices([...new Set(waiting.map(({ payerId }) => payerId))])
  return waiting.filter(({ subscription, payerId }) => {
    const oldest = open.find(({ subscriberId }) => subscriberId === payerId)
    return oldest === undefined || addDays(oldest.dueOn, graceDaysOf(subscription, today)) >= today
  })
}

function resume(due: DueSubscription, today: CivilDate): { readonly due: DueSubscription; readonly terms: readonly Terms[] } {
  const { subscription, offSince = today } = due
  const { suspension } = termsOn(subscription, today).price.policy
  if (suspension === 'bill') return { due, terms: [] }
  const { terms, billedUntil } = resumeOn(subscription, today, suspension, offSince)
  return { due: { ...due, subscription: { ...withTerms(subscription, terms), billedUntil } }, terms }
}
