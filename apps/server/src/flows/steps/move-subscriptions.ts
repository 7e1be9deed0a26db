import { civilDateAt, moveToPrice, type Price, sameCadence } from '@nyuzi/core'
import { Conflict } from '../errors.ts'
import type { Deps, Organisation, Transaction } from '../ports.ts'
import type { SubscriptionRef } from '../subscribers/ports.ts'
import { type CourseOrder, setCourses } from './set-courses.ts'
import { wantAccess } from './want-access.ts'

const chunkMax = 500

/** The step that moves every active subscription that an older version of the price holds to the new one; tells how many it were. */
export async function moveSubscriptions(
  deps: Pick<Deps, 'ids' | 'clock'>,
  tx: Transaction,
  organisation: Organisation,
  price: Price,
): Promise<number> {
  const now = deps.clock.now()
  const today = civilDateAt(now, organisation.timeZone)
  let moved = 0
  let after: SubscriptionRef | undefined
  for (;;) {
    const chunk = await tx.subscriptions.replacedBy(price, after, chunkMax)
    const subscriberIds = [...new Set(chunk.map(({ subscriberId }) => subscriberId))]
    await tx.billing.lockSubscribers(subscriberIds)
    const subscriptions = await tx.subscriptions.lockTimelines(chunk.map(({ id }) => id))
    const orders = subscriptions.flatMap((subscription): CourseOrder[] => {
      const course = moveToPrice(subscription, price, today)
      return course === undefined ? [] : [{ subscription, course, reason: '', awaits: subscription.awaits }]
    })
    if (orders.some(({ subscription }) => !sameCadence(subscription.terms.at(-1)?.price.cadence ?? price.cadence, price.cadence)))
      throw new Conflict(
        'cadence_differs',
        'Subscriptions that move keep their periods: give the price the same cadence, or let them stay.',
      )
    await setCourses(deps, tx, organisation, orders, today)
    await wantAccess(tx, organisation, now, { subscriberIds, today })
    moved += orders.length
    after = chunk.at(-1)
    if (chunk.length < chunkMax) return moved
  }
}
