import type { Price, SubscriptionId } from '@nyuzi/core'
import type { PriceMoveStore } from '../flows/catalog/ports.ts'
import { fromRowPrice, type PriceRow, priceColumns } from './catalog.ts'
import { inScope, type Scope } from './scope.ts'
import type { Sql } from './transaction.ts'

export const priceMoveStore = (sql: Sql, scope?: Scope): PriceMoveStore => {
  /** Older versions for the same buyers, as `r`. */
  const older = ({ planId, version, amount, segment, branchId }: Price) => sql`
    prices r where r.plan_id = ${planId} and r.version < ${version} and r.currency = ${amount.currency}
       and r.segment is not distinct from ${segment ?? null}::text and r.branch_id is not distinct from ${branchId ?? null}::uuid`
  /** Terms `t` of them that hold, or will. */
  const held = sql`
    subscription_terms t join subscriptions s on s.id = t.subscription_id and s.status = 'active'
     where t.price_id = r.id and (t.until_on is null or (t.until_on > t.from_on and t.until_on > s.billed_until)) ${inScope(sql, scope, sql`s.subscriber_id`)}`
  return {
    async begin(price, actor, at) {
      const { unit, count } = price.cadence
      const [found] = await sql<{ moving: number; differ: boolean }[]>`
        select count(distinct h.id)::integer as moving, coalesce(bool_or(r.cadence_unit <> ${unit} or r.cadence_count <> ${count}), false) as differ
          from (select r.* from ${older(price)}) r cross join lateral (select s.id from ${held}) h`
      const { moving, differ } = found ?? { moving: 0, differ: false }
      if (differ) return 'cadence_differs'
      await sql`
        insert into price_moves (organisation_id, price_id, begun_by, begun_at, finished_at)
        values (nyuzi_organisation(), ${price.id}, ${actor}, ${at}, ${moving === 0 ? at : null})`
      return moving
    },

    async lockNext() {
      const [move] = await sql<(PriceRow & { after: SubscriptionId | null })[]>`
        select ${priceColumns(sql)}, m.after_id as after from price_moves m join prices r on r.id = m.price_id
         where m.finished_at is null order by m.price_id limit 1 for update of m`
      return move && { price: fromRowPrice(move), ...(move.after === null ? {} : { after: move.after }) }
    },

    async replaced(price, after, limit) {
      const rows = await sql<{ id: SubscriptionId }[]>`
        select distinct h.id from (select r.* from ${older(price)}) r
         cross join lateral (
           select s.id from ${held} ${after === undefined ? sql`` : sql`and t.subscription_id > ${after}`} order by t.subscription_id limit ${limit}) h
         order by h.id limit ${limit}`
      return rows.map(({ id }) => id)
    },

    async advance(priceId, { moved, after, finishedAt }) {
      await sql`
        update price_moves set moved = moved + ${moved}, after_id = coalesce(${after ?? null}, after_id), finished_at = ${finishedAt ?? null}
         where price_id = ${priceId}`
    },
  }
}
