import {
  type CivilDate,
  type Instant,
  isPass,
  type Pause,
  type Price,
  type PriceId,
  type SubscriberId,
  type SubscriptionId,
  type SubscriptionStatus,
  type Terms,
} from '@nyuzi/core'
import type { Awaits, LockedSubscription, PauseEnd, SubscriptionStore } from '../flows/subscribers/ports.ts'
import { fromRowPrice, type PriceRow, priceColumns } from './catalog.ts'
import { fromRow, fromRows } from './mapping.ts'
import { passEnds } from './pass-ends.ts'
import { inScope, type Scope } from './scope.ts'
import { rowsOf, type Sql } from './transaction.ts'

export const subscriptionStore = (sql: Sql, scope?: Scope): SubscriptionStore => ({
  async add({ id, subscriberId, startsOn, status, graceDays, billedUntil }, { nextInvoiceOn, awaits }, at, baseId) {
    const [added] = await sql<{ payerId: SubscriberId }[]>`
      insert into subscriptions (organisation_id, id, subscriber_id, base_id, payer_id, starts_on, status, grace_days, billed_until, next_invoice_on, awaits, created_at)
      values (nyuzi_organisation(), ${id}, ${subscriberId}, ${baseId ?? null}, coalesce((select parent_id from subscribers where id = ${subscriberId} and parent_pays), ${subscriberId}),
              ${startsOn}, ${status}, ${graceDays ?? null}, ${billedUntil}, ${nextInvoiceOn ?? null}, ${awaits ?? null}, ${at}) returning payer_id as "payerId"`
    return added?.payerId ?? subscriberId
  },
  async read(id) {
    const [found] = await readSubscriptions(sql, sql`where s.id = ${id}`)
    return found
  },
  async lock(id) {
    await sql`select from subscriptions where id = ${id} for update`
    const [found] = await readSubscriptions(sql, sql`where s.id = ${id}`)
    return found
  },
  async lockTimelines(ids) {
    if (ids.length === 0) return []
    await sql`select from subscriptions where id = any(${[...ids]}::uuid[]) order by id for update`
    return await readSubscriptions(sql, sql`where s.id = any(${[...ids]}::uuid[])`, true)
  },
  async begin(subscriptions) {
    if (subscriptions.length === 0) return
    const rows = subscriptions.map(({ id, startsOn }) => ({ id, startsOn }))
    await sql`update subscriptions s set starts_on = r.starts_on from ${rowsOf(sql, rows, { id: 'uuid', startsOn: 'date' })} where s.id = r.id`
  },
  async addTerms(terms, at) {
    if (terms.length === 0) return
    const rows = terms.map(({ subscriptionId, terms: { price, from, until, ...rest } }) => ({
      subscriptionId,
      priceId: price.id,
      fromOn: from,
      untilOn: until,
      ...rest,
    }))
    const columns = {
      subscriptionId: 'uuid',
      number: 'integer',
      priceId: 'uuid',
      origin: 'date',
      anchorDay: 'integer',
      fromOn: 'date',
      untilOn: 'date',
      periodsBefore: 'integer',
    } as const
    // What was agreed for their days before holds on none of them: terms that were to begin among them never do.
    await sql`
      update subscription_terms t set until_on = greatest(t.from_on, lower(r.days))
        from (select subscription_id, daterange(min(from_on), case when bool_and(until_on is not null) then max(until_on) end) as days
                from ${rowsOf(sql, rows, columns)} group by subscription_id) r
       where t.subscription_id = r.subscription_id and (t.until_on is null or t.until_on > t.from_on) and daterange(t.from_on, t.until_on) && r.days`
    await sql`
      insert into subscription_terms (organisation_id, created_at, subscription_id, number, price_id, origin, anchor_day, from_on, until_on, periods_before)
      select nyuzi_organisation(), ${at}, r.* from ${rowsOf(sql, rows, columns)}`
  },
  async cancel(id, cancelledOn) {
    await sql`update subscriptions set status = 'cancelled', cancelled_on = ${cancelledOn} where id = ${id}`
  },
  async subscribersOf(ids) {
    const rows = await sql<
      { id: SubscriberId }[]
    >`select distinct subscriber_id as id from subscriptions where id = any(${[...ids]}::uuid[])`
    return rows.map(({ id }) => id)
  },
  async addOns(id) {
    const rows = await sql`select id from subscriptions where base_id = ${id} and status = 'active' order by id`
    return rows.map((row) => row.id as SubscriptionId)
  },
  async addPause(id, { from, until, policy, reason, settledOn }, at) {
    await sql`
      insert into subscription_pauses (organisation_id, subscription_id, from_on, until_on, settled_on, policy, reason, created_at)
      values (nyuzi_organisation(), ${id}, ${from}, ${until ?? null}, ${settledOn ?? null}, ${policy}, ${reason}, ${at})`
  },
  async endPause(id, from, until) {
    await sql`
      update subscription_pauses set until_on = greatest(from_on, ${until}::date), settled_on = greatest(from_on, ${until}::date)
       where subscription_id = ${id} and from_on = ${from}`
  },
  async pausesToSettle(day, limit) {
    return fromRows<PauseEnd>(
      await sql`
        select p.subscription_id as "subscriptionId", s.subscriber_id as "subscriberId", p.from_on as "from", p.until_on as until, p.policy
          from subscription_pauses p join subscriptions s on s.id = p.subscription_id
         where p.settled_on is null and p.until_on <= ${day} ${inScope(sql, scope, sql`s.subscriber_id`)} order by p.until_on, p.subscription_id limit ${limit}`,
    )
  },
  async pauses(id) {
    const rows = await sql`
      select from_on as "from", until_on as until, policy, reason, settled_on as "settledOn" from subscription_pauses
       where subscription_id = ${id} and (until_on is null or until_on > from_on) order by from_on`
    return rows.map((row) => fromRow(row))
  },
})

