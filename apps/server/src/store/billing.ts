import type { CivilDate, Currency, SubscriberId, Subscription, SubscriptionId } from '@nyuzi/core'
import type { BillingStore, Collectable, DueSubscription, OpenInvoice } from '../flows/billing/ports.ts'
import { addHeaders } from './claim-rows.ts'
import { addInvoiceLines } from './invoice-lines.ts'
import { fromRow, fromRows } from './mapping.ts'
import { debtsOf, freeCreditOf, renewalsOf } from './renewal-standing.ts'
import { inScope, type Scope } from './scope.ts'
import { readSubscriptions } from './subscriptions.ts'
import { rowsOf, type Sql } from './transaction.ts'

export const billingStore = (sql: Sql, scope?: Scope): BillingStore => {
  const chargePayers = sql`one_time_charges c join subscribers k on k.id = c.subscriber_id join subscribers p on p.id = case when k.parent_pays then k.parent_id else k.id end`
  const openColumns = sql`i.id as "invoiceId", i.subscriber_id as "subscriberId", i.number, i.due_on as "dueOn", i.sequence, i.currency, i.total_minor as "totalMinor",
    i.total_minor - i.allocated_minor as "openMinor"`
  return {
    async lockSubscribers(ids) {
      if (ids.length === 0) return new Map<SubscriberId, Currency>()
      const rows = await sql`
        select id, currency from subscribers
         where id = any(array(select unnest(${[...ids]}::uuid[]) union all select parent_id from subscribers where id = any(${[...ids]}::uuid[]) and parent_pays))
         order by id for update`
      return new Map(rows.map(({ id, currency }) => [id as SubscriberId, currency as Currency]))
    },

    async lockToCollect(id, renewalsUntil) {
      const [row] = await sql`
        select s.account_number as "accountNumber", s.phone, s.currency, ${debtsOf(sql, sql`s.id`)} as "debtsMinor", ${freeCreditOf(sql, sql`s.id`)} as "freeMinor",
               ${renewalsOf(sql, sql`s.id`, renewalsUntil)} as "renewalsMinor"
          from subscribers s where s.id = ${id} for update`
      return row && fromRow<Collectable>(row)
    },

    async openInvoices(ids) {
      if (ids.length === 0) return []
      const rows = fromRows<OpenInvoice>(
        await sql`select ${openColumns} from invoices i where i.subscriber_id = any(${[...ids]}::uuid[]) and i.status = 'open' order by i.id for update`,
      )
      return rows.sort((left, right) =>
        left.dueOn === right.dueOn ? Number(left.sequence - right.sequence) : left.dueOn < right.dueOn ? -1 : 1,
      )
    },

    async nextInvoiceDay(until) {
      const [row] = await sql`
        select least((select min(next_invoice_on) from subscriptions where next_invoice_on <= ${until} and parked_reason is null ${inScope(sql, scope, sql`payer_id`)}),
                     (select min(d.due_on) from usage_days d join subscriptions s on s.id = d.subscription_id
                       where d.due_on <= ${until} and s.parked_reason is null ${inScope(sql, scope, sql`s.payer_id`)}),
                     (select min(c.invoice_on) from ${chargePayers} where c.invoiced_on is null and c.invoice_on <= ${until} ${inScope(sql, scope, sql`p.id`)})) as day`
      return (row?.day as CivilDate | null) ?? undefined
    },

    async claimSubscribers(day, limit, only, wait = false) {
      const due = sql`s.next_invoice_on <= ${day} and s.parked_reason is null ${inScope(sql, only ?? scope, sql`s.payer_id`)}`
      const used = sql`d.due_on <= ${day} and s.parked_reason is null ${inScope(sql, only ?? scope, sql`s.payer_id`)}`
      const once = sql`c.invoiced_on is null and c.invoice_on <= ${day} ${inScope(sql, only ?? scope, sql`p.id`)}`
      // The limit is one of due rows, so that the reading follows what is due and not the number of subscribers. What another
      // holds does not count: runs side by side take different rows.
      const rows = wait
        ? await sql`
          select u.id from subscribers u
           where u.id in (select s.payer_id from subscriptions s where ${due} order by s.next_invoice_on, s.payer_id limit ${limit})
              or u.id in (select s.payer_id from usage_days d join subscriptions s on s.id = d.subscription_id where ${used} order by d.due_on, s.payer_id limit ${limit})
              or u.id in (select p.id from ${chargePayers} where ${once} order by c.invoice_on, p.id limit ${limit})
           order by u.id for update of u`
        : (
            await Promise.all([
              sql`
          select u.id from subscriptions s join subscribers u on u.id = s.payer_id
           where ${due} order by s.next_invoice_on, s.payer_id limit ${limit} for update of u skip locked`,
              sql`
          select u.id from usage_days d join subscriptions s on s.id = d.subscription_id join subscribers u on u.id = s.payer_id
           where ${used} order by d.due_on, s.payer_id limit ${limit} for update of u skip locked`,
              sql`select p.id from ${chargePayers} where ${once} order by c.invoice_on, p.id limit ${limit} for update of p skip locked`,
            ])
          ).flat()
      return [...new Set(rows.map(({ id }) => id as SubscriberId))].sort()
    },

    async due(ids, day) {
      return await dueWhere(sql, sql`s.payer_id = any(${[...ids]}::uuid[]) and s.next_invoice_on <= ${day} and s.parked_reason is null`)
    },

    async awaiting(ids, today) {
      return await dueWhere(
        sql,
        sql`s.payer_id = any(${[...ids]}::uuid[]) and (s.awaits is not null or s.next_invoice_on <= ${today}) and s.parked_reason is null`,
      )
    },

    async unserved(serviceIds) {
      if (serviceIds.length === 0) return []
      return await dueWhere(
        sql,
        sql`s.id in (select v.subscription_id from services v where v.id = any(${[...serviceIds]}::uuid[])) and s.parked_reason is null
              and (s.awaits = 'payment'
                   or s.awaits is null and s.status = 'active' and exists (
                     select from subscription_terms h join prices r on r.id = h.price_id
                      where h.subscription_id = s.id and r.policy->>'suspension' in ('skip', 'extend')))`,
      )
    },

    async lockSeries(series) {
      await sql`
        insert into number_series (organisation_id, series) select nyuzi_organisation(), s from unnest(${[...series]}::text[]) as s
        on conflict (organisation_id, series) do nothing`
      const rows =
        await sql`select series, last_sequence from number_series where series = any(${[...series]}::text[]) order by series for update`
      return new Map(rows.map((row) => [row.series as string, row.last_sequence as bigint]))
    },

    async addLines(invoices) {
      if (invoices.length === 0) return
      await addInvoiceLines(sql, invoices)
    },

    async addInvoices(invoices, at) {
      await addHeaders(sql, invoices, at)
    },

    async advance(subscriptions) {
      if (subscriptions.length === 0) return
      const rows = subscriptions.map(({ renewal, ...row }) => ({ ...row, renewalOn: renewal?.on, renewalMinor: renewal?.amountMinor }))
      await sql`
        update subscriptions s set billed_until = r.billed_until, next_invoice_on = r.next_invoice_on, awaits = r.awaits,
               renewal_on = r.renewal_on, renewal_minor = r.renewal_minor
          from ${rowsOf(sql, rows, {
            id: 'uuid',
            billedUntil: 'date',
            nextInvoiceOn: 'date',
            awaits: 'text',
            renewalOn: 'date',
            renewalMinor: 'bigint',
          })} where s.id = r.id`
    },

    async setRenewals(renewals, today) {
      if (renewals.length === 0) return
      const rows = renewals.map(({ id, renewal }) => ({ id, renewalOn: renewal?.on, renewalMinor: renewal?.amountMinor }))
      await sql`
        update subscriptions s set renewal_on = r.renewal_on, renewal_minor = r.renewal_minor, awaits = nullif(s.awaits, 'credit'),
               next_invoice_on = case when s.awaits = 'credit' then ${today} else s.next_invoice_on end
          from ${rowsOf(sql, rows, { id: 'uuid', renewalOn: 'date', renewalMinor: 'bigint' })} where s.id = r.id`
    },

    async unpark(id) {
      const rows = await sql`update subscriptions set parked_reason = null where id = ${id} and parked_reason is not null returning id`
      return rows.length === 1
    },

    async park(id, reason) {
      await sql`update subscriptions set parked_reason = ${reason} where id = ${id}`
    },

    async parkDue(id, day, reason) {
      // A charge of its own has no subscription to park: the run of the next day looks at it again.
      await sql`
        update one_time_charges set invoice_on = ${day}::date + 1 where invoiced_on is null and invoice_on <= ${day}
           and subscriber_id in (select id from subscribers where id = ${id} or (parent_id = ${id} and parent_pays))`
      const rows = await sql`
        update subscriptions s set parked_reason = ${reason} where s.payer_id = ${id} and s.parked_reason is null
           and (s.next_invoice_on <= ${day} or s.id in (select d.subscription_id from usage_days d where d.due_on <= ${day})) returning s.id`
      return rows.map((row) => row.id as SubscriptionId)
    },
  }
}

