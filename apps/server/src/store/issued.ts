import type {
  AppliedDiscount,
  CivilDate,
  Currency,
  Instant,
  InvoiceId,
  InvoiceLine,
  LineDescription,
  PlanId,
  PlanKind,
  PriceId,
  Pricing,
  SubscriberId,
  SubscriptionId,
  TaxAmount,
  TaxClass,
  TaxPackCode,
  TaxSettings,
} from '@nyuzi/core'
import type { IssuedInvoiceRow, IssuedLineRow, IssuedStore, KeptUse, RecordedExemption } from '../flows/billing/ports.ts'
import { type AgreedWith, agreedStore, readAgreed } from './agreed-discounts.ts'
import { fromRowPrice, type PriceRow, priceColumns } from './catalog.ts'
import { readKeptUse } from './kept-use.ts'
import { readLineDetails } from './line-details.ts'
import { fromRows } from './mapping.ts'
import type { Sql } from './transaction.ts'

export const issuedStore = (sql: Sql): IssuedStore => ({
  page: ({ after, since, limit, withStandings }) =>
    readIssued(
      sql,
      sql`where i.kind in ('invoice', 'debit_note') ${after === undefined ? sql`` : sql`and i.id > ${after}`} ${since === undefined ? sql`` : sql`and i.issued_on >= ${since}`}
          order by i.id limit ${limit}`,
      withStandings,
    ),
  ...agreedStore(sql),
  async one(by) {
    const [found] = await readIssued(
      sql,
      'number' in by
        ? sql`where i.kind in ('invoice', 'debit_note') and i.number = ${by.number}`
        : sql`where i.kind in ('invoice', 'debit_note') and i.id = ${by.invoiceId}`,
    )
    return found
  },
  async taxChoices() {
    const rows = await sql<ChoiceRow[]>`
      select r.at, r.detail->>'taxPack' as "taxPack", r.detail->'taxSettings' as "taxSettings", r.detail ? 'taxSettings' as "namesSettings"
        from audit_records r join organisations o on o.id = r.organisation_id and r.subject_id = o.id::text
       where r.action in ('organisation.create', 'organisation.change') and r.detail ?| array['taxPack', 'taxSettings'] order by r.at, r.id`
    return rows.map(({ at, taxPack, taxSettings, namesSettings }) => ({
      at,
      ...(taxPack === null ? {} : { taxPack }),
      ...(namesSettings ? { taxSettings } : {}),
    }))
  },
})

/** A setting that was forgotten is named and null. */
type ChoiceRow = { at: Instant; taxPack: TaxPackCode | null; taxSettings: TaxSettings | null; namesSettings: boolean }

type InvoiceRow = {
  id: InvoiceId
  number: string
  currency: Currency
  totalMinor: bigint
  issuedOn: CivilDate
  dueOn: CivilDate
  createdAt: Instant
  subscriberId: SubscriberId
}

type LineRow = PriceRow & {
  invoiceId: InvoiceId
  position: number
  description: LineDescription
  lineCategory: string
  lineTaxClass: TaxClass
  linePricing: Pricing
  taxPoint: CivilDate
  netMinor: bigint
  totalMinor: bigint
  periodStart: CivilDate
  periodEnd: CivilDate
  linePriceId: PriceId
  priceVersion: number
  arithmetic: string
  planId: PlanId
  planCode: string | null
  planName: string
  planKind: PlanKind
  subscriptionId: SubscriptionId | null
  /** Null on a debit note, as are its days and its price. */
  component: string | null
  dueOn: CivilDate
  terms: number
  origin: CivilDate | null
  anchorDay: number
  periodsBefore: number
  isFirst: boolean
  chargeDescription: string | null
  chargeMinor: bigint
  chargeTaxClass: TaxClass
  chargePricing: Pricing
  edges: readonly CivilDate[]
  cancelledOn: CivilDate | null
  cancelledAt: Instant | null
}

type TaxRow = TaxAmount & { invoiceId: InvoiceId; linePosition: number }

