import type { CivilDate, SubscriberId, Subscription, SubscriptionId, SubscriptionStatus } from '@nyuzi/core'
import type { SubscriptionStore } from '../flows/subscribers/ports.ts'
import { fromRowPrice, type PriceRow, priceColumns } from './catalog.ts'
import type { Sql } from './transaction.ts'

export const subscriptionStore = (sql: Sql): SubscriptionStore => ({
  async add(subscription, nextInvoiceOn, at) {
    const { id, subscriberId, price, startsOn, anchorDay, status, graceDays, periodsCharged } = subscription
    await sql`
      insert into subscriptions (organisation_id, id, subscriber_id, price_id, starts_on, anchor_day, status, grace_days, periods_charged, next_invoice_on, created_at)
      values (nyuzi_organisation(), ${id}, ${subscriberId}, ${price.id}, ${startsOn}, ${anchorDay}, ${status}, ${graceDays ?? null}, ${periodsCharged}, ${nextInvoiceOn}, ${at})`
  },
  read: (id) => readSubscription(sql, id, sql``),
  lock: (id) => readSubscription(sql, id, sql`for update of s`),
  async cancel(id, cancelledOn, nextInvoiceOn) {
    await sql`update subscriptions set status = 'cancelled', cancelled_on = ${cancelledOn}, next_invoice_on = ${nextInvoiceOn} where id = ${id}`
  },
})

type Row = PriceRow & {
  subscriptionId: SubscriptionId
  subscriberId: SubscriberId
  startsOn: CivilDate
  anchorDay: number
  status: SubscriptionStatus
  cancelledOn: CivilDate | null
  ownGraceDays: number | null
  periodsCharged: number
}

async function readSubscription(sql: Sql, id: SubscriptionId, lock: ReturnType<Sql>): Promise<Subscription | undefined> {
  const [row] = await sql<Row[]>`
    select s.id as "subscriptionId", s.subscriber_id as "subscriberId", s.starts_on as "startsOn", s.anchor_day as "anchorDay", s.status,
           s.cancelled_on as "cancelledOn", s.grace_days as "ownGraceDays", s.periods_charged as "periodsCharged", ${priceColumns(sql)}
    from subscriptions s join prices r on r.organisation_id = s.organisation_id and r.id = s.price_id
    where s.id = ${id} ${lock}`
  return row && fromRowSubscription(row)
}

const fromRowSubscription = (row: Row): Subscription => ({
  id: row.subscriptionId,
  subscriberId: row.subscriberId,
  price: fromRowPrice(row),
  startsOn: row.startsOn,
  anchorDay: row.anchorDay,
  status: row.status,
  periodsCharged: row.periodsCharged,
  ...(row.cancelledOn === null ? {} : { cancelledOn: row.cancelledOn }),
  ...(row.ownGraceDays === null ? {} : { graceDays: row.ownGraceDays }),
})
