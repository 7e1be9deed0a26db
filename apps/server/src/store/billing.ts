import type { CivilDate, Currency, FinalInvoice, InvoiceLine, Phone, SubscriberId, Subscription } from '@nyuzi/core'
import type { Row } from 'postgres'
import type { BillingStore, OpenInvoice } from '../flows/billing/ports.ts'
import { fromRow, fromRows } from './mapping.ts'
import { rowsOf, type Sql } from './transaction.ts'

export const billingStore = (sql: Sql): BillingStore => {
  const openColumns = sql`i.id as "invoiceId", i.subscriber_id as "subscriberId", i.number, i.due_on as "dueOn", i.sequence, i.currency, i.total_minor as "totalMinor",
    i.total_minor - i.allocated_minor as "openMinor"`
  return {
    async lockSubscribers(ids) {
      if (ids.length === 0) return new Set<SubscriberId>()
      const rows = await sql`select id from subscribers where id = any(${[...ids]}::uuid[]) order by id for update`
      return new Set(rows.map(({ id }) => id as SubscriberId))
    },

    async lockToCollect(id) {
      const [row] = await sql`
        select s.account_number as "accountNumber", s.phone, o.currency,
               coalesce((select sum(i.total_minor - i.allocated_minor)::bigint from invoices i where i.subscriber_id = s.id and i.status = 'open'), 0) as "openMinor"
          from subscribers s join organisations o on o.id = s.organisation_id where s.id = ${id} for update of s`
      return row && fromRow<{ accountNumber: string; phone?: Phone; openMinor: bigint; currency: Currency }>(row)
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
      const [row] =
        await sql`select min(next_invoice_on) as day from subscriptions where next_invoice_on <= ${until} and parked_reason is null`
      return (row?.day as CivilDate | null) ?? undefined
    },

    async claimDue(day, limit, only) {
      const rows = await sql`
        select s.id, s.subscriber_id, s.starts_on, s.anchor_day, s.status, s.cancelled_on, s.grace_days, s.periods_charged,
               p.id as price_id, p.plan_id, p.version, p.amount_minor, p.currency, p.billing, p.cadence_unit, p.cadence_count, p.grace_days as price_grace_days,
               p.tax_class, p.pricing,
               p.profile_name, p.download_bps, p.upload_bps, p.effective_from, l.name as plan_name, b.code as series,
               exists (select from invoices i join invoice_lines n on n.invoice_id = i.id where i.subscriber_id = s.subscriber_id and i.status = 'open' and n.subscription_id = s.id) as has_open
          from subscriptions s
          join prices p on p.id = s.price_id
          join plans l on l.id = p.plan_id
          join subscribers u on u.id = s.subscriber_id
          join branches b on b.id = u.branch_id
         where s.next_invoice_on <= ${day} and s.parked_reason is null ${only ? sql`and s.id = any(${[...only]}::uuid[])` : sql``}
         order by s.next_invoice_on, s.id limit ${limit} for update of s skip locked`
      return rows.map((row) => ({ subscription: toSubscription(row), series: row.series, hasOpenInvoice: row.has_open }))
    },

    async lockSeries(series) {
      await sql`
        insert into number_series (organisation_id, series) select nyuzi_organisation(), s from unnest(${[...series]}::text[]) as s
        on conflict (organisation_id, series) do nothing`
      const rows =
        await sql`select series, last_sequence from number_series where series = any(${[...series]}::text[]) order by series for update`
      return new Map(rows.map((row) => [row.series as string, row.last_sequence as bigint]))
    },

    async addInvoices(invoices, at) {
      if (invoices.length === 0) return
      await sql`
        insert into invoices (organisation_id, created_at, id, subscriber_id, series, sequence, number, status, currency, total_minor, issued_on, due_on)
        select nyuzi_organisation(), ${at}, r.* from ${rowsOf(sql, invoices.map(toInvoiceRow), {
          id: 'uuid',
          subscriberId: 'uuid',
          series: 'text',
          sequence: 'bigint',
          number: 'text',
          status: 'text',
          currency: 'text',
          totalMinor: 'bigint',
          issuedOn: 'date',
          dueOn: 'date',
        })}`
      const taxes = invoices.flatMap((invoice) => invoice.lines.flatMap((line) => toTaxRows(invoice, line)))
      // Taxes before their lines: the database adds each line up when it comes.
      if (taxes.length > 0)
        await sql`
        insert into invoice_line_taxes (organisation_id, invoice_id, line_position, position, code, title, rate_bp, base_minor, amount_minor)
        select nyuzi_organisation(), r.* from ${rowsOf(sql, taxes, {
          invoiceId: 'uuid',
          linePosition: 'integer',
          position: 'integer',
          code: 'text',
          title: 'text',
          rateBp: 'integer',
          baseMinor: 'bigint',
          amountMinor: 'bigint',
        })}`
      const lines = invoices.flatMap((invoice) => invoice.lines.map((line) => toLineRow(invoice, line)))
      await sql`
        insert into invoice_lines (organisation_id, invoice_id, position, description, category, tax_class, pricing, tax_point, net_minor, total_minor, subscription_id, period_start,
                                   period_end, price_id, price_version, arithmetic)
        select nyuzi_organisation(), r.* from ${rowsOf(sql, lines, {
          invoiceId: 'uuid',
          position: 'integer',
          description: 'text',
          category: 'text',
          taxClass: 'text',
          pricing: 'text',
          taxPoint: 'date',
          netMinor: 'bigint',
          totalMinor: 'bigint',
          subscriptionId: 'uuid',
          periodStart: 'date',
          periodEnd: 'date',
          priceId: 'uuid',
          priceVersion: 'integer',
          arithmetic: 'text',
        })}`
      await sql`
        insert into charged_periods (organisation_id, subscription_id, component, period, invoice_id, line_position)
        select nyuzi_organisation(), subscription_id, component, daterange(period_start, period_end), invoice_id, line_position from ${rowsOf(
          sql,
          lines.map(({ subscriptionId, category, periodStart, periodEnd, invoiceId, position }) => ({
            subscriptionId,
            component: category,
            periodStart,
            periodEnd,
            invoiceId,
            linePosition: position,
          })),
          { subscriptionId: 'uuid', component: 'text', periodStart: 'date', periodEnd: 'date', invoiceId: 'uuid', linePosition: 'integer' },
        )}`
    },

    async advance(subscriptions) {
      if (subscriptions.length === 0) return
      await sql`
        update subscriptions s set periods_charged = r.periods_charged, next_invoice_on = r.next_invoice_on
          from ${rowsOf(sql, [...subscriptions], { id: 'uuid', periodsCharged: 'integer', nextInvoiceOn: 'date' })} where s.id = r.id`
    },

    async unpark(id) {
      const rows = await sql`update subscriptions set parked_reason = null where id = ${id} and parked_reason is not null returning id`
      return rows.length === 1
    },

    async park(id, reason) {
      await sql`update subscriptions set parked_reason = ${reason} where id = ${id}`
    },
  }
}

