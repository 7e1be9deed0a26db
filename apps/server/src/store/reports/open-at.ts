import type { CivilDate } from '@nyuzi/core'
import type { Sql } from '../transaction.ts'

/**
 * What was open of each claim at the end of a day: what is open now, and what the ledger did to it since, taken back. So
 * the report of today reads open claims only, and that of a past day what came after it.
 */
export const openAt = (sql: Sql, on: CivilDate) => sql`
  select m.id, sum(m.amount) as open from (
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
       and e.kind in ('invoice_issued', 'debit_note_issued', 'deposit_claimed', 'credit_transferred', 'credit_refunded', 'invoice_voided', 'written_off', 'bad_debt_recovered')
  ) m group by m.id having sum(m.amount) <> 0`

/** The plan of the first line of a claim that names one. */
export const planOfClaim = (sql: Sql) => sql`
  left join lateral (
    select r.plan_id from invoice_lines n join prices r on r.id = n.price_id where n.invoice_id = i.id order by n.position limit 1) f on true`
