import type { EntryReading, LedgerAccountReading, ReadingStore, TaskReading } from '../../flows/readings/ports.ts'
import type { Sql } from '../transaction.ts'
import { after, first, where } from './page.ts'

export function ledgerReadings(sql: Sql): Pick<ReadingStore, 'ledgerAccounts' | 'entries' | 'tasks' | 'task'> {
  const tasks = sql`
    select id, kind, subject_noun as "subjectNoun", subject_id as "subjectId", title, detail, created_at as "createdAt", done_at as "doneAt" from tasks`
  return {
    ledgerAccounts: ({ kind, ...page }) => sql<LedgerAccountReading[]>`
      select a.id, a.kind, a.currency, a.owner, coalesce(b.total, 0)::bigint as "balanceMinor", coalesce(b.postings, 0)::bigint as postings
      from (select * from ledger_accounts a where true ${where(sql, kind, (word) => sql`a.kind = ${word}`)} ${after(sql, page, sql`a.id`)}) a
      left join lateral (
        select sum(p.amount_minor) as total, count(*) as postings from postings p where p.organisation_id = a.organisation_id and p.account_id = a.id
      ) b on true
      order by a.id desc`,
    entries: ({ accountId, sourceId, ...page }) =>
      entriesWithPostings(
        sql,
        sql`where true
        ${where(sql, accountId, (id) => sql`exists (select from postings p where p.organisation_id = e.organisation_id and p.entry_id = e.id and p.account_id = ${id})`)}
        ${where(sql, sourceId, (id) => sql`e.source_id = ${id}`)}
        ${after(sql, page, sql`e.id`)}`,
      ),
    tasks: ({ status, ...page }) =>
      sql<TaskReading[]>`${tasks} where ${status === 'open' ? sql`done_at is null` : sql`done_at is not null`} ${after(sql, page)}`,
    task: async (id) => first(await sql<TaskReading[]>`${tasks} where id = ${id}`),
  }
}

type PostingRow = EntryReading['postings'][number] & { readonly entryId: string }

/** `filter` is the rest of a query whose entries are called `e`. */
export async function entriesWithPostings(sql: Sql, filter: ReturnType<Sql>): Promise<readonly EntryReading[]> {
  const entries = await sql<Omit<EntryReading, 'postings'>[]>`
    select e.id, e.kind, e.currency, e.effective_on as "effectiveOn", e.source_noun as "sourceNoun", e.source_id as "sourceId",
           e.reverses_entry_id as "reversesEntryId", e.recorded_at as "recordedAt"
    from journal_entries e ${filter}`
  const postings = await sql<PostingRow[]>`
    select p.entry_id as "entryId", p.account_id as "accountId", a.kind, a.owner, p.amount_minor as "amountMinor"
    from postings p join ledger_accounts a on a.organisation_id = p.organisation_id and a.id = p.account_id
    where p.entry_id = any (${entries.map(({ id }) => id)}::uuid[]) order by p.entry_id, p.position`
  return entries.map((entry) => ({ ...entry, postings: postings.filter(({ entryId }) => entryId === entry.id) }))
}