function toSubscription(row: Row): Subscription {
  return {
    id: row.id,
    subscriberId: row.subscriber_id,
    price: {
      id: row.price_id,
      planId: row.plan_id,
      version: row.version,
      amount: { amountMinor: row.amount_minor, currency: row.currency },
      cadence: { unit: row.cadence_unit, count: row.cadence_count },
      profile: { name: row.profile_name, downloadBps: row.download_bps, uploadBps: row.upload_bps },
      graceDays: row.price_grace_days,
      effectiveFrom: row.effective_from,
      billing: row.billing,
      taxClass: row.tax_class,
      pricing: row.pricing,
    },
    startsOn: row.starts_on,
    anchorDay: row.anchor_day,
    status: row.status,
    ...(row.cancelled_on === null ? {} : { cancelledOn: row.cancelled_on }),
    ...(row.grace_days === null ? {} : { graceDays: row.grace_days }),
    periodsCharged: row.periods_charged,
  }
}

const toInvoiceRow = ({ id, subscriberId, series, sequence, number, currency, total, issuedOn, dueOn }: FinalInvoice) => ({
  id,
  subscriberId,
  series,
  sequence,
  number,
  status: total.amountMinor === 0n ? 'paid' : 'open',
  currency,
  totalMinor: total.amountMinor,
  issuedOn,
  dueOn,
})

const toLineRow = ({ id }: FinalInvoice, line: InvoiceLine) => ({
  invoiceId: id,
  position: line.position,
  description: line.description,
  category: line.category,
  taxClass: line.taxClass,
  pricing: line.pricing,
  taxPoint: line.taxPoint,
  netMinor: line.net.amountMinor,
  totalMinor: line.total.amountMinor,
  subscriptionId: line.subscriptionId,
  periodStart: line.period.start,
  periodEnd: line.period.end,
  priceId: line.priceId,
  priceVersion: line.priceVersion,
  arithmetic: line.arithmetic,
})

const toTaxRows = ({ id }: FinalInvoice, line: InvoiceLine) =>
  line.taxes.map((tax, index) => ({ invoiceId: id, linePosition: line.position, position: index + 1, ...tax }))
