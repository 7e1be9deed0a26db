import {
  type AllowanceId,
  asId,
  civilDateAt,
  type DataBundleId,
  type InvoiceId,
  type OrganisationId,
  plusMs,
  type SubscriptionId,
  termsOn,
  written,
} from '@nyuzi/core'
import { checkCurrency } from '../check-currency.ts'
import { Conflict, NotFound } from '../errors.ts'
import { type Idempotent, withIdempotency } from '../idempotency.ts'
import type { Deps, IdempotentRequest } from '../ports.ts'
import { issueDebitNotes } from '../steps/issue-debit-notes.ts'
import { lockSubscription } from '../steps/lock-subscription.ts'
import { wantAccess } from '../steps/want-access.ts'

export type SoldDataBundle = { readonly allowanceId: AllowanceId; readonly invoiceId: InvoiceId }

export type SellDataBundle = {
  readonly dataBundleId: DataBundleId
  readonly actor: string
  readonly idempotency?: IdempotentRequest<SoldDataBundle>
}

const dayMs = 86_400_000

/** Claims the price and gives the units, both or neither. A prepaid subscription buys it with the credit it has. */
export async function sellDataBundle(
  deps: Deps,
  organisationId: OrganisationId,
  subscriptionId: SubscriptionId,
  { dataBundleId, actor, idempotency }: SellDataBundle,
): Promise<Idempotent<SoldDataBundle>> {
  const now = deps.clock.now()
  const done = await deps.store.inOrganisation(organisationId, (tx) =>
    withIdempotency(tx, idempotency, async () => {
      const organisation = await tx.organisation.read()
      const today = civilDateAt(now, organisation.timeZone)
      const { subscription } = await lockSubscription(tx, subscriptionId)
      const { subscriberId, payerId } = subscription
      const bundle = await tx.usage.lockDataBundle(dataBundleId)
      if (!bundle) throw new NotFound('data bundle', 'dataBundle')
      const { code, title, unit, units, validDays, amount, category, taxClass, pricing, withdrawnAt } = bundle
      if (withdrawnAt) throw new Conflict('data_bundle_withdrawn', `${code} is not sold any more.`)
      const { price } = termsOn(subscription, today)
      checkCurrency(price.amount.currency, amount, 'dataBundle')
      const charge = { description: written(title), category, taxClass, pricing, amount }
      const [claim] = await issueDebitNotes(deps, tx, organisation, [
        { subscriberId: payerId, charges: [charge], issuedOn: today, dueOn: today },
      ])
      const invoiceId = claim?.id as InvoiceId
      if (price.billing === 'prepaid') {
        const open = await tx.billing.openInvoices([payerId])
        if (open.some((invoice) => invoice.invoiceId === invoiceId))
          throw new Conflict('not_enough_credit', `${code} is prepaid: the subscriber has not enough credit for it.`)
      }
      const allowanceId = asId('allowance', deps.ids.next())
      const validUntil = plusMs(now, validDays * dayMs)
      const sale = { dataBundleId, invoiceId }
      await tx.usage.addAllowance(
        { id: allowanceId, subscriptionId, title, unit, grantedUnits: units, sale, validFrom: now, validUntil },
        now,
      )
      await wantAccess(tx, organisation, now, { subscriberIds: [...new Set([subscriberId, payerId])], today })
      const detail = { code, allowance: allowanceId, invoice: invoiceId }
      await tx.audit.write({ actor, action: 'data_bundle.sell', subjectNoun: 'subscription', subjectId: subscriptionId, detail, at: now })
      return { allowanceId, invoiceId }
    }),
  )
  if (done.outcome === 'done') deps.wake('access', organisationId)
  return done
}
