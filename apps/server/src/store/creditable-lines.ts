import { type CivilDate, leftOf, money, type TaxAmount, type TaxedAmount } from '@nyuzi/core'
import type { CreditableLine } from '../flows/credits/ports.ts'
import { fromRow } from './mapping.ts'
import type { Sql } from './transaction.ts'

type Row = Omit<CreditableLine, 'claimed' | 'left' | 'charged'> & {
  pricing: CreditableLine['claimed']['pricing']
  netMinor: bigint
  totalMinor: bigint
  periodStart?: CivilDate
  periodEnd?: CivilDate
  rateMinor?: bigint
  wholeStart?: CivilDate
  wholeEnd?: CivilDate
  charged: readonly (readonly [CivilDate, CivilDate])[]
  taxes: readonly TaxRow[]
  credited: readonly { readonly net: string; readonly taxes: readonly TaxRow[] }[]
}

/** Amounts as text, since JSON has no whole numbers of this size. */
export type TaxRow = {
  readonly code: string
  readonly title: string
  readonly rateBp: number
  readonly base: string
  readonly amount: string
  readonly certificate: string | null
}

export const taxJson = (sql: Sql) =>
  sql`json_build_object('code', t.code, 'title', t.title, 'rateBp', t.rate_bp, 'base', t.base_minor::text, 'amount', t.amount_minor::text, 'certificate', t.certificate) order by t.position`

export async function readLines(sql: Sql, which: ReturnType<Sql>): Promise<readonly CreditableLine[]> {
  const rows = await sql`
    select n.invoice_id as "invoiceId", n.position, i.subscriber_id as "subscriberId", i.number, i.status, i.currency, n.category,
           n.tax_class as "taxClass", n.pricing, n.tax_point as "taxPoint", n.subscription_id as "subscriptionId", n.net_minor as "netMinor",
           n.total_minor as "totalMinor", n.period_start as "periodStart", n.period_end as "periodEnd",
           n.rate_minor as "rateMinor", n.whole_start as "wholeStart", n.whole_end as "wholeEnd",
           (select coalesce(json_agg(json_build_array(lower(p.period), upper(p.period)) order by p.period), '[]') from charged_periods p
             where p.invoice_id = n.invoice_id and p.line_position = n.position) as charged,
           (select coalesce(json_agg(${taxJson(sql)}), '[]') from invoice_line_taxes t where t.invoice_id = n.invoice_id and t.line_position = n.position) as taxes,
           (select coalesce(json_agg(json_build_object('net', c.net_minor::text, 'taxes', (
                select coalesce(json_agg(${taxJson(sql)}), '[]') from credit_line_taxes t where t.credit_id = c.credit_id and t.line_position = c.position))), '[]')
              from credit_lines c where c.invoice_id = n.invoice_id and c.line_position = n.position) as credited
      from invoice_lines n join invoices i on i.id = n.invoice_id
     where ${which} order by n.invoice_id, n.position`
  return rows.map((row) => toLine(fromRow<Row>(row)))
}

function toLine({ pricing, netMinor, totalMinor, charged, taxes, credited, ...row }: Row): CreditableLine {
  const { periodStart, periodEnd, rateMinor, wholeStart, wholeEnd, ...line } = row
  const { currency } = line
  const amounts: TaxedAmount = { net: money(netMinor, currency), taxes: taxes.map(toTax), total: money(totalMinor, currency) }
  const claimed = { ...amounts, pricing }
  const period = spanOf(periodStart, periodEnd)
  const whole = spanOf(wholeStart, wholeEnd)
  return {
    ...line,
    claimed:
      period === undefined || whole === undefined || rateMinor === undefined
        ? claimed
        : { ...claimed, period, rate: money(rateMinor, currency), whole },
    left: leftOf(
      amounts,
      credited.map(({ net, taxes }) => ({ net: money(BigInt(net), currency), taxes: taxes.map(toTax), total: money(0n, currency) })),
    ),
    charged: charged.map(([start, end]) => ({ start, end })),
  }
}

const spanOf = (start: CivilDate | undefined, end: CivilDate | undefined) =>
  start === undefined || end === undefined ? undefined : { start, end }

export const toTax = ({ code, title, rateBp, base, amount, certificate }: TaxRow): TaxAmount => ({
  ...(certificate === null ? {} : { certificate }),
  code,
  title,
  rateBp,
  baseMinor: BigInt(base),
  amountMinor: BigInt(amount),
})
