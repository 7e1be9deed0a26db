import type { GeneralLedgerCode, JournalLine, ReportStore } from '../../flows/reports/ports.ts'
import { fromRows } from '../mapping.ts'
import { rowsOf, type Sql } from '../transaction.ts'

export const journalReports = (
  sql: Sql,
): Pick<ReportStore, 'journal' | 'generalLedgerCodes' | 'setGeneralLedgerCodes' | 'forgetGeneralLedgerCodes'> => ({
  async journal({ from, until }) {
    // The owner of a subscriber's account is left out before the sum, so that it is one row a day and not one a subscriber.
    return fromRows<JournalLine>(
      await sql`
        select j.day, j.kind, j.owner, coalesce(own.code, kind.code) as code, j.currency, j.debit as "debitMinor", j.credit as "creditMinor"
          from (select e.effective_on as day, a.kind, case when a.keeps_balance or a.kind = 'withholding_receivable' then '' else a.owner end as owner, p.currency,
                       coalesce(sum(p.amount_minor) filter (where p.amount_minor > 0), 0)::bigint as debit,
                       coalesce(-sum(p.amount_minor) filter (where p.amount_minor < 0), 0)::bigint as credit
                  from journal_entries e join postings p on p.entry_id = e.id join ledger_accounts a on a.id = p.account_id
                 where e.effective_on between ${from} and ${until} group by 1, 2, 3, 4) j
          left join general_ledger_codes own on own.kind = j.kind and own.owner = j.owner and j.owner <> ''
          left join general_ledger_codes kind on kind.kind = j.kind and kind.owner = ''
         order by j.day, j.currency, j.kind, j.owner`,
    )
  },

  async generalLedgerCodes() {
    return fromRows<GeneralLedgerCode>(await sql`select kind, owner, code from general_ledger_codes order by kind, owner`)
  },

  async setGeneralLedgerCodes(codes) {
    if (codes.length === 0) return
    await sql`
      insert into general_ledger_codes (organisation_id, kind, owner, code)
      select nyuzi_organisation(), r.* from ${rowsOf(sql, [...codes], { kind: 'text', owner: 'text', code: 'text' })}
      on conflict (organisation_id, kind, owner) do update set code = excluded.code`
  },

  async forgetGeneralLedgerCodes(accounts) {
    if (accounts.length === 0) return
    await sql`
      delete from general_ledger_codes where (kind, owner) in (select kind, owner from ${rowsOf(sql, [...accounts], { kind: 'text', owner: 'text' })})`
  },
})
