import { accountKey, type CivilDate, type Instant, missingToRenew } from '@nyuzi/core'
import type { ReadingStore, ServiceReading, SubscriberReading, SubscriptionReading, ToPayReading } from '../../flows/readings/ports.ts'
import { debtsOf, freeCreditOf, type RenewalStandingRow, renewalStanding, renewalsOf, toRenewalStanding } from '../renewal-standing.ts'
import type { Sql } from '../transaction.ts'
import { freeCredit } from './free-credit.ts'
import { after, first, where } from './page.ts'

type Verbs = 'subscribers' | 'subscriber' | 'toPay' | 'subscriptions' | 'subscription' | 'services' | 'service'

export function subscriberReadings(sql: Sql): Pick<ReadingStore, Verbs> {
  const subscribers = sql`
    select s.id, s.branch_id as "branchId", s.account_number as "accountNumber", s.name, s.phone, s.email, s.address_lines as "addressLines", s.tax_pin as "taxPin", s.language, s.segment, s.status, s.overdraft_minor as "overdraftMinor",
           s.parent_id as "parentId", s.parent_pays as "parentPays",
           s.created_at as "createdAt", s.currency,
           (select coalesce(sum(i.total_minor - i.allocated_minor), 0)::bigint from invoices i where i.subscriber_id = s.id and i.status = 'open') as "owedMinor",
           (select coalesce(sum(free), 0)::bigint from ${freeCredit(sql)} f where f.subscriber_id = s.id) as "creditMinor"
    from subscribers s`
  const subscriptions = (at: Instant) => sql`
    select s.id, s.subscriber_id as "subscriberId", s.base_id as "baseId", r.plan_id as "planId", l.name as "planName", r.id as "priceId", r.version as "priceVersion",
           r.amount_minor as "amountMinor", r.currency, s.starts_on as "startsOn", t.anchor_day as "anchorDay", s.status,
           s.cancelled_on as "cancelledOn", coalesce(s.grace_days, r.grace_days) as "graceDays", s.billed_until as "billedUntil", s.awaits,
           s.next_invoice_on as "nextInvoiceOn", s.renewal_on as "renewalOn", ${renewalStanding(sql, sql`s`)} as "renewalStanding",
           (select max(upper(p.valid)) from passes p where p.subscription_id = s.id and not p.taken_back) as "validUntil", s.parked_reason as "parkedReason", s.created_at as "createdAt",
           (select json_build_object('from', n.from_on, 'priceId', n.price_id, 'planId', nr.plan_id, 'planName', nl.name)
              from subscription_terms n join prices nr on nr.id = n.price_id join plans nl on nl.id = nr.plan_id
             where n.subscription_id = s.id and n.from_on = t.until_on and (n.until_on is null or n.until_on > n.from_on)
               and (n.price_id, n.origin, n.anchor_day) is distinct from (t.price_id, t.origin, t.anchor_day)) as next,
           (select coalesce(json_agg(json_build_object('from', p.from_on, 'until', p.until_on, 'policy', p.policy, 'reason', p.reason) order by p.from_on), '[]')
              from subscription_pauses p where p.subscription_id = s.id and (p.until_on is null or p.until_on > p.from_on)) as pauses
    from subscriptions s
    join lateral (
      select t.price_id, t.origin, t.anchor_day, t.until_on from subscription_terms t
       where t.subscription_id = s.id and (t.until_on is null or t.until_on > t.from_on)
         and t.from_on <= greatest(s.starts_on, (${at}::timestamptz at time zone (select time_zone from organisations))::date) order by t.from_on desc limit 1) t on true
    join prices r on r.organisation_id = s.organisation_id and r.id = t.price_id
    join plans l on l.organisation_id = r.organisation_id and l.id = r.plan_id`
  const services = sql`
    select s.id, s.subscriber_id as "subscriberId", s.subscription_id as "subscriptionId", s.installation_id as "installationId", s.kind,
           s.username, s.created_at as "createdAt" from services s`

  return {
    subscribers: ({ q, branchId, parentId, status, ...page }) => sql<SubscriberReading[]>`
      ${subscribers} where true
      ${where(sql, q, (text) => sql`(s.name ilike ${like(text)} or s.account_key like ${`${accountKey(text) || '-'}%`} or s.phone like ${like(phoneText(text))})`)}
      ${where(sql, branchId, (id) => sql`s.branch_id = ${id}`)}
      ${where(sql, parentId, (id) => sql`s.parent_id = ${id}`)}
      ${where(sql, status, (word) => sql`s.status = ${word}`)}
      ${after(sql, page, sql`s.id`)}`,
    subscriber: async (id) => first(await sql<SubscriberReading[]>`${subscribers} where s.id = ${id}`),
    toPay: async (id, renewalsUntil) =>
      first(
        await sql<ToPayReading[]>`
          select s.currency, ${debtsOf(sql, sql`s.id`)} as "debtsMinor", ${freeCreditOf(sql, sql`s.id`)} as "freeMinor",
                 ${renewalsOf(sql, sql`s.id`, renewalsUntil)} as "renewalsMinor" from subscribers s where s.id = ${id}`,
      ),
    subscriptions: async ({ subscriberId, ...page }, at) =>
      (await sql<SubscriptionRow[]>`${subscriptions(at)} where s.subscriber_id = ${subscriberId} ${after(sql, page, sql`s.id`)}`).map(
        toSubscription,
      ),
    subscription: async (id, at) => first((await sql<SubscriptionRow[]>`${subscriptions(at)} where s.id = ${id}`).map(toSubscription)),
    services: ({ subscriberId, ...page }) =>
      sql<ServiceReading[]>`${services} where s.subscriber_id = ${subscriberId} ${after(sql, page, sql`s.id`)}`,
    service: async (id) => first(await sql<ServiceReading[]>`${services} where s.id = ${id}`),
  }
}

type SubscriptionRow = Omit<SubscriptionReading, 'renewal'> & { renewalOn: CivilDate | null; renewalStanding: RenewalStandingRow | null }

function toSubscription({ renewalOn: on, renewalStanding: row, ...subscription }: SubscriptionRow): SubscriptionReading {
  const standing = row && toRenewalStanding(row)
  const renewal = on && standing && { on, amountMinor: standing.renewalMinor, missingMinor: missingToRenew(standing) }
  return { ...subscription, renewal }
}

export const like = (text: string): string => `%${text.replace(/[\\%_]/g, (mark) => `\\${mark}`)}%`

/** `0700 111222` finds +254700111222; what holds a letter is no phone and finds none. */
export const phoneText = (text: string): string => (/^[+\d\s().-]+$/.test(text) ? text.replace(/\D/g, '').replace(/^0/, '') || '-' : '-')