/** With their terms and pauses from the cursor on, or all of them, in the order of their ids. `filter` is the condition of a query whose subscriptions are called `s`. */
export async function readSubscriptions(sql: Sql, filter: ReturnType<Sql>, sinceEver = false): Promise<readonly LockedSubscription[]> {
  const rows = await sql<Row[]>`
    select s.id, s.subscriber_id as "subscriberId", s.starts_on as "startsOn", s.status, s.cancelled_on as "cancelledOn", s.grace_days as "graceDays",
           s.payer_id as "payerId", s.base_id as "baseId", s.awaits, s.billed_until as "billedUntil", (select max(m.number) from subscription_terms m where m.subscription_id = s.id) as "termsAgreed",
           t.number, t.price_id as "priceId", t.origin, t.anchor_day as "anchorDay", t.from_on as "from", t.until_on as until, t.periods_before as "periodsBefore"
      from subscriptions s
      left join subscription_terms t on t.subscription_id = s.id and (t.until_on is null or (t.until_on > t.from_on and ${sinceEver ? sql`true` : sql`t.until_on > s.billed_until`}))
      ${filter} order by s.id, t.from_on, t.number`
  if (rows.length === 0) return []
  const [prices, pauses] = await Promise.all([
    sql<PriceRow[]>`
      select ${priceColumns(sql)} from prices r where r.id = any(${[...new Set(rows.flatMap(({ priceId }) => priceId ?? []))]}::uuid[])`,
    // A pause whose days are charged interrupts nothing.
    sql<PauseRow[]>`
      select p.subscription_id as "subscriptionId", p.from_on as "from", p.until_on as until
        from subscription_pauses p join subscriptions s on s.id = p.subscription_id
       where s.id = any(${[...new Set(rows.map(({ id }) => id))]}::uuid[]) and p.policy <> 'bill'
         and (p.until_on is null or (p.until_on > p.from_on and ${sinceEver ? sql`true` : sql`p.until_on > s.billed_until`})) order by 1, 2`,
  ])
  const priceOf = new Map(prices.map((row) => [row.id, fromRowPrice(row)]))
  const ends = await passEnds(
    sql,
    rows.flatMap(({ id, priceId }) => (priceId !== null && hasPasses(priceOf.get(priceId)) ? [id] : [])),
  )
  const pausesOf = Map.groupBy(pauses, ({ subscriptionId }) => subscriptionId)
  const subscriptions: (LockedSubscription & { terms: Terms[] })[] = []
  for (const row of rows) {
    let one = subscriptions.at(-1)
    if (one?.id !== row.id) {
      one = toSubscription(row, pausesOf.get(row.id) ?? [], ends.get(row.id))
      subscriptions.push(one)
    }
    const price = row.priceId === null ? undefined : priceOf.get(row.priceId)
    if (price) one.terms.push(toTerms(row, price))
  }
  return subscriptions
}

const hasPasses = (price: Price | undefined): boolean => price !== undefined && isPass(price)

/** A subscription with one of its terms, or with none. */
type Row = {
  id: SubscriptionId
  subscriberId: SubscriberId
  startsOn: CivilDate
  status: SubscriptionStatus
  cancelledOn: CivilDate | null
  graceDays: number | null
  payerId: SubscriberId
  baseId: SubscriptionId | null
  awaits: Awaits | null
  billedUntil: CivilDate
  termsAgreed: number
  priceId: PriceId | null
  until: CivilDate | null
} & Omit<Terms, 'price' | 'until'>

type PauseRow = { subscriptionId: SubscriptionId; from: CivilDate; until: CivilDate | null }

const toSubscription = (
  row: Row,
  pauses: readonly PauseRow[],
  passUntil: Instant | undefined,
): LockedSubscription & { terms: Terms[] } => ({
  ...fromRow<Omit<LockedSubscription, 'terms' | 'pauses'>>({
    id: row.id,
    subscriberId: row.subscriberId,
    startsOn: row.startsOn,
    status: row.status,
    cancelledOn: row.cancelledOn,
    graceDays: row.graceDays,
    payerId: row.payerId,
    baseId: row.baseId,
    awaits: row.awaits,
    billedUntil: row.billedUntil,
    termsAgreed: row.termsAgreed,
  }),
  ...(passUntil === undefined ? {} : { passUntil }),
  terms: [],
  pauses: pauses.map(({ subscriptionId: _, ...pause }) => fromRow<Pause>(pause)),
})

const toTerms = ({ number, origin, anchorDay, from, until, periodsBefore }: Row, price: Price): Terms => ({
  number,
  origin,
  anchorDay,
  from,
  ...(until === null ? {} : { until }),
  periodsBefore,
  price,
})
