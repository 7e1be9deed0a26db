import type { BoughtPass, PassStore, TurningPass } from '../flows/passes/ports.ts'
import { dueWhere } from './billing.ts'
import { fromRow, fromRows } from './mapping.ts'
import { rowsOf, type Sql } from './transaction.ts'

export const passStore = (sql: Sql): PassStore => ({
  async add(passes, at) {
    if (passes.length === 0) return
    const rows = passes.map(({ validity, line, ...pass }) => ({
      ...pass,
      validFrom: validity.from,
      validUntil: validity.until,
      invoiceId: line?.invoiceId,
      linePosition: line?.position,
    }))
    await sql`
      with r as materialized (select * from ${rowsOf(sql, rows, {
        id: 'uuid',
        subscriptionId: 'uuid',
        priceId: 'uuid',
        terms: 'integer',
        validFrom: 'timestamptz',
        validUntil: 'timestamptz',
        invoiceId: 'uuid',
        linePosition: 'integer',
      })}),
      turning as (update subscriptions s set pass_turns_at = least(s.pass_turns_at, r.valid_from) from r where s.id = r.subscription_id)
      insert into passes (organisation_id, id, subscription_id, price_id, terms, valid, invoice_id, line_position, created_at)
      select nyuzi_organisation(), id, subscription_id, price_id, terms, tstzrange(valid_from, valid_until), invoice_id, line_position, ${at} from r`
  },

  async claimTurning(now, limit, only) {
    return fromRows<TurningPass>(
      await sql`
        select s.id as "subscriptionId", s.subscriber_id as "subscriberId" from subscriptions s join subscribers u on u.id = s.payer_id
         where s.pass_turns_at <= ${now} ${only === undefined ? sql`` : sql`and s.id = any(${[...only]}::uuid[])`}
         order by s.pass_turns_at, s.id limit ${limit} for update of u skip locked`,
    )
  },

  async due(ids) {
    return await dueWhere(sql, sql`s.id = any(${[...ids]}::uuid[]) and s.parked_reason is null`)
  },

  async turned(ids, now) {
    await sql`
      update subscriptions s set pass_turns_at = (
        select min(t) from passes p, unnest(array[lower(p.valid), upper(p.valid)]) as t where p.subscription_id = s.id and not p.taken_back and t > ${now})
       where s.id = any(${[...ids]}::uuid[])`
  },

  async park(id, reason) {
    await sql`
      update subscriptions set parked_reason = ${reason}, awaits = null, next_invoice_on = billed_until,
             pass_turns_at = case when parked_reason is null then pass_turns_at end where id = ${id}`
  },

  async last(id) {
    const [row] = await sql`
      select id, lower(valid) as "from", upper(valid) as until, invoice_id as "invoiceId" from passes
       where subscription_id = ${id} and not taken_back order by valid desc limit 1`
    return row && fromRow<BoughtPass>(row)
  },
})
