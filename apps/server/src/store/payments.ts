import type { MatchCandidate, PaymentId } from '@nyuzi/core'
import type { AwaitingReceipt, NewPayment, PaymentStore, PostedPayment, UnclaimedReceipt } from '../flows/payments/ports.ts'
import { fromRow, fromRows } from './mapping.ts'
import { rowsOf, type Sql } from './transaction.ts'

export const paymentStore = (sql: Sql): PaymentStore => {
  const columns = sql`id, source, installation_id as "installationId", branch_id as "branchId", provider_transaction as "providerTransaction", intent_id as "intentId",
    amount_minor as "amountMinor", currency, allocated_minor as "allocatedMinor", status, subscriber_id as "subscriberId", account_reference as "accountReference",
    paid_at as "paidAt", received_at as "receivedAt"`
  return {
    async addNew(payments) {
      if (payments.length === 0) return new Set<PaymentId>()
      // In the order of their receipts: two servers with the same receipts wait for each other, never in a circle.
      const ordered = [...payments].sort((left, right) =>
        (left.providerTransaction ?? left.id) < (right.providerTransaction ?? right.id) ? -1 : 1,
      )
      const rows = await sql`
        insert into payments (organisation_id, id, source, installation_id, branch_id, provider_transaction, intent_id, amount_minor, currency, status, subscriber_id,
               match_rule, suspense_reason, candidates, account_reference, payer, payer_name, evidence, paid_at, received_at, recorded_at, recorded_by)
        select nyuzi_organisation(), r.* from ${rowsOf(sql, ordered.map(toRow), {
          id: 'uuid',
          source: 'text',
          installationId: 'uuid',
          branchId: 'uuid',
          providerTransaction: 'text',
          intentId: 'uuid',
          amountMinor: 'bigint',
          currency: 'text',
          status: 'text',
          subscriberId: 'uuid',
          matchRule: 'text',
          suspenseReason: 'text',
          candidates: 'jsonb',
          accountReference: 'text',
          payer: 'jsonb',
          payerName: 'text',
          evidence: 'text',
          paidAt: 'timestamptz',
          receivedAt: 'timestamptz',
          recordedAt: 'timestamptz',
          recordedBy: 'text',
        })}
        on conflict do nothing returning id`
      return new Set(rows.map(({ id }) => id as PaymentId))
    },

    async byReceipts(receipts) {
      if (receipts.length === 0) return []
      return fromRows<PostedPayment>(
        await sql`
          select ${columns} from payments where (installation_id, provider_transaction) in
            (select installation_id, provider_transaction from ${rowsOf(sql, [...receipts], { installationId: 'uuid', providerTransaction: 'text' })})`,
      )
    },

    async byIntents(intentIds) {
      if (intentIds.length === 0) return []
      return fromRows<PostedPayment>(await sql`select ${columns} from payments where intent_id = any(${[...intentIds]}::uuid[])`)
    },

    async read(id) {
      const [row] = await sql`select ${columns} from payments where id = ${id}`
      return row && fromRow<PostedPayment>(row)
    },

    async lock(id) {
      const [row] = await sql`select ${columns} from payments where id = ${id} for update`
      return row && fromRow<PostedPayment>(row)
    },

    async lockJoining(installationIds) {
      // In the order of the ids, as every lock.
      for (const id of [...installationIds].sort()) await sql`select pg_advisory_xact_lock(hashtextextended(${`nyuzi joining ${id}`}, 0))`
    },

    async awaitingReceipt({ subscriberIds, installationIds }) {
      if (subscriberIds.length + installationIds.length === 0) return []
      return fromRows<AwaitingReceipt>(
        await sql`
          select a.*, i.requested_at as "requestedAt", i.phone, ${sha256Of(sql, sql`i.phone`)} as "phoneSha256" from (
            select ${columns} from payments
             where provider_transaction is null and intent_id is not null
               and (subscriber_id = any(${[...subscriberIds]}::uuid[]) or installation_id = any(${[...installationIds]}::uuid[]))) a
            join payment_intents i on i.id = a."intentId" order by a."paidAt"`,
      )
    },

    async awaitingIntent({ installationId, subscriberId, phone, amountMinor, from, until }) {
      return fromRows<UnclaimedReceipt>(
        await sql`
          select ${columns}, payer, ${sha256Of(sql, sql`${phone}`)} as "phoneSha256" from payments
           where (subscriber_id = ${subscriberId} or (status = 'unmatched' and suspense_reason = 'no_reference')) and installation_id = ${installationId}
             and amount_minor = ${amountMinor} and intent_id is null and provider_transaction is not null and paid_at between ${from} and ${until}
           order by paid_at`,
      )
    },

    async attachReceipt(id, providerTransaction) {
      await sql`update payments set provider_transaction = ${providerTransaction} where id = ${id}`
    },

    async attachIntent(id, intentId) {
      await sql`update payments set intent_id = ${intentId} where id = ${id}`
    },

    async assign(id, subscriberId, by, at) {
      await sql`update payments set status = 'matched', subscriber_id = ${subscriberId}, resolved_by = ${by}, resolved_at = ${at} where id = ${id}`
    },

    async addAllocations(allocations, at) {
      if (allocations.length === 0) return
      await sql`
        insert into allocations (organisation_id, id, payment_id, invoice_id, amount_minor, effective_on, created_at)
        select nyuzi_organisation(), coalesce(id, uuidv7()), payment_id, invoice_id, amount_minor, effective_on, ${at}
          from ${rowsOf(sql, [...allocations], { id: 'uuid', paymentId: 'uuid', invoiceId: 'uuid', amountMinor: 'bigint', effectiveOn: 'date' })}`
    },

    async candidates({ accountKeys, phones, phoneSha256s }) {
      // Three indexed look-ups, not one with `or`: each index serves its own keys.
      return fromRows<MatchCandidate>(
        await sql`
          select s.id as "subscriberId", s.account_number as "accountNumber", s.account_key as "accountKey", s.name, s.phone, s.phone_sha256 as "phoneSha256", s.currency,
                 s.status = 'closed' as closed,
                 coalesce((select sum(i.total_minor - i.allocated_minor)::bigint from invoices i where i.subscriber_id = s.id and i.status = 'open'), 0) as "openMinor"
            from subscribers s
           where s.id in (
             select id from subscribers where account_key = any(${[...accountKeys]}::text[])
             union select id from subscribers where phone = any(${[...phones]}::text[])
             union select id from subscribers where phone_sha256 = any(${[...phoneSha256s]}::text[]))`,
      )
    },
  }
}

/** What a provider shows instead of a phone. */
const sha256Of = (sql: Sql, phone: ReturnType<Sql>) => sql`encode(sha256(convert_to(substr(${phone}::text, 2), 'UTF8')), 'hex')`

const toRow = (payment: NewPayment) => ({
  id: payment.id,
  source: payment.source,
  installationId: payment.installationId,
  branchId: payment.branchId,
  providerTransaction: payment.providerTransaction,
  intentId: payment.intentId,
  amountMinor: payment.amountMinor,
  currency: payment.currency,
  status: payment.subscriberId ? 'matched' : 'unmatched',
  subscriberId: payment.subscriberId,
  matchRule: payment.matchRule,
  suspenseReason: payment.suspenseReason,
  candidates: payment.candidates,
  accountReference: payment.accountReference,
  payer: payment.payer,
  payerName: payment.payerName,
  evidence: payment.evidence,
  paidAt: payment.paidAt,
  receivedAt: payment.receivedAt,
  recordedAt: payment.recordedAt,
  recordedBy: payment.recordedBy,
})
