import { defaultBillingPolicy } from '../src/catalog/billing-policy.ts'
import type { Price } from '../src/catalog/price.ts'
import type { InvoiceDraft, InvoiceLine } from '../src/invoicing/invoice.ts'
import { money } from '../src/money/money.ts'
import type { Charge } from '../src/rating/charge.ts'
import type { Subscription, Terms } from '../src/subscriptions/subscription.ts'
import { civilDate } from '../src/time/calendar.ts'
import { idOf } from './arbitraries.ts'

/** Usual nouns, to be changed where a test needs it. */
export const profile = { name: 'home-10', downloadBps: 10_000_000n, uploadBps: 5_000_000n }

export const priceOf = (changes: Partial<Price> = {}): Price => ({
  id: idOf('price', 1),
  planId: idOf('plan', 1),
  version: 3,
  amount: money(250_000n, 'KES'),
  cadence: { unit: 'month', count: 1 },
  profile,
  graceDays: 3,
  effectiveFrom: civilDate('2026-01-01'),
  billing: 'postpaid',
  timing: 'advance',
  category: 'internet',
  taxClass: 'internet',
  pricing: 'inclusive',
  phases: [],
  extras: [],
  policy: defaultBillingPolicy,
  ...changes,
})

export const termsOf = (changes: Partial<Terms> = {}): Terms => {
  const origin = changes.origin ?? civilDate('2026-06-01')
  return { number: 1, price: priceOf(), origin, anchorDay: 1, from: origin, periodsBefore: 0, ...changes }
}

/** `price` and `anchorDay` are those of its only terms. */
export function subscriptionOf({
  price,
  anchorDay,
  ...changes
}: Partial<Subscription & Pick<Terms, 'price' | 'anchorDay'>> = {}): Subscription {
  const startsOn = changes.startsOn ?? civilDate('2026-06-01')
  const terms = termsOf({ origin: startsOn, ...(price === undefined ? {} : { price }), ...(anchorDay === undefined ? {} : { anchorDay }) })
  return {
    id: idOf('subscription', 1),
    subscriberId: idOf('subscriber', 1),
    startsOn,
    status: 'active',
    terms: [terms],
    termsAgreed: changes.terms?.length ?? 1,
    pauses: [],
    billedUntil: startsOn,
    ...changes,
  }
}

export const chargeOf = (changes: Partial<Charge> = {}): Charge => ({
  subscriptionId: idOf('subscription', 1),
  description: { kind: 'plan' },
  component: 'base',
  category: 'internet',
  amount: money(250_000n, 'KES'),
  rate: money(250_000n, 'KES'),
  whole: { start: civilDate('2026-06-01'), end: civilDate('2026-07-01') },
  taxClass: 'internet',
  pricing: 'inclusive',
  period: { start: civilDate('2026-06-01'), end: civilDate('2026-07-01') },
  dueOn: changes.period?.start ?? civilDate('2026-06-01'),
  priceId: idOf('price', 1),
  priceVersion: 3,
  terms: 1,
  arithmetic: '2500.00',
  ...changes,
})

/** Without taxes. */
export function lineOf(changes: Partial<Charge & Pick<InvoiceLine, 'position'>> = {}): InvoiceLine {
  const { position = 1, ...changed } = changes
  const { amount, ...charge } = chargeOf(changed)
  return { ...charge, position, taxPoint: civilDate('2026-05-27'), net: amount, taxes: [], total: amount }
}

export const draftOf = (changes: Partial<InvoiceDraft> = {}): InvoiceDraft => ({
  subscriberId: idOf('subscriber', 1),
  currency: 'KES',
  lines: [lineOf()],
  total: money(250_000n, 'KES'),
  dueOn: civilDate('2026-06-01'),
  issuedOn: civilDate('2026-05-27'),
  ...changes,
})