/** `filter` is the rest of a query whose invoices are called `i`. */
async function readIssued(sql: Sql, filter: ReturnType<Sql>, withStandings = true): Promise<readonly IssuedInvoiceRow[]> {
  const invoices = await sql<InvoiceRow[]>`
    select i.id, i.number, i.currency, i.total_minor as "totalMinor", i.issued_on as "issuedOn", i.due_on as "dueOn", i.created_at as "createdAt", i.subscriber_id as "subscriberId"
      from invoices i ${filter}`
  const ids = invoices.map(({ id }) => id)
  const lines = await sql<LineRow[]>`
    select ${priceColumns(sql)}, n.invoice_id as "invoiceId", n.position, n.description, n.category as "lineCategory", n.tax_class as "lineTaxClass", n.pricing as "linePricing",
           n.tax_point as "taxPoint", n.net_minor as "netMinor", n.total_minor as "totalMinor", n.period_start as "periodStart", n.period_end as "periodEnd",
           n.price_id as "linePriceId", n.price_version as "priceVersion", n.arithmetic, n.component, n.due_on as "dueOn", n.terms,
           l.code as "planCode", l.name as "planName", l.kind as "planKind", s.id as "subscriptionId", t.origin, t.anchor_day as "anchorDay", t.periods_before as "periodsBefore", t.from_on = s.starts_on as "isFirst",
           s.cancelled_on as "cancelledOn", c.description as "chargeDescription", c.amount_minor as "chargeMinor", c.tax_class as "chargeTaxClass", c.pricing as "chargePricing",
           array(select from_on::text from subscription_terms e where e.subscription_id = n.subscription_id
                  union select unnest(array[from_on, until_on])::text from subscription_pauses e where e.subscription_id = n.subscription_id and until_on is not null
                  union select from_on::text from subscription_pauses e where e.subscription_id = n.subscription_id) as edges,
           case when s.cancelled_on is not null then (
             select max(a.at) from audit_records a
              where a.organisation_id = s.organisation_id and a.subject_id = s.id::text and a.action = 'subscription.cancel') end as "cancelledAt"
      from invoice_lines n
      left join one_time_charges c on c.organisation_id = n.organisation_id and c.id = n.charge_id
      left join prices r on r.organisation_id = n.organisation_id and r.id = n.price_id
      left join plans l on l.organisation_id = r.organisation_id and l.id = r.plan_id
      left join subscriptions s on s.organisation_id = n.organisation_id and s.id = n.subscription_id
      left join subscription_terms t on t.organisation_id = n.organisation_id and t.subscription_id = n.subscription_id and t.number = n.terms
     where n.invoice_id = any (${ids}::uuid[]) order by n.invoice_id, n.position`
  const taxes = fromRows<TaxRow>(
    await sql`
      select invoice_id as "invoiceId", line_position as "linePosition", code, title, rate_bp as "rateBp", base_minor as "baseMinor", amount_minor as "amountMinor", certificate
        from invoice_line_taxes where invoice_id = any (${ids}::uuid[]) order by invoice_id, line_position, position`,
  )
  const { discounts, usage, passes } = await readLineDetails(sql, ids)
  const kept = usage.size === 0 ? new Map<string, KeptUse>() : await readKeptUse(sql, ids)
  const agreed = await readAgreed(sql, [...new Set(lines.flatMap(({ subscriptionId }) => subscriptionId ?? []))], withStandings)
  const exemptions = fromRows<RecordedExemption & { subscriberId: SubscriberId }>(
    await sql`
      select subscriber_id as "subscriberId", certificate, taxes, from_on as "from", until_on as until, recorded_at as "recordedAt", ended_on as "endedOn", ended_at as "endedAt"
        from tax_exemptions where subscriber_id = any (${invoices.map(({ subscriberId }) => subscriberId)}::uuid[]) order by from_on, id`,
  )
  const taxesByLine = grouped(taxes, ({ invoiceId, linePosition }) => `${invoiceId} ${linePosition}`)
  const linesByInvoice = grouped(lines, ({ invoiceId }) => invoiceId)
  return invoices.map(({ currency, totalMinor, subscriberId, ...invoice }) => ({
    ...invoice,
    exemptions: exemptions.filter((one) => one.subscriberId === subscriberId).map(({ subscriberId: _, ...exemption }) => exemption),
    total: { amountMinor: totalMinor, currency },
    lines: (linesByInvoice.get(invoice.id) ?? []).map((line) =>
      fromRowLine(line, currency, {
        taxes: taxesByLine.get(`${invoice.id} ${line.position}`) ?? [],
        discounts: discounts.get(`${invoice.id} ${line.position}`) ?? [],
        agreed: line.subscriptionId === null ? { held: [] } : agreed(line.subscriptionId),
        usage: usage.get(`${invoice.id} ${line.position}`),
        pass: passes.get(`${invoice.id} ${line.position}`),
        drawn: kept.get(`${invoice.id} ${line.position}`) ?? { records: [], allowances: [] },
      }),
    ),
  }))
}

function grouped<Row>(rows: readonly Row[], keyOf: (row: Row) => string): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const group = groups.get(keyOf(row))
    if (group === undefined) groups.set(keyOf(row), [row])
    else group.push(row)
  }
  return groups
}

type Details = {
  readonly taxes: readonly TaxRow[]
  readonly discounts: readonly AppliedDiscount[]
  readonly agreed: AgreedWith
  readonly usage: InvoiceLine['usage']
  readonly pass: IssuedLineRow['pass']
  readonly drawn: KeptUse
}

function fromRowLine(row: LineRow, currency: Currency, { taxes, discounts, agreed, usage, pass, drawn }: Details): IssuedLineRow {
  const { position, description, component, dueOn, terms, taxPoint, priceVersion, arithmetic, origin, cancelledOn, cancelledAt } = row
  const line = {
    position,
    description,
    category: row.lineCategory,
    taxClass: row.lineTaxClass,
    pricing: row.linePricing,
    taxPoint,
    net: { amountMinor: row.netMinor, currency },
    taxes: taxes.map(({ invoiceId: _, linePosition: __, ...tax }) => tax),
    total: { amountMinor: row.totalMinor, currency },
    arithmetic,
    ...(component === null
      ? {}
      : {
          subscribed: {
            component,
            dueOn,
            terms,
            period: { start: row.periodStart, end: row.periodEnd },
            priceId: row.linePriceId,
            priceVersion,
          },
        }),
    ...(discounts.length === 0 ? {} : { discounts }),
    ...(usage === undefined ? {} : { usage, drawn }),
    ...(pass === undefined ? {} : { pass }),
  }
  if (row.chargeDescription !== null) {
    const amount = { amountMinor: row.chargeMinor, currency }
    return { ...line, charge: { description: row.chargeDescription, amount, taxClass: row.chargeTaxClass, pricing: row.chargePricing } }
  }
  if (row.subscriptionId === null || row.planCode === null || origin === null) return line
  return {
    ...line,
    from: {
      plan: { id: row.planId, code: row.planCode, name: row.planName, kind: row.planKind },
      price: fromRowPrice(row),
      subscription: { id: row.subscriptionId, ...(cancelledOn === null ? {} : { cancelledOn }) },
      terms: { number: terms, origin, anchorDay: row.anchorDay, periodsBefore: row.periodsBefore, isFirst: row.isFirst },
      ...agreed,
      edges: row.edges,
      ...(cancelledAt === null ? {} : { cancelledAt }),
    },
  }
}
