import { type CivilDate, type Currency, type Instant, money, type SubscriberId, type SubscriptionId, type Terms } from '@nyuzi/core'
import type { DataBundle, OpenAllowance, SoldAllowance, UsageGroup, UsageRecord, UsageStore } from '../flows/usage/ports.ts'
import { fromRowPrice, type PriceRow, priceColumns } from './catalog.ts'
import { fromRows } from './mapping.ts'
import { rowsOf, type Sql } from './transaction.ts'

export const usageStore = (sql: Sql): UsageStore => ({
  async subscribersOf(ids) {
    const rows = await sql<{ id: SubscriptionId; subscriberId: SubscriberId }[]>`
      select id, subscriber_id as "subscriberId" from subscriptions where id = any(${[...ids]}::uuid[])`
    return new Map(rows.map(({ id, subscriberId }) => [id, subscriberId]))
  },
  async termsOf(ids) {
    const rows = await sql<TermsRow[]>`
      select ${priceColumns(sql)}, t.subscription_id as "subscriptionId", t.number, t.origin, t.anchor_day as "anchorDay", t.from_on as "fromOn", t.until_on as "untilOn",
             t.periods_before as "periodsBefore"
        from subscription_terms t join prices r on r.id = t.price_id where t.subscription_id = any(${[...ids]}::uuid[]) order by t.from_on, t.number`
    const all = new Map<SubscriptionId, Terms[]>()
    for (const row of rows) all.set(row.subscriptionId, [...(all.get(row.subscriptionId) ?? []), toTerms(row)])
    return all
  },
  known: (source, keys) => sql<UsageRecord[]>`
    select subscription_id as "subscriptionId", source, key, unit, quantity, occurred_at as "occurredAt"
      from usage_records where source = ${source} and key = any(${[...keys]}::text[])`,

  async add(records, days, at) {
    const rows = await sql`
      insert into usage_records (organisation_id, received_at, subscription_id, source, key, unit, quantity, occurred_at, day, covered_units)
      select nyuzi_organisation(), ${at}, r.* from ${rowsOf(sql, records, {
        subscriptionId: 'uuid',
        source: 'text',
        key: 'text',
        unit: 'text',
        quantity: 'bigint',
        occurredAt: 'timestamptz',
        day: 'date',
        coveredUnits: 'bigint',
      })} on conflict (organisation_id, source, key) do nothing returning id`
    if (rows.length < records.length) return false
    // A day keeps the terms and the period of its first record; what comes later waits for a day of its own.
    await sql`
      insert into usage_days as d (organisation_id, subscription_id, unit, day, units, covered_units, terms, period_start, period_end, due_on)
      select nyuzi_organisation(), r.* from ${rowsOf(sql, days, {
        subscriptionId: 'uuid',
        unit: 'text',
        day: 'date',
        units: 'bigint',
        coveredUnits: 'bigint',
        terms: 'integer',
        periodStart: 'date',
        periodEnd: 'date',
        dueOn: 'date',
      })}
      on conflict (organisation_id, subscription_id, unit, day) do update set
        units = d.units + excluded.units, covered_units = d.covered_units + excluded.covered_units,
        due_on = case when d.terms is null then null else coalesce(d.due_on, excluded.due_on) end`
    return true
  },

  async addDataBundle({ id, code, title, unit, units, validDays, amount, category, taxClass, pricing }, at) {
    const rows = await sql`
      insert into data_bundles (organisation_id, id, code, title, unit, units, valid_days, amount_minor, currency, category, tax_class, pricing, created_at)
      values (nyuzi_organisation(), ${id}, ${code}, ${title}, ${unit}, ${units}, ${validDays}, ${amount.amountMinor}, ${amount.currency}, ${category}, ${taxClass},
              ${pricing}, ${at})
      on conflict (organisation_id, code) do nothing returning id`
    return rows.length === 1
  },
  async lockDataBundle(id) {
    const [row] = await sql<DataBundleRow[]>`
      select id, code, title, unit, units, valid_days as "validDays", amount_minor as "amountMinor", currency, category, tax_class as "taxClass", pricing,
             withdrawn_at as "withdrawnAt" from data_bundles where id = ${id} for update`
    if (row === undefined) return undefined
    const { amountMinor, currency, withdrawnAt, ...bundle } = row
    return { ...bundle, amount: money(amountMinor, currency), ...(withdrawnAt === null ? {} : { withdrawnAt }) }
  },
  async withdrawDataBundle(id, at) {
    await sql`update data_bundles set withdrawn_at = ${at} where id = ${id}`
  },
  async addAllowance({ id, subscriptionId, title, unit, grantedUnits, sale, validFrom, validUntil }, at) {
    await sql`
      insert into allowances (organisation_id, id, subscription_id, title, unit, granted_units, data_bundle_id, invoice_id, valid_from, valid_until, created_at)
      values (nyuzi_organisation(), ${id}, ${subscriptionId}, ${title}, ${unit}, ${grantedUnits}, ${sale?.dataBundleId ?? null}, ${sale?.invoiceId ?? null}, ${validFrom}, ${validUntil}, ${at})`
  },
  lockAllowances: (ids) => sql<OpenAllowance[]>`
    select id, subscription_id as "subscriptionId", unit, granted_units as "grantedUnits", used_units as "usedUnits", valid_from as "validFrom", valid_until as "validUntil"
      from allowances where subscription_id = any(${[...ids]}::uuid[]) and used_units < granted_units and withdrawn_at is null order by id for update`,
  lockSold: (id) => sql<SoldAllowance[]>`
    select id, title, unit, used_units as "usedUnits" from allowances where invoice_id = ${id} and withdrawn_at is null order by id for update`,
  async withdrawAllowances(ids, at) {
    if (ids.length === 0) return
    await sql`update allowances set withdrawn_at = ${at} where id = any(${[...ids]}::uuid[])`
  },
  async draw(draws) {
    if (draws.length === 0) return
    await sql`
      update allowances a set used_units = a.used_units + r.units
        from (select allowance_id, sum(units)::bigint as units from ${rowsOf(sql, draws, { allowanceId: 'uuid', units: 'bigint' })} group by 1) r
       where a.id = r.allowance_id`
  },

  async due(payerIds, day) {
    const rows = await sql`
    select s.payer_id as "payerId", b.code as series, case when s.payer_id <> s.subscriber_id then c.name end as "onBehalfOf", d.subscription_id as "subscriptionId", d.unit, d.terms, d.period_start as "periodStart", d.period_end as "periodEnd",
           sum(d.units - d.covered_units)::bigint as units, sum(d.rated_units)::bigint as "ratedUnits"
      from usage_days d
      join subscriptions s on s.id = d.subscription_id
      join subscribers c on c.id = s.subscriber_id
      join subscribers u on u.id = s.payer_id
      join branches b on b.id = u.branch_id
     where (d.subscription_id, d.unit, d.terms, d.period_start) in (
             select w.subscription_id, w.unit, w.terms, w.period_start from usage_days w join subscriptions s on s.id = w.subscription_id
              where w.due_on <= ${day} and s.parked_reason is null and s.payer_id = any(${[...payerIds]}::uuid[]))
     group by 1, 2, 3, 4, 5, 6, 7, 8 order by 4, 5, 7`
    return fromRows<UsageGroup>(rows)
  },
  async unrate(id, day) {
    const [other] = await sql`
      select from invoice_line_usage u
        join invoice_lines n on n.invoice_id = u.invoice_id and n.position = u.line_position
        join invoice_lines o on o.subscription_id = n.subscription_id and o.terms = n.terms and o.period_start = n.period_start and o.invoice_id <> n.invoice_id
        join invoice_line_usage v on v.invoice_id = o.invoice_id and v.line_position = o.position and v.unit = u.unit
        join invoices i on i.id = o.invoice_id and i.status <> 'void'
       where u.invoice_id = ${id} limit 1`
    if (other !== undefined) return false
    await sql`
      update usage_days d set rated_units = 0, due_on = ${day} from invoice_line_usage u
        join invoice_lines n on n.invoice_id = u.invoice_id and n.position = u.line_position
       where u.invoice_id = ${id} and d.subscription_id = n.subscription_id and d.unit = u.unit and d.terms = n.terms and d.period_start = n.period_start`
    return true
  },
  async settle(groups) {
    if (groups.length === 0) return
    await sql`
      update usage_days d set due_on = null, rated_units = case when r.charged then d.units - d.covered_units else d.rated_units end
        from ${rowsOf(sql, groups, { subscriptionId: 'uuid', unit: 'text', terms: 'integer', periodStart: 'date', charged: 'boolean' })}
       where d.subscription_id = r.subscription_id and d.unit = r.unit and d.terms = r.terms and d.period_start = r.period_start`
  },
})

type DataBundleRow = Omit<DataBundle, 'amount'> & { amountMinor: bigint; currency: Currency; withdrawnAt: Instant | null }

type TermsRow = PriceRow &
  Pick<Terms, 'number' | 'origin' | 'anchorDay' | 'periodsBefore'> & {
    subscriptionId: SubscriptionId
    fromOn: CivilDate
    untilOn: CivilDate | null
  }

const toTerms = ({ number, origin, anchorDay, periodsBefore, fromOn, untilOn, ...row }: TermsRow): Terms => ({
  ...{ number, origin, anchorDay, periodsBefore, from: fromOn, price: fromRowPrice(row) },
  ...(untilOn === null ? {} : { until: untilOn }),
})
