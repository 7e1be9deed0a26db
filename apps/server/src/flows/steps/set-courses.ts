import { type CivilDate, type Course, nextInvoiceOn, type SubscriberId, withTerms } from '@nyuzi/core'
import type { ChargedDays } from '../credits/ports.ts'
import type { Deps, Organisation, Transaction } from '../ports.ts'
import type { Awaits, LockedSubscription } from '../subscribers/ports.ts'
import { type CreditNoteOrder, type IssuedCreditNote, issueCreditNotes } from './issue-credit-notes.ts'
import { renewalsOf } from './price-renewals.ts'

export type CourseOrder = {
  readonly subscription: LockedSubscription
  readonly course: Course
  /** Stands on the credit note. */
  readonly reason: string
  /** Of a subscription whose next charge is not scheduled but waits. */
  readonly awaits?: Awaits | undefined
}

/**
 * The step that lays subscriptions on a new course: gives back the charged days that it releases, one credit note a payer
 * and reason, adds its terms, and moves the cursor. The caller has locked the subscriptions, and goes on with `issueCharges`
 * or leaves what is due to the run, then with `wantAccess`.
 */
export async function setCourses(
  deps: Pick<Deps, 'ids' | 'clock'>,
  tx: Transaction,
  organisation: Organisation,
  orders: readonly CourseOrder[],
  day: CivilDate,
): Promise<readonly IssuedCreditNote[]> {
  const spans = orders.flatMap(({ subscription, course: { released } }) =>
    released === undefined ? [] : [{ subscriptionId: subscription.id, ...released }],
  )
  const notes = await issueCreditNotes(deps, tx, creditOrders(orders, await tx.credits.chargedDays(spans), day))
  await tx.subscriptions.addTerms(
    orders.flatMap(({ subscription, course }) => course.terms.map((terms) => ({ subscriptionId: subscription.id, terms }))),
    deps.clock.now(),
  )
  const { invoiceLeadDays } = organisation.policy
  const laid = orders.map(({ subscription, course: { terms, billedUntil }, awaits }) => {
    const next = { ...withTerms(subscription, terms), billedUntil, payerId: subscription.payerId }
    const { id } = subscription
    // What waited for credit is decided on again: it may be covered now.
    const schedule = awaits === 'payment' ? { awaits } : { nextInvoiceOn: nextInvoiceOn(next, invoiceLeadDays) }
    return { next, advance: { id, billedUntil, ...schedule } }
  })
  const renewals = await renewalsOf(
    tx,
    organisation,
    laid.map(({ next }) => next),
    day,
  )
  await tx.billing.advance(laid.map(({ advance }) => ({ ...advance, renewal: renewals.get(advance.id) })))
  return notes
}

function creditOrders(orders: readonly CourseOrder[], charged: readonly ChargedDays[], issuedOn: CivilDate): readonly CreditNoteOrder[] {
  const reasons = new Map(orders.map(({ subscription, reason }) => [subscription.id, reason]))
  const notes = new Map<
    string,
    {
      subscriberId: SubscriberId
      reason: string
      lines: { invoiceId: ChargedDays['invoiceId']; position: number; days: ChargedDays['days'] }[]
    }
  >()
  for (const { subscriptionId, payerId, invoiceId, position, days } of charged) {
    const reason = reasons.get(subscriptionId) ?? ''
    const note = notes.get(`${payerId} ${reason}`) ?? { subscriberId: payerId, reason, lines: [] }
    note.lines.push({ invoiceId, position, days })
    notes.set(`${payerId} ${reason}`, note)
  }
  return [...notes.values()].map((note) => ({ ...note, issuedOn }))
}
