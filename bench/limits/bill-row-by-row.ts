import postgres from 'postgres'
import { extraMinor } from '../kit/billing-isp.ts'

const clients = 16

export type RowByRow = { bill(organisationId: string, day: string, limit: number): Promise<number>; close(): Promise<void> }

/**
 * The same rows in the same tables as most would begin to write them: find what is due, then for each read, compute,
 * and write in a transaction of its own, on 16 connections, statements prepared once a connection.
 */
export function openRowByRow(databaseUrl: string): RowByRow {
  const sql = postgres(databaseUrl, { max: clients, onnotice: () => {}, types: { bigint: postgres.BigInt } })
  return {
    async bill(organisationId, day, limit) {
      const due = await sql`
        select id from subscriptions where organisation_id = ${organisationId} and next_invoice_on <= ${day} order by next_invoice_on, id limit ${limit}`
      let next = 0
      await Promise.all(
        Array.from({ length: clients }, async () => {
          for (let row = due[next++]; row; row = due[next++]) await billOne(sql, organisationId, row.id, day)
        }),
      )
      return due.length
    },
    close: () => sql.end(),
  }
}

async function billOne(pool: postgres.Sql<{ bigint: bigint }>, organisationId: string, subscriptionId: string, day: string): Promise<void> {
  const now = new Date()
  await pool.begin(async (sql) => {
    const [due] = await sql`
      select s.subscriber_id, t.number as terms, p.id as price_id, p.version, p.amount_minor, s.billed_until::text as starts,
             (s.billed_until + interval '1 month')::date::text as ends, b.code as series,
             (select id from ledger_accounts a where a.organisation_id = s.organisation_id and a.code = 'receivable:KES:' || s.subscriber_id) as receivable,
             (select id from ledger_accounts a where a.organisation_id = s.organisation_id and a.code = 'revenue:KES:internet') as revenue,
             (select id from ledger_accounts a where a.organisation_id = s.organisation_id and a.code = 'tax_payable:KES:excise') as excise,
             (select id from ledger_accounts a where a.organisation_id = s.organisation_id and a.code = 'tax_payable:KES:vat') as vat
        from subscriptions s
        join subscription_terms t on t.organisation_id = s.organisation_id and t.subscription_id = s.id and t.until_on is null
        join prices p on p.organisation_id = s.organisation_id and p.id = t.price_id
        join subscribers u on u.organisation_id = s.organisation_id and u.id = s.subscriber_id
        join branches b on b.organisation_id = s.organisation_id and b.id = u.branch_id
       where s.organisation_id = ${organisationId} and s.id = ${subscriptionId} and s.next_invoice_on <= ${day} for update of s`
    if (!due) return
    const { series, starts, ends } = due
    const lines = [
      { component: 'base', description: { kind: 'plan' }, ...taxedOf(due.amount_minor) },
      { component: 'static_ip', description: { kind: 'extra', title: 'Static address' }, ...taxedOf(extraMinor) },
    ]
    const sumOf = (pick: (line: (typeof lines)[number]) => bigint) => lines.reduce((sum, line) => sum + pick(line), 0n)
    const [invoiceId, entryId] = [crypto.randomUUID(), crypto.randomUUID()]

    await sql`insert into number_series (organisation_id, series) values (${organisationId}, ${series}) on conflict do nothing`
    const [counter] =
      await sql`select last_sequence from number_series where organisation_id = ${organisationId} and series = ${series} for update`
    const sequence: bigint = counter?.last_sequence + 1n
    const number = `${series}-${String(sequence).padStart(6, '0')}`
    await sql`
      insert into invoices (organisation_id, id, subscriber_id, series, sequence, number, status, currency, total_minor, issued_on, due_on, created_at)
      values (${organisationId}, ${invoiceId}, ${due.subscriber_id}, ${series}, ${sequence}, ${number}, 'open', 'KES', ${sumOf(({ total }) => total)}, ${day}, ${starts}, ${now})`
    for (const [index, { component, description, total, beforeVat, net, excise, vat }] of lines.entries()) {
      const position = index + 1
      await sql`
        insert into invoice_line_taxes (organisation_id, invoice_id, line_position, position, code, title, rate_bp, base_minor, amount_minor)
        values (${organisationId}, ${invoiceId}, ${position}, 1, 'excise', 'excise', 1500, ${net}, ${excise}),
               (${organisationId}, ${invoiceId}, ${position}, 2, 'vat', 'VAT', 1600, ${beforeVat}, ${vat})`
      await sql`
        insert into invoice_lines (organisation_id, invoice_id, position, description, component, category, tax_class, pricing, tax_point, net_minor, total_minor, subscription_id,
                                   period_start, period_end, rate_minor, whole_start, whole_end, due_on, price_id, price_version, terms, arithmetic)
        values (${organisationId}, ${invoiceId}, ${position}, ${sql.json(description)}, ${component}, 'internet', 'internet', 'inclusive', ${starts}, ${net}, ${total},
                ${subscriptionId}, ${starts}, ${ends}, ${total}, ${starts}, ${ends}, ${starts}, ${due.price_id}, ${due.version}, ${due.terms},
                ${`${total} incl.: VAT 16 % ${vat}, excise 15 % ${excise}, net ${net}`})`
      await sql`
        insert into charged_periods (organisation_id, subscription_id, component, period, invoice_id, line_position)
        values (${organisationId}, ${subscriptionId}, ${component}, daterange(${starts}::date, ${ends}::date), ${invoiceId}, ${position})`
    }
    await sql`
      insert into postings (organisation_id, entry_id, position, account_id, amount_minor, currency)
      values (${organisationId}, ${entryId}, 1, ${due.receivable}, ${sumOf(({ total }) => total)}, 'KES'), (${organisationId}, ${entryId}, 2, ${due.revenue}, ${sumOf(({ net }) => -net)}, 'KES'),
             (${organisationId}, ${entryId}, 3, ${due.excise}, ${sumOf(({ excise }) => -excise)}, 'KES'), (${organisationId}, ${entryId}, 4, ${due.vat}, ${sumOf(({ vat }) => -vat)}, 'KES')`
    await sql`
      insert into journal_entries (organisation_id, id, kind, currency, effective_on, source_noun, source_id, recorded_at)
      values (${organisationId}, ${entryId}, 'invoice_issued', 'KES', ${day}, 'invoice', ${invoiceId}, ${now})`
    await sql`
      update subscriptions set billed_until = ${ends}, next_invoice_on = ${ends}::date - 7 where organisation_id = ${organisationId} and id = ${subscriptionId}`
    await sql`update access_states set recheck_on = ${starts}::date + 1 where organisation_id = ${organisationId} and subscriber_id = ${due.subscriber_id}`
  })
}

function taxedOf(total: bigint) {
  const beforeVat = shareOf(total, 116n)
  const net = shareOf(beforeVat, 115n)
  return { total, beforeVat, net, excise: beforeVat - net, vat: total - beforeVat }
}

/** `amount × 100 ÷ hundredths`, half up. */
const shareOf = (amount: bigint, hundredths: bigint): bigint => (2n * amount * 100n + hundredths) / (2n * hundredths)
