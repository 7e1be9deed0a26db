import { isOver } from '../subscriptions/lifecycle.ts'
import { billingAnchorOf, goingOnFrom, type Subscription, type Terms, termsOn } from '../subscriptions/subscription.ts'
import type { CivilDate } from '../time/calendar.ts'
import { periodContaining } from '../time/period.ts'
import type { Charge } from './charge.ts'
import { chargeSpan } from './charge-span.ts'
import { nextSpan, type Span } from './next-span.ts'

/** What credit buys next for a prepaid subscription, and what becomes of it when it is bought. */
export type Purchase = {
  readonly charges: readonly Charge[]
  readonly billedUntil: CivilDate
  /** The first day that was not bought: before today, when the purchase is late. */
  readonly lackingFrom: CivilDate
  /** As it stands once this is bought. */
  readonly then: Subscription
  /** New terms from today on, when the late renewal moves the billing day. */
  readonly restarted?: Terms
}

/**
 * The next days of a prepaid subscription as they would be bought today; undefined when today is paid for or nothing is
 * to be bought. Days that passed without service are not charged: a late renewal buys a whole period from today when the
 * billing day moves, and the period that holds today when it stays.
 */
export function nextPurchase(subscription: Subscription, today: CivilDate): Purchase | undefined {
  const due = nextSpan(subscription)
  if (due === undefined || due.period.start > today || isOver(subscription, today)) return undefined
  const lackingFrom = due.period.start
  if (lackingFrom === today) return bought(subscription, lackingFrom)
  const terms = termsOn(subscription, today)
  if (terms.price.policy.lateRenewal === 'from_old_end')
    return bought(goingOnFrom(subscription, startOfPeriod(subscription, terms, today)), lackingFrom)
  return terms.from === today ? bought(goingOnFrom(subscription, today), lackingFrom) : fromToday(subscription, due, terms, today)
}

function bought(subscription: Subscription, lackingFrom: CivilDate, restarted?: Terms): Purchase | undefined {
  const span = nextSpan(subscription)
  if (span === undefined) return undefined
  const billedUntil = span.period.end
  const then = { ...subscription, billedUntil }
  return { charges: chargeSpan(subscription, span), billedUntil, lackingFrom, then, ...(restarted === undefined ? {} : { restarted }) }
}

function startOfPeriod({ billedUntil }: Subscription, terms: Terms, today: CivilDate): CivilDate {
  const start = periodContaining(billingAnchorOf(terms), today)?.period.start ?? today
  return [start, terms.from, billedUntil].reduce((latest, day) => (day > latest ? day : latest))
}

function fromToday(subscription: Subscription, due: Span, terms: Terms, today: CivilDate): Purchase | undefined {
  const restarted: Terms = {
    ...terms,
    number: subscription.termsAgreed + 1,
    origin: today,
    anchorDay: Number(today.slice(8)),
    from: today,
    periodsBefore: terms.number === due.terms.number ? due.index : terms.periodsBefore,
  }
  const moved = {
    ...goingOnFrom(subscription, today),
    terms: [restarted, ...subscription.terms.filter(({ from }) => from > today)],
  }
  const span = nextSpan(moved)
  return span === undefined || span.period.start > today ? undefined : bought(moved, due.period.start, restarted)
}
