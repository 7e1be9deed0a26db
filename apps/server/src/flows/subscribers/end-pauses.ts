import { type CivilDate, creditReasons, type OrganisationId, resumePaused } from '@nyuzi/core'
import type { Deps } from '../ports.ts'
import { type CourseOrder, setCourses } from '../steps/set-courses.ts'
import { wantAccess } from '../steps/want-access.ts'

const batchMax = 500

/** Settles the pauses whose end has come, before the invoices of the day: their days stay charged, are credited, or follow. */
export async function endPauses(deps: Deps, organisationId: OrganisationId, day: CivilDate): Promise<void> {
  for (;;) {
    const ended = await deps.store.inOrganisation(organisationId, async (tx) => {
      const due = await tx.subscriptions.pausesToSettle(day, batchMax)
      if (due.length === 0) return 0
      const organisation = await tx.organisation.read()
      const subscriberIds = [...new Set(due.map(({ subscriberId }) => subscriberId))]
      await tx.billing.lockSubscribers(subscriberIds)
      const subscriptions = await tx.subscriptions.lockTimelines([...new Set(due.map(({ subscriptionId }) => subscriptionId))])
      // Read again under the lock: someone may have resumed it meanwhile. One pause each a round, the earliest first.
      const orders: CourseOrder[] = []
      for (const subscription of subscriptions) {
        const pause = (await tx.subscriptions.pauses(subscription.id)).find(
          ({ until, settledOn }) => settledOn === undefined && until !== undefined && until <= day,
        )
        if (pause?.until === undefined) continue
        await tx.subscriptions.endPause(subscription.id, pause.from, pause.until)
        const isOver = subscription.status === 'cancelled' && (subscription.cancelledOn ?? day) <= pause.from
        if (isOver) continue
        const { awaits } = subscription
        orders.push({ subscription, course: resumePaused(subscription, pause, pause.until), reason: creditReasons.pause, awaits })
      }
      await setCourses(deps, tx, organisation, orders, day)
      await wantAccess(tx, organisation, deps.clock.now(), { subscriberIds, today: day })
      return due.length
    })
    if (ended === 0) return
    deps.wake('access', organisationId)
  }
}
