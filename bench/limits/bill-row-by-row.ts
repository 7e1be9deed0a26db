import postgres from 'postgres'

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
      select s.subscriber_id, p.id as price_id, p.version, p.amount_minor, (${day}::date + 7)::text as starts, (${day}::date + 7 + interval '1 month')::date::text as ends,
             (select id from ledger_accounts a where a.organisation_id = s.organisation_id and a.code = 'receivable:KES:' || s.subscriber_id) as receivable,
             (select id from ledger_accounts a where a.organisation_id = s.organisation_id and a.code = 'revenue:KES:internet') as revenue,
             (select id from ledger_accounts a where a.organisation_id = s.organisation_id and a.code = 'tax_payable:KES:excise') as excise,
             (select id from ledger_accounts a where a.organisation_id = s.organisation_id and a.code = 'tax_payable:KES:vat') as vat
        from subscriptions s join prices p on p.organisation_id = s.organisation_id and p.id = s.price_id
       where s.organisation_id = ${organisationId} and s.id = ${subscriptionId} and s.next_invoice_on <= ${day} for update of s`
    if (!due) return
    const total: bigint = due.amount_minor
    const beforeVat = shareOf(total, 116n)
    const net = shareOf(beforeVat, 115n)
    const [excise, vat] = [beforeVat - net, total - beforeVat]
    const [invoiceId, entryId] = [crypto.randomUUID(), crypto.randomUUID()]

    await sql`insert into number_series (organisation_id, series) values (${organisationId}, 'NRB') on conflict do nothing`
    const [series] =
      await sql`select last_sequence from number_series where organisation_id = ${organisationId} and series = 'NRB' for update`
    const sequence: bigint = series?.last_sequence + 1n
    await sql`
      insert into invoices (organisation_id, id, subscriber_id, series, sequence, number, status, currency, total_minor, issued_on, due_on, created_at)
      values (${organisationId}, ${invoiceId}, ${due.subscriber_id}, 'NRB', ${sequence}, ${`NRB-${String(sequence).padStart(6, '0')}`}, 'open', 'KES', ${total}, ${day}, ${due.starts}, ${now})`
    await sql`
      insert into invoice_line_taxes (organisation_id, invoice_id, line_position, position, code, title, rate_bp, base_minor, amount_minor)
      values (${organisationId}, ${invoiceId}, 1, 1, 'excise', 'excise', 1500, ${net}, ${excise}), (${organisationId}, ${invoiceId}, 1, 2, 'vat', 'VAT', 1600, ${beforeVat}, ${vat})`
    await sql`
      insert into invoice_lines (organisation_id, invoice_id, position, description, category, tax_class, pricing, tax_point, net_minor, total_minor, subscription_id,
                                 period_start, period_end, price_id, price_version, arithmetic)
      values (${organisationId}, ${invoiceId}, 1, ${`Internet, ${due.starts} to ${due.ends}`}, 'internet', 'internet', 'inclusive', ${due.starts}, ${net}, ${total}, ${subscriptionId},
              ${due.starts}, ${due.ends}, ${due.price_id}, ${due.version}, ${`${total} incl.: VAT 16 % ${vat}, excise 15 % ${excise}, net ${net}`})`
    await sql`
      insert into charged_periods (organisation_id, subscription_id, component, period, invoice_id, line_position)
      values (${organisationId}, ${subscriptionId}, 'internet', daterange(${due.starts}::date, ${due.ends}::date), ${invoiceId}, 1)`
    await sql`
      insert into postings (organisation_id, entry_id, position, account_id, amount_minor, currency)
      values (${organisationId}, ${entryId}, 1, ${due.receivable}, ${total}, 'KES'), (${organisationId}, ${entryId}, 2, ${due.revenue}, ${-net}, 'KES'),
             (${organisationId}, ${entryId}, 3, ${due.excise}, ${-excise}, 'KES'), (${organisationId}, ${entryId}, 4, ${due.vat}, ${-vat}, 'KES')`
    await sql`
      insert into journal_entries (organisation_id, id, kind, currency, effective_on, source_noun, source_id, recorded_at)
      values (${organisationId}, ${entryId}, 'invoice_issued', 'KES', ${day}, 'invoice', ${invoiceId}, ${now})`
    await sql`
      update subscriptions set periods_charged = periods_charged + 1, next_invoice_on = ${due.ends}::date - 7 where organisation_id = ${organisationId} and id = ${subscriptionId}`
    await sql`update access_states set recheck_on = ${due.starts}::date + 1 where organisation_id = ${organisationId} and subscriber_id = ${due.subscriber_id}`
  })
}

/** `amount × 100 ÷ hundredths`, half up. */
const shareOf = (amount: bigint, hundredths: bigint): bigint => (2n * amount * 100n + hundredths) / (2n * hundredths)
