import type { Charge } from '../rating/charge.ts'
import { chargeSpan } from '../rating/charge-span.ts'
import { nextPurchase } from '../rating/next-purchase.ts'
import { nextSpan } from '../rating/next-span.ts'
import { type Subscription, termsOn } from '../subscriptions/subscription.ts'
import type { TaxPack } from '../tax/rule.ts'
import type { CivilDate } from '../time/calendar.ts'
import { draftInvoice } from './draft-invoice.ts'

/** What credit has to cover for a prepaid subscription to go on. */
export type Renewal = {
  /** The first day that is not bought yet. */
  readonly on: CivilDate
  readonly amountMinor: bigint
}

/**
 * What credit buys next: today, where it lacks today, or else on the first day that is not bought, with the taxes of the
 * day of the purchase. Undefined when nothing will be bought, as things stand.
 */
export function renewalOf(subscription: Subscription, today: CivilDate, taxPack: TaxPack | undefined): Renewal | undefined {
  const cost = (charges: readonly Charge[], day: CivilDate) => costMinor(subscription, charges, day, taxPack)
  const isPrepaid = termsOn(subscription, subscription.billedUntil).price.billing === 'prepaid'
  const purchase = isPrepaid ? nextPurchase(subscription, today) : undefined
  if (purchase !== undefined) return { on: purchase.lackingFrom, amountMinor: cost(purchase.charges, today) }
  const span = nextSpan(subscription)
  if (span === undefined || span.period.start <= today || span.terms.price.billing !== 'prepaid') return undefined
  return { on: span.period.start, amountMinor: cost(chargeSpan(subscription, span), span.period.start) }
}

function costMinor({ subscriberId }: Subscription, charges: readonly Charge[], today: CivilDate, taxPack: TaxPack | undefined): bigint {
  return charges.length === 0 ? 0n : draftInvoice({ subscriberId, charges, today, taxPack }).total.amountMinor
}
