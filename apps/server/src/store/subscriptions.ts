import type { CivilDate, Pause, PriceId, SubscriberId, Subscription, SubscriptionId, SubscriptionStatus, Terms } from '@nyuzi/core'
import type { SubscriptionStore } from '../flows/subscribers/ports.ts'
import { fromRowPrice, type PriceRow, priceColumns } from './catalog.ts'
import { fromRow } from './mapping.ts'
import { rowsOf, type Sql } from './transaction.ts'

export const subscriptionStore = (sql: Sql): SubscriptionStore => ({
  async add({ id, subscriberId, startsOn, status, graceDays, billedUntil }, { nextInvoiceOn, awaits }, at) {
    await sql`
      insert into subscriptions (organisation_id, id, subscriber_id, payer_id, starts_on, status, grace_days, billed_until, next_invoice_on, awaits, created_at)
      values (nyuzi_organisation(), ${id}, ${subscriberId}, coalesce((select parent_id from subscribers where id = ${subscriberId} and parent_pays), ${subscriberId}),
              ${startsOn}, ${status}, ${graceDays ?? null}, ${billedUntil}, ${nextInvoiceOn ?? null}, ${awaits ?? null}, ${at})`
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
    await sql`
      update subscription_terms t set until_on = r.from_on from ${rowsOf(sql, rows, columns)}
       where t.subscription_id = r.subscription_id and t.from_on <= r.from_on and (t.until_on is null or t.until_on > r.from_on)`
    await sql`
      insert into subscription_terms (organisation_id, created_at, subscription_id, number, price_id, origin, anchor_day, from_on, until_on, periods_before)
      select nyuzi_organisation(), ${at}, r.* from ${rowsOf(sql, rows, columns)}`
  },
  async dropTermsFrom(id, from) {
    await sql`delete from subscription_terms where subscription_id = ${id} and from_on >= ${from} and number > 1`
    await sql`update subscription_terms set until_on = null where subscription_id = ${id} and until_on >= ${from} and from_on < ${from}`
  },
  async cancel(id, cancelledOn, nextInvoiceOn) {
    await sql`
      update subscriptions set status = 'cancelled', cancelled_on = ${cancelledOn}, next_invoice_on = ${nextInvoiceOn ?? null}, awaits = null where id = ${id}`
  },
  async addPause(id, { from, until, policy, reason }, at) {
    await sql`
      insert into subscription_pauses (organisation_id, subscription_id, from_on, until_on, policy, reason, created_at)
      values (nyuzi_organisation(), ${id}, ${from}, ${until ?? null}, ${policy}, ${reason}, ${at})`
  },
  async endPause(id, from, until) {
    if (until > from) await sql`update subscription_pauses set until_on = ${until} where subscription_id = ${id} and from_on = ${from}`
    else await sql`delete from subscription_pauses where subscription_id = ${id} and from_on = ${from}`
  },
  async pauses(id) {
    const rows = await sql`
      select from_on as "from", until_on as until, policy, reason from subscription_pauses where subscription_id = ${id} order by from_on`
    return rows.map((row) => fromRow(row))
  },
})

/** With their terms and pauses from the cursor on, in the order of their ids. `filter` is the rest of a query whose subscriptions are called `s`. */
export async function readSubscriptions(sql: Sql, filter: ReturnType<Sql>): Promise<readonly Subscription[]> {
  const rows = await sql<Row[]>`
    select s.id, s.subscriber_id as "subscriberId", s.starts_on as "startsOn", s.status, s.cancelled_on as "cancelledOn", s.grace_days as "graceDays",
           s.billed_until as "billedUntil" from subscriptions s ${filter} order by s.id`
  if (rows.length === 0) return []
  const ids = rows.map(({ id }) => id)
  const [terms, pauses] = await Promise.all([
    sql<TermsRow[]>`
      select t.subscription_id as "subscriptionId", t.number, t.price_id as "priceId", t.origin, t.anchor_day as "anchorDay", t.from_on as "from", t.until_on as until,
             t.periods_before as "periodsBefore"
        from unnest(${ids}::uuid[]) as i(id)
        join subscriptions s on s.id = i.id
        join subscription_terms t on t.subscription_id = s.id and (t.until_on is null or t.until_on > s.billed_until)
       order by t.subscription_id, t.from_on, t.number`,
    // A pause whose days are charged interrupts nothing.
    sql<PauseRow[]>`
      select p.subscription_id as "subscriptionId", p.from_on as "from", p.until_on as until
        from subscription_pauses p join subscriptions s on s.id = p.subscription_id
       where s.id = any(${ids}::uuid[]) and p.policy <> 'bill' and (p.until_on is null or p.until_on > s.billed_until) order by 1, 2`,
  ])
  const prices = await sql<PriceRow[]>`
    select ${priceColumns(sql)} from prices r where r.id = any(${[...new Set(terms.map(({ priceId }) => priceId))]}::uuid[])`
  const priceOf = new Map(prices.map((row) => [row.id, fromRowPrice(row)]))
  const termsOf = Map.groupBy(terms, ({ subscriptionId }) => subscriptionId)
  const pausesOf = Map.groupBy(pauses, ({ subscriptionId }) => subscriptionId)
  return rows.map((row) => ({
    ...fromRow<Subscription>(row),
    terms: (termsOf.get(row.id) ?? []).flatMap(({ subscriptionId: _, priceId, ...rest }) => {
      const price = priceOf.get(priceId)
      return price === undefined ? [] : [{ ...fromRow<Omit<Terms, 'price'>>(rest), price }]
    }),
    pauses: (pausesOf.get(row.id) ?? []).map(({ subscriptionId: _, ...pause }) => fromRow<Pause>(pause)),
  }))
}

type Row = {
  id: SubscriptionId
  subscriberId: SubscriberId
  startsOn: CivilDate
  status: SubscriptionStatus
  cancelledOn: CivilDate | null
  graceDays: number | null
  billedUntil: CivilDate
}

type TermsRow = Omit<Terms, 'price' | 'until'> & { subscriptionId: SubscriptionId; priceId: PriceId; until: CivilDate | null }
type PauseRow = { subscriptionId: SubscriptionId; from: CivilDate; until: CivilDate | null }
