import postgres from 'postgres'

export type HandPayment = {
  readonly organisationId: string
  readonly installationId: string
  readonly subscriberId: string
  readonly invoiceId: string
  readonly receipt: string
  readonly amountMinor: bigint
  readonly clearingId: string
  readonly receivableId: string
}

export type HandPosting = {
  /** Payments, entries, postings and allocations: four statements in one flight, in one transaction. */
  postBatch(payments: readonly HandPayment[]): Promise<void>
  /** The same for one payment. */
  postOne(payment: HandPayment): Promise<void>
  close(): Promise<void>
}

/**
 * Posting as someone would write it who knows the answer already: no look-ups, no matching, no guards, only the rows,
 * into tables of the same columns, checks and indexes.
 */
export async function openHandPosting(databaseUrl: string, { clients }: { clients: number }): Promise<HandPosting> {
  const sql = postgres(databaseUrl, { max: clients, onnotice: () => {}, types: { bigint: postgres.BigInt } })
  for (const table of ['payments', 'journal_entries', 'postings', 'allocations'])
    await sql.unsafe(`create table if not exists limit_${table} (like ${table} including all)`)

  async function post(payments: readonly HandPayment[]): Promise<void> {
    const pick = (name: keyof HandPayment) => payments.map((payment) => String(payment[name]))
    const ids = payments.map(() => crypto.randomUUID())
    const entryIds = payments.map(() => crypto.randomUUID())
    const [organisation] = pick('organisationId')
    await sql.begin((tx) => [
      tx`insert into limit_payments (organisation_id, id, source, installation_id, provider_transaction, amount_minor, allocated_minor, currency, status, subscriber_id,
                match_rule, account_reference, payer, evidence, paid_at, received_at, recorded_at)
         select ${organisation ?? ''}, id, 'provider', installation_id, receipt, amount, amount, 'KES', 'matched', subscriber_id, 'account', receipt, '{"kind":"absent"}', 'callback', now(), now(), now()
           from unnest(${ids}::text[]::uuid[], ${pick('installationId')}::text[]::uuid[], ${pick('receipt')}::text[], ${pick('amountMinor')}::text[]::bigint[], ${pick('subscriberId')}::text[]::uuid[])
             as r(id, installation_id, receipt, amount, subscriber_id)`,
      tx`insert into limit_journal_entries (organisation_id, id, kind, currency, effective_on, source_noun, source_id, recorded_at)
         select ${organisation ?? ''}, id, 'payment_received', 'KES', current_date, 'payment', payment_id::text, now()
           from unnest(${entryIds}::text[]::uuid[], ${ids}::text[]::uuid[]) as r(id, payment_id)`,
      tx`insert into limit_postings (organisation_id, entry_id, position, account_id, amount_minor, currency)
         select ${organisation ?? ''}, id, p.position, case p.position when 1 then clearing_id else receivable_id end, case p.position when 1 then amount else -amount end, 'KES'
           from unnest(${entryIds}::text[]::uuid[], ${pick('clearingId')}::text[]::uuid[], ${pick('receivableId')}::text[]::uuid[], ${pick('amountMinor')}::text[]::bigint[])
             as r(id, clearing_id, receivable_id, amount), (values (1), (2)) as p(position)`,
      tx`insert into limit_allocations (organisation_id, payment_id, invoice_id, amount_minor, effective_on, created_at)
         select ${organisation ?? ''}, payment_id, invoice_id, amount, current_date, now()
           from unnest(${ids}::text[]::uuid[], ${pick('invoiceId')}::text[]::uuid[], ${pick('amountMinor')}::text[]::bigint[]) as r(payment_id, invoice_id, amount)`,
    ])
  }

  return { postBatch: post, postOne: (payment) => post([payment]), close: () => sql.end() }
}
