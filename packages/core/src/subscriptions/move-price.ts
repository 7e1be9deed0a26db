import type { Price } from '../catalog/price.ts'
import type { CivilDate } from '../time/calendar.ts'
import { periodContaining } from '../time/period.ts'
import type { Course } from './course.ts'
import { billingAnchorOf, type Subscription, type Terms, termsOn } from './subscription.ts'

/** Is it an older version for the same buyers? */
export const replaces = (price: Price, old: Price): boolean =>
  old.planId === price.planId && old.version < price.version && old.segment === price.segment && old.branchId === price.branchId

/**
 * The course onto a new version of the price: from the first period that begins when the version is in force and is not
 * charged yet, at no extra charge. Its periods and phases go on; undefined where no older version holds from then on.
 */
export function moveToPrice(subscription: Subscription, price: Price, today: CivilDate): Course | undefined {
  const from = firstPeriodUnder(subscription, price, today)
  const ahead = subscription.terms.filter((terms) => terms.from !== terms.until && (terms.until === undefined || terms.until > from))
  const old = ahead.flatMap((terms, index) => (replaces(price, terms.price) ? [index] : []))
  const [first, last = 0] = [old[0], old.at(-1)]
  if (first === undefined) return undefined
  const moved = ahead.slice(first, last + 1).map(
    (terms, index): Terms => ({
      ...terms,
      number: subscription.termsAgreed + 1 + index,
      price: replaces(price, terms.price) ? price : terms.price,
      from: terms.from > from ? terms.from : from,
    }),
  )
  return { terms: moved, billedUntil: subscription.billedUntil }
}

function firstPeriodUnder(subscription: Subscription, { effectiveFrom }: Price, today: CivilDate): CivilDate {
  const { billedUntil } = subscription
  const start = billedUntil > effectiveFrom ? billedUntil : effectiveFrom
  const held = termsOn(subscription, start)
  // What ran out has no period: it begins one when it is bought.
  if (held.price.billing === 'prepaid' && billedUntil < today) return effectiveFrom > today ? effectiveFrom : today
  const period = periodContaining(billingAnchorOf(held), start)?.period
  if (period === undefined || period.start === start) return start
  return period.end
}
