import type { Price } from '../src/catalog/price.ts'
import type { InvoiceDraft, InvoiceLine } from '../src/invoicing/invoice.ts'
import { money } from '../src/money/money.ts'
import type { Charge } from '../src/rating/charge.ts'
import type { Subscription } from '../src/subscriptions/subscription.ts'
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
  taxClass: 'internet',
  pricing: 'inclusive',
  ...changes,
})

export const subscriptionOf = (changes: Partial<Subscription> = {}): Subscription => ({
  id: idOf('subscription', 1),
  subscriberId: idOf('subscriber', 1),
  price: priceOf(),
  startsOn: civilDate('2026-06-01'),
  anchorDay: 1,
  status: 'active',
  periodsCharged: 0,
  ...changes,
})

export const chargeOf = (changes: Partial<Charge> = {}): Charge => ({
  subscriptionId: idOf('subscription', 1),
  description: 'Internet, 1 Jun 2026 to 30 Jun 2026',
  category: 'internet',
  amount: money(250_000n, 'KES'),
  taxClass: 'internet',
  pricing: 'inclusive',
  period: { start: civilDate('2026-06-01'), end: civilDate('2026-07-01') },
  priceId: idOf('price', 1),
  priceVersion: 3,
  arithmetic: '2500.00',
  ...changes,
})

/** Without taxes. */
export function lineOf(changes: Partial<Charge & Pick<InvoiceLine, 'position'>> = {}): InvoiceLine {
  const { amount, position, ...charge } = { position: 1, ...chargeOf(), ...changes }
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
