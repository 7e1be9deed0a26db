import { createHash } from 'node:crypto'
import { accountCode, type LedgerAccountRef } from '@nyuzi/core'
import type { LedgerDoubt, LedgerStore } from '../flows/ledger/ports.ts'
import { rowsOf, type Sql } from './transaction.ts'

/** Accounts of one subscriber keep a balance; an account that every payment touches would be a lock for all. */
const balanceKept = new Set<LedgerAccountRef['kind']>(['receivable', 'credit', 'deposit'])

export const ledgerStore = (sql: Sql): LedgerStore => ({
  async record(entries, recordedAt) {
    if (entries.length === 0) return
    const named = entries.flatMap(({ id, entry }) =>
      entry.postings.map(({ account, amountMinor }, index) => ({
        entryId: id,
        position: index + 1,
        account,
        code: accountCode(account),
        amountMinor,
      })),
    )
    const accounts = await openAccounts(sql, new Map(named.map(({ code, account }) => [code, account])))
    const postings = named.map(({ entryId, position, account: { currency }, code, amountMinor }) => {
      return { entryId, position, accountId: accounts.get(code), amountMinor, currency }
    })
    const rows = entries.map(({ id, entry }) => ({
      id,
      kind: entry.kind,
      currency: entry.currency,
      effectiveOn: entry.effectiveOn,
      sourceNoun: entry.source.noun,
      sourceId: entry.source.id,
      reversesEntryId: entry.reversesEntryId,
    }))
    // Postings first, all in one statement: the database proves the balance of each entry on it.
    await Promise.all([
      sql`
        insert into postings (organisation_id, entry_id, position, account_id, amount_minor, currency)
        select (select nyuzi_organisation()), r.* from ${rowsOf(sql, postings, {
          entryId: 'repeated uuid',
          position: 'integer',
          accountId: 'repeated uuid',
          amountMinor: 'bigint',
          currency: 'text',
        })}`,
      sql`
        insert into journal_entries (organisation_id, recorded_at, id, kind, currency, effective_on, source_noun, source_id, reverses_entry_id)
        select (select nyuzi_organisation()), ${recordedAt}, r.* from ${rowsOf(sql, rows, {
          id: 'uuid',
          kind: 'text',
          currency: 'text',
          effectiveOn: 'date',
          sourceNoun: 'text',
          sourceId: 'text',
          reversesEntryId: 'uuid',
        })}`,
    ])
  },

  async seal(limit, settledBefore, at) {
    // One sealer an organisation: a block's number and predecessor are read and written under this lock.
    const [lock] = await sql`select pg_try_advisory_xact_lock(hashtextextended('nyuzi seal ' || nyuzi_organisation()::text, 0)) as taken`
    if (!lock?.taken) return 0
    const entries = await sql`
      select e.id from journal_entries e
       where e.recorded_at < ${settledBefore} and not exists (select from ledger_block_entries b where b.entry_id = e.id)
       order by e.recorded_at, e.id limit ${limit}`
    if (entries.length === 0) return 0
    const [last] = await sql`select number, hash from ledger_blocks order by number desc limit 1`
    const number = (last?.number ?? 0) + 1
    const previousHash: Uint8Array = last?.hash ?? new Uint8Array(32)
    const rows = entries.map(({ id }, index) => ({ entryId: id as string, position: index + 1 }))
    await sql`
      insert into ledger_block_entries (organisation_id, block_number, entry_id, position)
      select (select nyuzi_organisation()), ${number}, r.* from ${rowsOf(sql, rows, { entryId: 'uuid', position: 'integer' })}`
    const hash = hashOf(previousHash, await linesOfBlock(sql, number))
    await sql`
      insert into ledger_blocks (organisation_id, number, previous_hash, hash, entry_count, sealed_at)
      values (nyuzi_organisation(), ${number}, ${previousHash}, ${hash}, ${entries.length}, ${at})`
    return entries.length
  },

  async verify() {
    const doubts: LedgerDoubt[] = []
    for (const [rule, query] of Object.entries(checks(sql))) {
      for (const { subject, message } of await query) doubts.push({ rule, subject, message })
    }
    return [...doubts, ...(await verifyBlocks(sql))]
  },

  async counts() {
    const [row] = await sql`
      select (select count(*)::int from journal_entries) as entries, (select count(*)::int from postings) as postings, (select count(*)::int from payments) as payments,
             (select count(*)::int from invoices) as invoices, (select count(*)::int from ledger_blocks) as blocks`
    return {
      entries: row?.entries ?? 0,
      postings: row?.postings ?? 0,
      payments: row?.payments ?? 0,
      invoices: row?.invoices ?? 0,
      blocks: row?.blocks ?? 0,
    }
  },
})

