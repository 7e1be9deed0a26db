import type { RankedCandidate } from '@nyuzi/core'
import type {
  AllocationReading,
  CandidateReading,
  IntentMoveReading,
  IntentReading,
  NoticeReading,
  PaymentReading,
  ReadingStore,
} from '../../flows/readings/ports.ts'
import type { Sql } from '../transaction.ts'
import { allocationRows } from './billing.ts'
import { entriesWithPostings } from './ledger.ts'
import { after, where } from './page.ts'

type Verbs = 'payments' | 'payment' | 'suspense' | 'intents' | 'intent'
type SuspenseRow = PaymentReading & { readonly candidates: readonly RankedCandidate[] }

export function paymentReadings(sql: Sql): Pick<ReadingStore, Verbs> {
  const columns = sql`
    p.id, p.source, p.installation_id as "installationId", p.branch_id as "branchId", p.provider_transaction as "providerTransaction",
    p.intent_id as "intentId", p.amount_minor as "amountMinor", p.currency, p.allocated_minor as "allocatedMinor", p.status,
    p.subscriber_id as "subscriberId", s.name as "subscriberName", s.account_number as "accountNumber", p.match_rule as "matchRule",
    p.suspense_reason as "suspenseReason", p.account_reference as "accountReference", p.payer, p.payer_name as "payerName", p.evidence,
    p.paid_at as "paidAt", p.received_at as "receivedAt", p.recorded_at as "recordedAt", p.recorded_by as "recordedBy",
    p.resolved_at as "resolvedAt", p.resolved_by as "resolvedBy", t.number as "receiptNumber", t.issued_on as "receiptIssuedOn"`
  const from = sql`
    from payments p left join subscribers s on s.organisation_id = p.organisation_id and s.id = p.subscriber_id
    left join receipts t on t.organisation_id = p.organisation_id and t.payment_id = p.id`
  const intents = sql`
    select i.id, i.installation_id as "installationId", i.subscriber_id as "subscriberId", i.amount_minor as "amountMinor",
           i.prompt_minor as "promptMinor", i.currency, i.phone, i.account_reference as "accountReference", i.status,
           i.provider_reference as "providerReference", i.requested_at as "requestedAt", i.look_up_attempts as "lookUpAttempts",
           i.next_look_up_at as "nextLookUpAt", i.failure_code as "failureCode", i.failure_class as "failureClass",
           i.failure_message as "failureMessage", i.payment_id as "paymentId"
    from payment_intents i`

  return {
    payments: ({ status, subscriberId, ...page }) => sql<PaymentReading[]>`
      select ${columns} ${from} where true
      ${where(sql, status, (word) => sql`p.status = ${word}`)}
      ${where(sql, subscriberId, (id) => sql`p.subscriber_id = ${id}`)}
      ${after(sql, page, sql`p.id`)}`,
    async payment(id) {
      const [payment] = await sql<PaymentReading[]>`select ${columns} ${from} where p.id = ${id}`
      if (!payment) return undefined
      const allocations = await sql<AllocationReading[]>`${allocationRows(sql)} where a.payment_id = ${id} order by a.id`
      const notices = await sql<NoticeReading[]>`
        select id, evidence, status, provider_transaction as "providerTransaction", amount_minor as "amountMinor", currency, detail,
               received_at as "receivedAt", outcome
        from payment_notices where payment_id = ${id} order by id`
      const entries = await entriesWithPostings(sql, sql`where e.source_noun = 'payment' and e.source_id = ${id} order by e.id`)
      return { ...payment, allocations, notices, entries }
    },
    async suspense(page) {
      const rows = await sql<
        SuspenseRow[]
      >`select ${columns}, p.candidates ${from} where p.status = 'unmatched' ${after(sql, page, sql`p.id`)}`
      return withNames(sql, rows)
    },
    intents: ({ status, subscriberId, ...page }) => sql<IntentReading[]>`
      ${intents} where true
      ${where(sql, status, (word) => sql`i.status = ${word}`)}
      ${where(sql, subscriberId, (id) => sql`i.subscriber_id = ${id}`)}
      ${after(sql, page, sql`i.id`)}`,
    async intent(id) {
      const [intent] = await sql<IntentReading[]>`${intents} where i.id = ${id}`
      if (!intent) return undefined
      const moves = await sql<IntentMoveReading[]>`
        select from_status as "fromStatus", to_status as "toStatus", evidence, detail, at from intent_moves where intent_id = ${id} order by id`
      return { ...intent, moves }
    },
  }
}

/** Names as they are now: a candidate was ranked when the money came. */
async function withNames(
  sql: Sql,
  rows: readonly SuspenseRow[],
): Promise<readonly (PaymentReading & { candidates: readonly CandidateReading[] })[]> {
  const ids = [...new Set(rows.flatMap(({ candidates }) => candidates.map(({ subscriberId }) => subscriberId)))]
  const subscribers = await sql<{ id: string; name: string; accountNumber: string }[]>`
    select id, name, account_number as "accountNumber" from subscribers where id = any (${ids}::uuid[])`
  const byId = new Map(subscribers.map((subscriber) => [subscriber.id, subscriber]))
  return rows.map((row) => ({
    ...row,
    candidates: row.candidates.flatMap((candidate) => {
      const found = byId.get(candidate.subscriberId)
      return found ? [{ ...candidate, name: found.name, accountNumber: found.accountNumber }] : []
    }),
  }))
}
