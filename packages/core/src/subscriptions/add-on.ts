import type { Price } from '../catalog/price.ts'
import type { CivilDate } from '../time/calendar.ts'
import { periodContaining } from '../time/period.ts'
import type { Course } from './course.ts'
import { billingAnchorOf, type Subscription, type Terms, termsOn } from './subscription.ts'

/** The first terms of an add-on: its periods are those of its base, so the first one is the rest of the base's. Its phases are its own. */
export function addOnTerms(base: Pick<Subscription, 'terms'>, price: Price, startsOn: CivilDate): Terms {
  const held = termsOn(base, startsOn)
  const origin = periodContaining(billingAnchorOf(held), startsOn)?.period.start ?? held.origin
  return { number: 1, price, origin, anchorDay: held.anchorDay, from: startsOn, periodsBefore: 0 }
}

/** The course of an add-on when the periods of its base begin anew on a day: so do its own. */
export function followBase(addOn: Subscription, { origin, anchorDay, from }: Terms): Course {
  const held = termsOn(addOn, from)
  const index = periodContaining(billingAnchorOf(held), from)?.index ?? 0
  const terms: Terms = {
    number: addOn.termsAgreed + 1,
    price: held.price,
    origin,
    anchorDay,
    from,
    periodsBefore: held.periodsBefore + index,
  }
  return { terms: [terms], billedUntil: addOn.billedUntil < from ? addOn.billedUntil : from, released: { from } }
}