async function openAccounts(sql: Sql, wanted: ReadonlyMap<string, LedgerAccountRef>): Promise<Map<string, string>> {
  const codes = [...wanted.keys()].sort()
  const read = async () =>
    (await sql`select code, id from ledger_accounts where code = any(${codes}::text[])`).map(({ code, id }) => [code, id] as const)
  const found = new Map<string, string>(await read())
  const missing = codes.filter((code) => !found.has(code))
  if (missing.length === 0) return found
  const rows = missing.map((code) => {
    const ref = wanted.get(code) as LedgerAccountRef
    return { code, kind: ref.kind, currency: ref.currency, owner: ref.owner, keepsBalance: balanceKept.has(ref.kind) }
  })
  await sql`
    insert into ledger_accounts (organisation_id, code, kind, currency, owner, keeps_balance)
    select (select nyuzi_organisation()), r.* from ${rowsOf(sql, rows, { code: 'text', kind: 'text', currency: 'text', owner: 'text', keepsBalance: 'boolean' })}
    on conflict (organisation_id, code) do nothing`
  return new Map(await read())
}

/** Every entry of a block as one line of text with all that it says, in the block's order. */
async function linesOfBlock(sql: Sql, number: number): Promise<string[]> {
  const rows = await sql`
    select concat_ws('|', e.id, e.kind, e.currency, e.effective_on, e.source_noun, e.source_id, coalesce(e.reverses_entry_id::text, '-'),
             (select string_agg(concat_ws(':', p.position, a.code, p.amount_minor, p.currency), ';' order by p.position)
                from postings p join ledger_accounts a on a.id = p.account_id where p.entry_id = e.id)) as line
      from ledger_block_entries b join journal_entries e on e.id = b.entry_id where b.block_number = ${number} order by b.position`
  return rows.map(({ line }) => line)
}

function hashOf(previous: Uint8Array, lines: readonly string[]): Buffer {
  const hash = createHash('sha256').update(previous)
  for (const line of lines) hash.update(line).update('\n')
  return hash.digest()
}

async function verifyBlocks(sql: Sql): Promise<LedgerDoubt[]> {
  const doubts: LedgerDoubt[] = []
  let previous: Uint8Array = new Uint8Array(32)
  let number = 0
  for (const block of await sql`select number, previous_hash, hash, entry_count from ledger_blocks order by number`) {
    const subject = `block ${block.number}`
    number++
    if (block.number !== number) doubts.push({ rule: 'L8', subject, message: `block ${number} is missing` })
    const lines = await linesOfBlock(sql, block.number)
    if (lines.length !== block.entry_count)
      doubts.push({ rule: 'L8', subject, message: `${block.entry_count} entries were sealed, ${lines.length} are there` })
    if (Buffer.compare(block.previous_hash, previous) !== 0)
      doubts.push({ rule: 'L8', subject, message: 'it does not follow the block before it' })
    if (Buffer.compare(block.hash, hashOf(previous, lines)) !== 0)
      doubts.push({ rule: 'L8', subject, message: 'an entry in it was changed after it was sealed' })
    previous = block.hash
    number = block.number
  }
  // The newest blocks leave no successor that misses them, but their entries still name them.
  const gone = await sql`
    select distinct e.block_number from ledger_block_entries e
     where not exists (select from ledger_blocks b where b.number = e.block_number) and e.block_number > ${number} order by 1`
  for (const { block_number } of gone)
    doubts.push({ rule: 'L8', subject: `block ${block_number}`, message: `block ${block_number} is missing` })
  return doubts
}

