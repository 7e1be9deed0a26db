import type { CivilDate, Currency, EntryId, JournalEntry, LedgerAccountKind, SubscriptionId } from '@nyuzi/core'
import type { Claim, ClaimStore, WrittenOffClaim } from '../flows/credits/ports.ts'
import { addHeaders, addLineTaxes } from './claim-rows.ts'
import { fromRow, fromRows } from './mapping.ts'
import { rowsOf, type Sql } from './transaction.ts'

export const claimStore = (sql: Sql): ClaimStore => ({
  async add(claims, at) {
    if (claims.length === 0) return
    await addHeaders(sql, claims, at)
    await addLineTaxes(sql, 'invoice', claims)
    const lines = claims.flatMap(({ id, lines }) => lines.map((line) => ({ invoiceId: id, ...line })))
    await sql`
      insert into invoice_lines (organisation_id, invoice_id, position, description, category, tax_class, pricing, tax_point, net_minor, total_minor, arithmetic)
      select nyuzi_organisation(), r.* from ${rowsOf(
        sql,
        lines.map(({ net, total, taxes: _, ...line }) => ({ ...line, netMinor: net.amountMinor, totalMinor: total.amountMinor })),
        {
          invoiceId: 'uuid',
          position: 'integer',
          description: 'jsonb',
          category: 'text',
          taxClass: 'text',
          pricing: 'text',
          taxPoint: 'date',
          netMinor: 'bigint',
          totalMinor: 'bigint',
          arithmetic: 'text',
        },
      )}`
  },

  async read(id) {
    const [row] = await sql`
      select i.id, i.kind, i.number, i.subscriber_id as "subscriberId", s.branch_id as "branchId", i.status, i.currency, i.allocated_minor as "allocatedMinor",
             i.total_minor - i.allocated_minor as "openMinor",
             exists (select from credit_lines c where c.invoice_id = i.id) as credited
        from invoices i join subscribers s on s.id = i.subscriber_id where i.id = ${id}`
    return row && fromRow<Claim>(row)
  },

  async writtenOff(ids) {
    if (ids.length === 0) return []
    return fromRows<WrittenOffClaim>(
      await sql`
        select id as "invoiceId", kind, subscriber_id as "subscriberId", number, due_on as "dueOn", sequence, currency, total_minor as "totalMinor",
               total_minor - allocated_minor as "openMinor"
          from invoices where id = any(${[...ids]}::uuid[]) and status = 'uncollectible' order by id for update`,
    )
  },

  async setStatus(id, status) {
    await sql`update invoices set status = ${status} where id = ${id}`
  },

  async subscribedDays(id) {
    const rows = await sql<{ subscriptionId: SubscriptionId; start: CivilDate; end: CivilDate }[]>`
      select n.subscription_id as "subscriptionId", min(n.period_start) as start, max(n.period_end) as "end" from invoice_lines n
       where n.invoice_id = ${id} and n.subscription_id is not null and n.charge_id is null
         and not exists (select from invoice_line_usage u where u.invoice_id = n.invoice_id and u.line_position = n.position) group by 1`
    return rows.map(({ subscriptionId, start, end }) => ({ subscriptionId, days: { start, end } }))
  },

  async entry(id) {
    const [entry] = await sql<
      { id: EntryId; kind: JournalEntry['kind']; currency: Currency; effectiveOn: CivilDate; noun: string; source: string }[]
    >`
      select id, kind, currency, effective_on as "effectiveOn", source_noun as noun, source_id as source from journal_entries
       where source_noun = 'invoice' and source_id = ${id} and kind in ('invoice_issued', 'debit_note_issued', 'deposit_claimed')`
    if (!entry) return undefined
    const postings = await sql<{ kind: LedgerAccountKind; owner: string; amountMinor: bigint }[]>`
      select a.kind, a.owner, p.amount_minor as "amountMinor" from postings p join ledger_accounts a on a.id = p.account_id
       where p.entry_id = ${entry.id} order by p.position`
    const { noun, source, ...facts } = entry
    return {
      ...facts,
      source: { noun, id: source },
      postings: postings.map(({ kind, owner, amountMinor }) => ({ account: { kind, owner, currency: entry.currency }, amountMinor })),
    }
  },
})
