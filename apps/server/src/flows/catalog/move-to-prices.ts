import { civilDateAt, moveToPrice, type OrganisationId, type SubscriptionId } from '@nyuzi/core'
import type { Deps, Transaction } from '../ports.ts'
import { type CourseOrder, setCourses } from '../steps/set-courses.ts'
import { takeBatch } from '../steps/take-batch.ts'
import { wantAccess } from '../steps/want-access.ts'
import type { PriceMove } from './ports.ts'

const chunkMax = 200

/**
 * Moves the next subscriptions that older versions of a price hold to the new one, the earlier price first: one transaction a chunk, which
 * remembers how far it came, so that no lock lasts and whoever comes after a server that died goes on. One that cannot be moved is
 * left to a person. Returns how many it looked at; 0 when nothing is to be moved.
 */
export async function moveToPrices(deps: Deps, organisationId: OrganisationId): Promise<number> {
  const { store, clock } = deps
  let moved = 0
  const taken = await takeBatch<SubscriptionId>(deps, {
    take: (only, claimed) =>
      store.inOrganisation(organisationId, async (tx) => {
        const move = await tx.priceMoves.lockNext()
        if (move === undefined) return 0
        const ids = only ?? (await tx.priceMoves.replaced(move.price, move.after, chunkMax))
        claimed(ids)
        const count = await moveChunk(deps, tx, move, ids)
        const isDone = only === undefined && ids.length < chunkMax
        await tx.priceMoves.advance(move.price.id, { moved: count, after: ids.at(-1), ...(isDone ? { finishedAt: clock.now() } : {}) })
        moved += count
        return Math.max(ids.length, 1)
      }),
    park: (id, reason) =>
      store.inOrganisation(organisationId, async (tx) => {
        const move = await tx.priceMoves.lockNext()
        if (move) await tx.priceMoves.advance(move.price.id, { moved: 0, after: id })
        const title = `It could not be moved to the new version of its price: ${reason}`
        await tx.tasks.open({ kind: 'price_move_failed', subjectNoun: 'subscription', subjectId: id, title, at: clock.now() })
      }),
  })
  if (moved > 0) deps.wake('access', organisationId)
  return taken
}

/** Until nothing is to be moved. */
export async function finishPriceMoves(deps: Deps, organisationId: OrganisationId): Promise<void> {
  while ((await moveToPrices(deps, organisationId)) > 0);
}

async function moveChunk(deps: Deps, tx: Transaction, { price }: PriceMove, ids: readonly SubscriptionId[]): Promise<number> {
  if (ids.length === 0) return 0
  const now = deps.clock.now()
  const organisation = await tx.organisation.read()
  const today = civilDateAt(now, organisation.timeZone)
  const subscriberIds = await tx.subscriptions.subscribersOf(ids)
  await tx.billing.lockSubscribers(subscriberIds)
  const subscriptions = await tx.subscriptions.lockTimelines(ids)
  const orders = subscriptions.flatMap((subscription): CourseOrder[] => {
    const course = moveToPrice(subscription, price, today)
    return course === undefined ? [] : [{ subscription, course, reason: '', awaits: subscription.awaits }]
  })
  await setCourses(deps, tx, organisation, orders, today)
  await wantAccess(tx, organisation, now, { subscriberIds, today })
  return orders.length
}
