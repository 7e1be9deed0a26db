import type { CivilDate } from '@nyuzi/core'
import type { Sql } from '../transaction.ts'

/** What was open of each claim at the end of a day. */
export const openAt = (sql: Sql, on: CivilDate) =>
  sql`select m.id, sum(m.amount) as open from (${openPartsAt(sql, on)}) m group by m.id having sum(m.amount) <> 0`

/**
 * The same in parts, which a sum over many claims need not gather first: what is open now, and what the ledger did since, taken
 * back. So the report of today reads open claims only, and that of a past day what came after it.
 */
export const openPartsAt = (sql: Sql, on: CivilDate) => sql`
  select id, total_minor - allocated_minor as amount from invoices where status = 'open'
  union all select invoice_id, amount_minor from allocations where effective_on > ${on}
  union all select invoice_id, amount_minor from credit_allocations where effective_on > ${on}
  union all
  select case e.source_noun when 'invoice' then e.source_id::uuid else coalesce(l.invoice_id, k.invoice_id) end, -p.amount_minor
    from journal_entries e
    join postings p on p.entry_id = e.id
    join ledger_accounts a on a.id = p.account_id and a.kind = 'receivable'
    left join allocations l on l.id = case e.source_noun when 'allocation' then e.source_id::uuid end
    left join credit_allocations k on k.id = case e.source_noun when 'allocation' then e.source_id::uuid end
   where e.effective_on > ${on}
     and e.kind in ('invoice_issued', 'debit_note_issued', 'deposit_claimed', 'credit_transferred', 'credit_refunded', 'invoice_voided', 'written_off', 'bad_debt_recovered')`

/** The plan of the first line of a claim that names one. The very first is joined, since it mostly does, and many lines are read faster together. */
export const planOfClaim = (sql: Sql) => sql`
  left join invoice_lines n1 on n1.invoice_id = i.id and n1.position = 1
  left join prices r1 on r1.id = n1.price_id
  left join lateral (
    select coalesce(r1.plan_id, (
      select r.plan_id from invoice_lines n join prices r on r.id = n.price_id where n.invoice_id = i.id order by n.position limit 1)) as plan_id) f on true`