export async function dueWhere(sql: Sql, which: ReturnType<Sql>): Promise<readonly DueSubscription[]> {
  const subscriptions = await readSubscriptions(sql, sql`where ${which}`)
  if (subscriptions.length === 0) return []
  const ids = subscriptions.flatMap(({ subscriberId, payerId }) => (payerId === subscriberId ? [payerId] : [payerId, subscriberId]))
  const people = await sql<{ id: SubscriberId; name: string; series: string }[]>`
    select u.id, u.name, b.code as series from subscribers u join branches b on b.id = u.branch_id where u.id = any(${[...new Set(ids)]}::uuid[])`
  const personOf = new Map(people.map((person) => [person.id, person]))
  const sparing = subscriptions.filter(({ terms }) =>
    terms.some(({ price }) => price.billing === 'postpaid' && price.policy.suspension !== 'bill'),
  )
  const offSince = sparing.length === 0 ? undefined : await offSinceOf(sql, sparing)
  return subscriptions.flatMap((subscription) => {
    const { id, subscriberId, payerId, awaits } = subscription
    const [payer, person, since] = [personOf.get(payerId), personOf.get(subscriberId), offSince?.get(id)]
    if (payer === undefined) return []
    return [
      {
        subscription,
        payerId,
        series: payer.series,
        ...(awaits === undefined ? {} : { awaits }),
        ...(payerId === subscriberId || person === undefined ? {} : { onBehalfOf: person.name }),
        ...(since === undefined ? {} : { offSince: since }),
      },
    ]
  })
}

/** Since when a debt keeps their lines off. */
async function offSinceOf(sql: Sql, subscriptions: readonly Subscription[]): Promise<ReadonlyMap<SubscriptionId, CivilDate>> {
  const rows = await sql<{ id: SubscriptionId; since: CivilDate }[]>`
    select v.subscription_id as id, min(a.overdue_since) as since
      from services v join access_states a on a.service_id = v.id and a.overdue_since is not null
     where v.subscription_id = any(${subscriptions.map(({ id }) => id)}::uuid[]) group by 1`
  return new Map(rows.map(({ id, since }) => [id, since]))
}