/** Each invariant of reliability §2 as a query for its violations; a row is a doubt. */
const checks = (sql: Sql) => ({
  L1: sql`select entry_id::text as subject, 'its postings sum to ' || sum(amount_minor) || ' ' || currency as message
            from postings group by entry_id, currency having sum(amount_minor) <> 0`,
  L1b: sql`select e.id::text as subject, 'it has fewer than two postings' as message
             from journal_entries e where (select count(*) from postings p where p.entry_id = e.id) < 2`,
  L2: sql`select p.entry_id::text as subject, 'it posts ' || p.currency || ' to ' || a.code as message
            from postings p join ledger_accounts a on a.id = p.account_id where a.currency <> p.currency`,
  L4: sql`select a.code as subject, 'its balance is ' || a.balance_minor || ', its postings sum to ' || coalesce(s.total, 0) as message
            from ledger_accounts a left join (select account_id, sum(amount_minor) as total, count(*) as n from postings group by account_id) s on s.account_id = a.id
           where a.keeps_balance and (a.balance_minor <> coalesce(s.total, 0) or a.version <> coalesce(s.n, 0))`,
  L4b: sql`select currency as subject, 'all postings sum to ' || sum(amount_minor) as message from postings group by currency having sum(amount_minor) <> 0`,
  L5: sql`select p.entry_id::text as subject, 'its postings are there and the entry is not' as message
            from postings p where not exists (select from journal_entries e where e.id = p.entry_id) group by p.entry_id`,
  L7: sql`select p.id::text as subject, 'it is posted ' || count(e.id) || ' times' as message
            from payments p left join journal_entries e on e.source_noun = 'payment' and e.source_id = p.id::text and e.kind in ('payment_received', 'payment_unmatched')
           group by p.id having count(e.id) <> 1`,
  L7b: sql`select p.id::text as subject, 'the entry is of another amount than the payment' as message
             from payments p join journal_entries e on e.source_noun = 'payment' and e.source_id = p.id::text and e.kind in ('payment_received', 'payment_unmatched')
            where (select sum(amount_minor) from postings o where o.entry_id = e.id and o.amount_minor > 0) <> p.amount_minor`,
  L9: sql`select installation_id::text as subject, 'suspense holds ' || -ledger || ', open unmatched payments sum to ' || open as message from (
            select i.installation_id,
                   coalesce((select sum(o.amount_minor) from postings o join ledger_accounts a on a.id = o.account_id where a.kind = 'suspense' and a.owner = i.installation_id::text), 0) as ledger,
                   coalesce((select sum(amount_minor) from payments u where u.installation_id = i.installation_id and u.status = 'unmatched'), 0) as open
              from (select distinct installation_id from payments where installation_id is not null) i) s where -ledger <> open`,
  P4: sql`select p.id::text as subject, 'allocated ' || p.allocated_minor || ', allocations sum to ' || coalesce(sum(a.amount_minor), 0) as message
            from payments p left join allocations a on a.payment_id = p.id group by p.organisation_id, p.id having p.allocated_minor <> coalesce(sum(a.amount_minor), 0)`,
  P4b: sql`select i.number as subject, 'paid ' || i.allocated_minor || ', allocations sum to ' || coalesce(sum(a.amount_minor), 0) as message
             from invoices i left join (select invoice_id, amount_minor from allocations union all select invoice_id, amount_minor from credit_allocations) a on a.invoice_id = i.id
            group by i.organisation_id, i.id having i.allocated_minor <> coalesce(sum(a.amount_minor), 0)`,
  P4c: sql`select c.number as subject, 'allocated ' || c.allocated_minor || ', allocations sum to ' || coalesce(sum(a.amount_minor), 0) as message
             from credits c left join credit_allocations a on a.credit_id = c.id group by c.organisation_id, c.id having c.allocated_minor <> coalesce(sum(a.amount_minor), 0)`,
  B2: sql`select i.number as subject, 'its total is ' || i.total_minor || ', its lines and taxes sum to ' || coalesce(sum(l.net_minor + l.taxes), 0) as message
            from invoices i
            left join (select n.invoice_id, n.net_minor, coalesce(sum(t.amount_minor), 0) as taxes
                         from invoice_lines n left join invoice_line_taxes t on t.invoice_id = n.invoice_id and t.line_position = n.position
                        group by n.organisation_id, n.invoice_id, n.position) l on l.invoice_id = i.id
           group by i.organisation_id, i.id having i.total_minor <> coalesce(sum(l.net_minor + l.taxes), 0)`,
  B2b: sql`select i.number as subject, 'it is ' || case when count(e.id) = 0 then 'not in the ledger' else 'in the ledger ' || count(e.id) || ' times' end as message
             from invoices i left join journal_entries e on e.source_noun = 'invoice' and e.source_id = i.id::text
                  and e.kind in ('invoice_issued', 'debit_note_issued', 'deposit_claimed', 'credit_transferred', 'credit_refunded')
            where i.total_minor <> 0 group by i.organisation_id, i.id having count(e.id) <> 1`,
  B2c: sql`select i.number || ', line ' || n.position as subject, 'it claims ' || n.total_minor || ', its net and taxes are ' || n.net_minor + coalesce(sum(t.amount_minor), 0) as message
             from invoice_lines n join invoices i on i.id = n.invoice_id
             left join invoice_line_taxes t on t.invoice_id = n.invoice_id and t.line_position = n.position
            group by n.organisation_id, n.invoice_id, n.position, i.number having n.total_minor <> n.net_minor + coalesce(sum(t.amount_minor), 0)`,
  /** What we owe the state by the ledger is what each invoice says, tax by tax. */
  B2d: sql`select i.number || ', ' || coalesce(d.code, l.code) as subject, 'its lines bear ' || coalesce(d.amount, 0) || ', the ledger owes the state ' || coalesce(l.amount, 0) as message
             from (select invoice_id::text as invoice_id, code, sum(amount_minor) as amount from invoice_line_taxes group by invoice_id, code having sum(amount_minor) <> 0) d
             full join (select e.source_id as invoice_id, a.owner as code, -sum(p.amount_minor) as amount
                          from postings p join ledger_accounts a on a.id = p.account_id and a.kind = 'tax_payable'
                          join journal_entries e on e.id = p.entry_id and e.kind in ('invoice_issued', 'debit_note_issued') group by e.source_id, a.owner) l
               on l.invoice_id = d.invoice_id and l.code = d.code
             left join invoices i on i.id::text = coalesce(d.invoice_id, l.invoice_id)
            where coalesce(d.amount, 0) <> coalesce(l.amount, 0)`,
  B4: sql`select s.series as subject, 'its counter is at ' || s.last_sequence || ', it holds ' || count(i.sequence) || ' documents up to ' || coalesce(max(i.sequence), 0) as message
            from number_series s left join (select series, sequence from invoices union all select series, sequence from credits union all select series, sequence from receipts) i on i.series = s.series
           group by s.organisation_id, s.series having s.last_sequence <> count(i.sequence) or s.last_sequence <> coalesce(max(i.sequence), 0)`,
  B5: sql`select c.number as subject, 'its total is ' || c.total_minor || ', its lines and taxes sum to ' || coalesce(sum(l.net_minor + l.taxes), 0) as message
            from credits c
            left join (select n.credit_id, n.net_minor, coalesce(sum(t.amount_minor), 0) as taxes
                         from credit_lines n left join credit_line_taxes t on t.credit_id = n.credit_id and t.line_position = n.position
                        group by n.organisation_id, n.credit_id, n.position) l on l.credit_id = c.id
           where c.kind = 'credit_note' group by c.organisation_id, c.id having c.total_minor <> coalesce(sum(l.net_minor + l.taxes), 0)`,
  B5b: sql`select c.number as subject, 'it is ' || case when count(e.id) = 0 then 'not in the ledger' else 'in the ledger ' || count(e.id) || ' times' end as message
             from credits c left join journal_entries e on e.kind in ('credit_note_issued', 'deposit_released', 'credit_granted') and e.source_noun = 'credit' and e.source_id = c.id::text
            where c.total_minor <> 0 and c.kind <> 'transfer_in' group by c.organisation_id, c.id having count(e.id) <> 1`,
  /** What the state is owed less by the ledger is what each credit note says, tax by tax. */
  B5c: sql`select c.number || ', ' || coalesce(d.code, l.code) as subject, 'its lines give back ' || coalesce(d.amount, 0) || ', the ledger ' || coalesce(l.amount, 0) as message
             from (select credit_id::text as credit_id, code, sum(amount_minor) as amount from credit_line_taxes group by credit_id, code having sum(amount_minor) <> 0) d
             full join (select e.source_id as credit_id, a.owner as code, sum(p.amount_minor) as amount
                          from postings p join ledger_accounts a on a.id = p.account_id and a.kind = 'tax_payable'
                          join journal_entries e on e.id = p.entry_id and e.kind = 'credit_note_issued' group by e.source_id, a.owner) l
               on l.credit_id = d.credit_id and l.code = d.code
             left join credits c on c.id::text = coalesce(d.credit_id, l.credit_id)
            where coalesce(d.amount, 0) <> coalesce(l.amount, 0)`,
  B6: sql`select i.number || ', line ' || n.position as subject, 'it claims ' || n.net_minor || ' net, credits take ' || sum(c.net_minor) as message
            from credit_lines c join invoice_lines n on n.invoice_id = c.invoice_id and n.position = c.line_position join invoices i on i.id = n.invoice_id
           group by n.organisation_id, n.invoice_id, n.position, i.number having sum(c.net_minor) > n.net_minor`,
  B6b: sql`select i.number || ', line ' || c.line_position || ', ' || x.code as subject, 'it bears ' || coalesce(t.amount_minor, 0) || ', credits take ' || sum(x.amount_minor) as message
             from credit_lines c join credit_line_taxes x on x.credit_id = c.credit_id and x.line_position = c.position join invoices i on i.id = c.invoice_id
             left join invoice_line_taxes t on t.invoice_id = c.invoice_id and t.line_position = c.line_position and t.code = x.code
            group by i.number, c.invoice_id, c.line_position, x.code, t.amount_minor having sum(x.amount_minor) > coalesce(t.amount_minor, 0)`,
  /** The days for which a line charges a price are either charged still or credited, each once. */
  B7: sql`select i.number || ', line ' || n.position as subject, 'it is for ' || daterange(n.period_start, n.period_end) || ', charged are ' || coalesce(p.days, '{}') || ', credited ' || coalesce(c.days, '{}') as message
            from invoice_lines n join invoices i on i.id = n.invoice_id
            left join (select invoice_id, line_position, range_agg(period) as days, sum(upper(period) - lower(period)) as n from charged_periods group by 1, 2) p
              on p.invoice_id = n.invoice_id and p.line_position = n.position
            left join (select invoice_id, line_position, range_agg(days) as days, sum(upper(days) - lower(days)) as n from credit_lines where days is not null group by 1, 2) c
              on c.invoice_id = n.invoice_id and c.line_position = n.position
           where n.price_id is not null and case when i.status = 'void' then p.n is not null
             else coalesce(p.days, '{}') + coalesce(c.days, '{}') <> datemultirange(daterange(n.period_start, n.period_end))
               or coalesce(p.n, 0) + coalesce(c.n, 0) <> n.period_end - n.period_start end`,
  /** What waits to be earned by the ledger is what the deferrals have left to earn. */
  R1: sql`select coalesce(l.currency, d.currency) || ', ' || coalesce(l.category, d.category) as subject,
                 'the ledger defers ' || coalesce(l.total, 0) || ', the days to come earn ' || coalesce(d.total, 0) as message
            from (select a.owner as category, a.currency, -sum(p.amount_minor) as total from ledger_accounts a join postings p on p.account_id = a.id
                   where a.kind = 'deferred_revenue' group by 1, 2) l
            full join (select category, currency, sum(case when stopped_on is null then amount_minor else nyuzi_earned(amount_minor, span_start, span_end, until_on) end
                                - nyuzi_earned(amount_minor, span_start, span_end, greatest(from_on, least(until_on, open_from)))) as total
                         from revenue_deferrals, (select coalesce(max(day) + 1, '-infinity') as open_from from recognised_days) r group by 1, 2) d
              on d.category = l.category and d.currency = l.currency
           where coalesce(l.total, 0) <> coalesce(d.total, 0)`,
  /** What a subscriber owes by the ledger is what is open by the claims; a claim that was given up or is void asks nothing. */
  L10: owned(
    sql,
    'receivable',
    sql`select subscriber_id, sum(total_minor - allocated_minor) as total from invoices where status in ('open', 'paid') group by subscriber_id`,
  ),
  /** Receivables of each day move in the ledger as claims and allocations say: what was open on a past day can be told. */
  L11: sql`select coalesce(l.day, d.day)::text as subject, 'the ledger moves receivables by ' || coalesce(l.total, 0) || ', the documents by ' || coalesce(d.total, 0) as message
             from (select e.effective_on as day, sum(p.amount_minor) as total
                     from ledger_accounts a join postings p on p.account_id = a.id join journal_entries e on e.id = p.entry_id where a.kind = 'receivable' group by 1) l
             full join (select day, sum(amount) as total from (
                          select issued_on as day, total_minor as amount from invoices
                          union all select effective_on, -amount_minor from allocations
                          union all select effective_on, -amount_minor from credit_allocations
                          union all select e.effective_on, p.amount_minor
                            from journal_entries e join postings p on p.entry_id = e.id join ledger_accounts a on a.id = p.account_id
                           where e.kind in ('written_off', 'bad_debt_recovered', 'invoice_voided') and a.kind = 'receivable') m group by 1) d on d.day = l.day
            where coalesce(l.total, 0) <> coalesce(d.total, 0)`,
  /** The credit of a subscriber by the ledger is what is free of payments and credits. */
  L10b: owned(
    sql,
    'credit',
    sql`select subscriber_id, -sum(free) as total from (
          select subscriber_id, amount_minor - allocated_minor as free from payments where status = 'matched'
          union all select subscriber_id, total_minor - allocated_minor from credits) f group by subscriber_id`,
  ),
  L10c: owned(
    sql,
    'deposit',
    sql`select subscriber_id, -sum(held) as total from (
          select subscriber_id, case when status = 'uncollectible' then allocated_minor else total_minor end as held from invoices where kind = 'deposit' and status <> 'void'
          union all select subscriber_id, -total_minor from credits where kind = 'deposit_release') d group by subscriber_id`,
  ),
})

/** Subscribers whose accounts of a kind say otherwise than their documents. */
const owned = (sql: Sql, kind: LedgerAccountRef['kind'], documents: ReturnType<Sql>) => sql`
  select s.id::text as subject, 'the ledger says ' || s.ledger || ' ${sql.unsafe(kind)}, the documents say ' || s.documents as message from (
    select b.id, coalesce(l.total, 0) as ledger, coalesce(d.total, 0) as documents
      from subscribers b
      left join (select owner, sum(balance_minor) as total from ledger_accounts where kind = ${kind} group by owner) l on l.owner = b.id::text
      left join (${documents}) d on d.subscriber_id = b.id) s where s.ledger <> s.documents`
