import { type Cadence, type CivilDate, type DiscountRow, type Instant, money, type SubscriptionId } from '@nyuzi/core'
import type { IssuedLineRow, IssuedStore, StepChoice, SubscriberStanding } from '../flows/billing/ports.ts'
import type { ValueRow } from './discounts.ts'
import { fromRow } from './mapping.ts'
import type { Sql } from './transaction.ts'

type Held = NonNullable<IssuedLineRow['from']>['held'][number]

/** By subscription: what it was given, a coupon by the coupon's own terms; and what its subscriber has besides. */
export type AgreedWith = { readonly held: readonly Held[]; readonly standing?: SubscriberStanding }

export async function readAgreed(
  sql: Sql,
  ids: readonly SubscriptionId[],
  withStandings: boolean,
): Promise<(id: SubscriptionId) => AgreedWith> {
  const held = new Map<SubscriptionId, Held[]>()
  const rows = await sql<(ValueRow & { subscriptionId: SubscriptionId; recordedAt: Instant })[]>`
    select h.subscription_id as "subscriptionId", h.id, h.source, h.code, h.from_day as "from", h.until_day as until, h.created_at as "recordedAt",
           coalesce(c.exclusive, h.exclusive) as exclusive, case when c.id is null then h.plan_ids else c.plan_ids end as "planIds",
           case when c.id is null then h.rate_bp else c.rate_bp end as "rateBp", case when c.id is null then h.fixed_minor else c.fixed_minor end as "fixedMinor",
           case when c.id is null then h.currency else c.currency end as currency
      from subscription_discounts h left join coupons c on h.source = 'coupon' and c.id = h.source_id where h.subscription_id = any(${[...ids]}::uuid[])`
  for (const { subscriptionId, ...row } of rows) held.set(subscriptionId, [...(held.get(subscriptionId) ?? []), withValue<Held>(row)])
  const standings = withStandings ? await readStandings(sql, ids) : new Map<SubscriptionId, SubscriberStanding>()
  return (id) => {
    const standing = standings.get(id)
    return { held: held.get(id) ?? [], ...(standing && { standing }) }
  }
}

async function readStandings(sql: Sql, ids: readonly SubscriptionId[]): Promise<ReadonlyMap<SubscriptionId, SubscriberStanding>> {
  const rows = await sql<(Cadence & { id: SubscriptionId; startsOn: CivilDate; anchorDay: number; owned: readonly OwnedRow[] })[]>`
    select s.id, t.origin as "startsOn", t.anchor_day as "anchorDay", r.cadence_unit as unit, r.cadence_count as count,
           (select json_agg(json_build_object('startsOn', o.starts_on, 'recordedAt', o.created_at, 'cancelledAt', case when o.status = 'cancelled' then coalesce((
                     select max(a.at) from audit_records a where a.organisation_id = o.organisation_id and a.subject_id = o.id::text and a.action = 'subscription.cancel'), o.created_at) end))
              from subscriptions o where o.organisation_id = s.organisation_id and o.subscriber_id = s.subscriber_id) as owned
      from subscriptions s
      join subscription_terms t on t.organisation_id = s.organisation_id and t.subscription_id = s.id and t.number = 1
      join prices r on r.organisation_id = t.organisation_id and r.id = t.price_id
     where s.id = any(${[...ids]}::uuid[])`
  return new Map(
    rows.map(({ id, startsOn, anchorDay, unit, count, owned }) => {
      const subscriptions = owned.map((one) => ({
        startsOn: one.startsOn,
        recordedAt: new Date(one.recordedAt),
        ...(one.cancelledAt === null ? {} : { cancelledAt: new Date(one.cancelledAt) }),
      }))
      return [id, { first: { startsOn, anchorDay, cadence: { unit, count } }, subscriptions }]
    }),
  )
}

type OwnedRow = { readonly startsOn: CivilDate; readonly recordedAt: string; readonly cancelledAt: string | null }

/** What the organisation gave to everyone, with when it was recorded. */
export const agreedStore = (sql: Sql): Pick<IssuedStore, 'promotions' | 'stepChoices'> => ({
  async promotions() {
    const rows = await sql<(ValueRow & { ends: readonly { on: CivilDate; at: string }[] })[]>`
      select p.id, p.code, p.rate_bp as "rateBp", p.fixed_minor as "fixedMinor", p.currency, p.exclusive, p.plan_ids as "planIds", p.periods_max as "periodsMax", p.starts_on as "startsOn",
             case when c.id is null then p.ends_on::text else c.detail->>'endsOn' end as "endsOn", p.created_at as "recordedAt",
             coalesce((select json_agg(json_build_object('at', a.at, 'on', a.detail->>'on')) from audit_records a where a.subject_id = p.id::text and a.action = 'promotion.end'), '[]') as ends
        from promotions p left join audit_records c on c.organisation_id = p.organisation_id and c.subject_id = p.id::text and c.action = 'promotion.create' order by p.id`
    return rows.map(({ ends, ...row }) => ({ ...withValue(row), ends: ends.map(({ on, at }) => ({ on, at: new Date(at) })) }))
  },
  async stepChoices() {
    const rows = await sql<{ at: Instant; detail: Omit<StepChoice, 'at'> }[]>`
      select r.at, r.detail from audit_records r join organisations o on o.id = r.organisation_id and r.subject_id = o.id::text
       where r.action in ('organisation.create', 'organisation.change') and r.detail ?| array['volumeSteps', 'loyaltySteps'] order by r.at, r.id`
    return rows.map(({ at, detail: { volumeSteps, loyaltySteps } }) => ({
      at,
      ...(volumeSteps === undefined ? {} : { volumeSteps }),
      ...(loyaltySteps === undefined ? {} : { loyaltySteps }),
    }))
  },
})

function withValue<Noun extends Pick<DiscountRow, 'fixed'>>({ fixedMinor, currency, ...row }: ValueRow): Noun {
  const noun = fromRow<Noun>(row)
  return fixedMinor === null || currency === null ? noun : { ...noun, fixed: money(fixedMinor, currency) }
}
