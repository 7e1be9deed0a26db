import type { BillingMode } from '../catalog/price.ts'
import type { Subscription } from '../subscriptions/subscription.ts'
import type { CivilDate } from '../time/calendar.ts'
import type { Charge } from './charge.ts'
import { chargeSpan } from './charge-span.ts'
import { nextInvoiceOn, nextSpan, spanDays } from './next-span.ts'

export type ChargesDue = {
  readonly charges: readonly Charge[]
  /** To be stored with the charges, also when all of them were nothing and are not listed. */
  readonly billedUntil: CivilDate
  /** The first day on which more is to be invoiced; absent when nothing is, as things stand. */
  readonly nextInvoiceOn?: CivilDate
  /** More was due than one run may charge: a person should look why. */
  readonly capped: boolean
}

/** A runaway stops here: no honest subscription owes more than this in one day. */
const spansMax = 15

/**
 * What a run charges on a day: every span of days, from the cursor on, whose invoice may be issued by then. Charges of
 * nothing (a trial, a free plan) move the cursor and are not listed. Prepaid is bought, one span at a time: see `nextPurchase`;
 * so what is charged ends where terms of the other mode begin.
 */
export function chargesDue(subscription: Subscription, today: CivilDate, policy: { readonly leadDays: number }): ChargesDue {
  const charges: Charge[] = []
  let at = subscription
  let mode: BillingMode | undefined
  for (let spans = 0; ; spans += 1) {
    const span = nextSpan(at)
    if (span === undefined) {
      const passOn = nextInvoiceOn(at, policy.leadDays)
      return { charges, billedUntil: at.billedUntil, capped: false, ...(passOn === undefined ? {} : { nextInvoiceOn: passOn }) }
    }
    const { invoiceOn } = spanDays(span, policy.leadDays)
    mode ??= span.terms.price.billing
    if (invoiceOn > today || span.terms.price.billing !== mode)
      return { charges, billedUntil: at.billedUntil, nextInvoiceOn: invoiceOn, capped: false }
    if (spans === spansMax) return { charges, billedUntil: at.billedUntil, nextInvoiceOn: invoiceOn, capped: true }
    charges.push(...chargeSpan(at, span))
    at = { ...at, billedUntil: span.period.end }
  }
}
