import type { DaySpan, DocumentMovement, LedgerMovement, MoneySpan, ReportStore } from '../../flows/reports/ports.ts'
import type { Sql } from '../transaction.ts'
import { openPartsAt, planOfClaim } from './open-at.ts'

export const revenueReports = (sql: Sql): Pick<ReportStore, 'ledgerMovements' | 'documentMovements' | 'receivable'> => ({
  async ledgerMovements({ from, until, currency }, by) {
    const group = { month: sql`left(e.day::text, 7)`, day: sql`e.day::text`, category: sql`e.owner` }[by]
    const kinds =
      by === 'category'
        ? sql`('revenue', 'deferred_revenue')`
        : sql`('revenue', 'deferred_revenue', 'tax_payable', 'clearing', 'cash', 'withholding_receivable', 'receivable')`
    return await sql<LedgerMovement[]>`
      select ${group} as "group", e.entry, e.account, case e.account when 'tax_payable' then e.owner else '' end as tax, sum(e.amount)::bigint as "amountMinor"
        from (select e.effective_on as day, e.kind as entry, a.kind as account, case when a.keeps_balance or a.kind = 'withholding_receivable' then '' else a.owner end as owner,
                     sum(p.amount_minor) as amount
                from journal_entries e join postings p on p.entry_id = e.id join ledger_accounts a on a.id = p.account_id
               where e.effective_on between ${from} and ${until} and a.currency = ${currency} and a.kind in ${kinds} group by 1, 2, 3, 4) e
       group by 1, 2, 3, 4 order by 1`
  },

  async receivable(on, currency) {
    const [row] = await sql<{ minor: bigint }[]>`
      select ((select coalesce(sum(balance_minor), 0) from ledger_accounts where kind = 'receivable' and currency = ${currency})
            - (select coalesce(sum(p.amount_minor), 0) from journal_entries e join postings p on p.entry_id = e.id
                 join ledger_accounts a on a.id = p.account_id and a.kind = 'receivable' and a.currency = ${currency} where e.effective_on > ${on}))::bigint as minor`
    return row?.minor ?? 0n
  },

  async documentMovements(span, by) {
    const lineKey = by === 'branch' ? sql`s.branch_id` : sql`r.plan_id`
    const lineJoin = by === 'branch' ? sql`join subscribers s on s.id = i.subscriber_id` : sql`left join prices r on r.id = n.price_id`
    const claimKey = by === 'branch' ? sql`s.branch_id` : sql`f.plan_id`
    const claimJoin = by === 'branch' ? lineJoin : planOfClaim(sql)
    const named = by === 'branch' ? sql`branches` : sql`plans`
    return await sql<DocumentMovement[]>`
      with claimed as materialized (
             select i.id, i.subscriber_id, case e.kind when 'invoice_voided' then -1 else 1 end as sign
               from journal_entries e join invoices i on i.id = e.source_id::uuid and i.kind in ('invoice', 'debit_note') and i.currency = ${span.currency}
              where ${inSpan(sql, span)} and e.kind in ('invoice_issued', 'debit_note_issued', 'invoice_voided')),
           credited as materialized (
             select c.credit_id, c.position, c.invoice_id, c.line_position, c.net_minor
               from journal_entries e join credit_lines c on c.credit_id = e.source_id::uuid
              where ${inSpan(sql, span)} and e.currency = ${span.currency} and e.kind = 'credit_note_issued'),
           lines as materialized (
             select ${lineKey} as key, n.invoice_id, n.position, i.sign * n.net_minor as net, i.sign from claimed i join invoice_lines n on n.invoice_id = i.id ${lineJoin}),
           -- What may be many rows is summed at once, so that few are gathered.
           moved as (
             select key, 'invoiced' as what, '' as tax, sum(net) as amount from lines group by key
             union all
             select n.key, 'tax', t.code, sum(n.sign * t.amount_minor)
               from lines n join invoice_line_taxes t on t.invoice_id = n.invoice_id and t.line_position = n.position group by 1, 3
             union all
             select ${lineKey}, 'credited', '', c.net_minor
               from credited c join invoice_lines n on n.invoice_id = c.invoice_id and n.position = c.line_position join invoices i on i.id = c.invoice_id ${lineJoin}
             union all
             select ${lineKey}, 'tax', t.code, -t.amount_minor
               from credited c join credit_line_taxes t on t.credit_id = c.credit_id and t.line_position = c.position
               join invoice_lines n on n.invoice_id = c.invoice_id and n.position = c.line_position join invoices i on i.id = c.invoice_id ${lineJoin}
             union all
             select ${lineKey}, 'deferred', '', sum(d.amount)
               from (${deferredIn(sql, span)}) d join invoice_lines n on n.invoice_id = d.invoice_id and n.position = d.line_position
               join invoices i on i.id = d.invoice_id and i.currency = ${span.currency} ${lineJoin} group by 1
             union all
             select ${claimKey}, 'outstanding', '', sum(o.amount)
               from (${openPartsAt(sql, span.until)}) o join invoices i on i.id = o.id and i.currency = ${span.currency} ${claimJoin} group by 1
             ${by === 'branch' ? sql`union all ${receivedIn(sql, span)}` : sql``})
      select coalesce(m.key::text, '') as key, coalesce(g.code, '') as code, coalesce(g.name, '') as name, m.what, m.tax, m.amount as "amountMinor"
        from (select key, what, tax, sum(amount)::bigint as amount from moved group by 1, 2, 3) m left join ${named} g on g.id = m.key
       order by code, key`
  },
})

const inSpan = (sql: Sql, { from, until }: DaySpan) => sql`e.effective_on between ${from} and ${until}`

/** Payments of a branch's subscribers; what nobody owns yet is of no branch. */
const receivedIn = (sql: Sql, span: MoneySpan) => sql`
  select s.branch_id, 'received', '', p.amount_minor
    from journal_entries e join payments p on p.id = e.source_id::uuid left join subscribers s on s.id = p.subscriber_id
   where ${inSpan(sql, span)} and e.currency = ${span.currency} and e.kind in ('payment_received', 'payment_unmatched')`

/** By how much what waits on each line grew in a span. A deferral whose days were over and earned before it did not move. */
const deferredIn = (sql: Sql, { from, until }: DaySpan) => {
  const earned = (before: ReturnType<Sql>) => sql`nyuzi_earned(d.amount_minor, d.span_start, d.span_end, ${before})`
  const atEndOf = (day: ReturnType<Sql>) => sql`
    case when d.deferred_on > ${day} then 0
         else case when d.stopped_on is null or d.stopped_on > ${day} then d.amount_minor else ${earned(sql`d.until_on`)} end
              - ${earned(sql`greatest(d.from_on, least(d.until_on, r.open_from, ${day} + 1))`)} end`
  return sql`
    select d.invoice_id, d.line_position, ${atEndOf(sql`${until}::date`)} - (${atEndOf(sql`(${from}::date - 1)`)}) as amount
      from revenue_deferrals d, (select coalesce(max(day) + 1, '-infinity') as open_from from recognised_days) r
     where d.deferred_on <= ${until} and d.until_on >= least(${from}::date, r.open_from)`
}
