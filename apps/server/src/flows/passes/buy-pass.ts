import { type Instant, type InvoiceId, type OrganisationId, passTermsOn, type SubscriptionId } from '@nyuzi/core'
import { changeDebt } from '../change-debt.ts'
import { Conflict } from '../errors.ts'
import type { Idempotent } from '../idempotency.ts'
import type { Deps, IdempotentRequest } from '../ports.ts'
import { issueCharges } from '../steps/issue-charges.ts'
import { lockSubscription } from '../steps/lock-subscription.ts'

export type PassBought = {
  readonly from: Instant
  readonly until: Instant
  /** Absent where it cost nothing. */
  readonly invoiceId?: InvoiceId
}

export type BuyPass = { readonly actor: string; readonly idempotency?: IdempotentRequest<PassBought> }

/** One more pass with the credit there is: from now on, or from the end of the one that is valid. */
export const buyPass = (deps: Deps, organisationId: OrganisationId, id: SubscriptionId, input: BuyPass): Promise<Idempotent<PassBought>> =>
  changeDebt(deps, organisationId, input, async ({ tx, now, organisation, today }) => {
    const { subscription } = await lockSubscription(tx, id)
    if (passTermsOn(subscription, today) === undefined)
      throw new Conflict('no_passes', 'This subscription is not sold by passes. Change it to a plan of minutes or hours first.')
    const before = await tx.passes.last(id)
    const due = await tx.passes.due([id])
    if (due.length === 0) throw new Conflict('not_billable', 'Billing this subscription waits for a person: settle its task first.')
    const { refused } = await issueCharges(deps, tx, organisation, due, today, { occasion: 'request', at: now })
    const [failed] = refused
    if (failed) throw new Conflict('not_billable', `The pass cannot be billed: ${failed.reason}.`)
    const bought = await tx.passes.last(id)
    if (bought === undefined || bought.id === before?.id)
      throw new Conflict('not_enough_credit', 'The credit does not reach for a pass. Take a payment first.')
    const { id: passId, ...pass } = bought
    return {
      result: pass,
      subscriberIds: [subscription.subscriberId, subscription.payerId],
      audit: { action: 'pass.buy', subjectNoun: 'subscription', subjectId: id, detail: { pass: passId } },
    }
  })
