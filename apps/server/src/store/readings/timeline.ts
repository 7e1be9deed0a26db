import type { ReadingStore, TimelineReading } from '../../flows/readings/ports.ts'
import type { Sql } from '../transaction.ts'

/**
 * What was owed, paid, told and switched, as one query: each kind is a fact of its own table, so the timeline cannot
 * disagree with the books. Amounts travel as text; JSON numbers would lose cents of very large ones.
 */
export const timelineReadings = (sql: Sql): Pick<ReadingStore, 'timeline'> => ({
  timeline: (subscriberId, { limit, after }) => sql<TimelineReading[]>`
    select at, kind, key, facts from (
      select created_at as at, 'invoice_issued' as kind, 'invoice:' || id as key,
             jsonb_build_object('id', id, 'kind', kind, 'number', number, 'amountMinor', total_minor::text, 'currency', currency, 'issuedOn', issued_on::text, 'dueOn', due_on::text, 'status', status) as facts
        from invoices where subscriber_id = ${subscriberId}
      union all
      select created_at, 'credit_issued', 'credit:' || id,
             jsonb_build_object('id', id, 'kind', kind, 'number', number, 'amountMinor', total_minor::text, 'currency', currency, 'reason', reason)
        from credits where subscriber_id = ${subscriberId}
      union all
      select received_at, 'payment_received', 'payment:' || id,
             jsonb_build_object('id', id, 'amountMinor', amount_minor::text, 'currency', currency, 'source', source, 'receipt', provider_transaction,
                                'evidence', evidence, 'matchRule', match_rule, 'reference', account_reference, 'recordedBy', recorded_by)
        from payments where subscriber_id = ${subscriberId}
      union all
      select m.at, 'prompt', 'prompt:' || m.id,
             jsonb_build_object('id', i.id, 'amountMinor', i.prompt_minor::text, 'currency', i.currency, 'from', m.from_status, 'to', m.to_status,
                                'evidence', m.evidence, 'detail', m.detail, 'reference', i.provider_reference)
        from payment_intents i join intent_moves m on m.organisation_id = i.organisation_id and m.intent_id = i.id
       where i.subscriber_id = ${subscriberId}
      union all
      select coalesce(delivered_at, sent_at, created_at), 'message', 'message:' || id,
             jsonb_build_object('id', id, 'kind', kind, 'channel', channel, 'status', status, 'reason', status_reason, 'text', text, 'reference', provider_reference)
        from messages where subscriber_id = ${subscriberId}
      union all
      select c.wanted_at, 'access_wanted', 'wanted:' || c.id,
             jsonb_build_object('service', c.service_id, 'username', v.username, 'state', c.to_state, 'reason', c.reason, 'version', c.version, 'cause', c.cause_payment_id)
        from access_changes c join services v on v.organisation_id = c.organisation_id and v.id = c.service_id
       where c.subscriber_id = ${subscriberId}
      union all
      select a.wanted_at, 'access_wanted', 'state:' || a.service_id || ':' || a.wanted_version,
             jsonb_build_object('service', a.service_id, 'username', v.username, 'state', a.wanted_state, 'reason', a.wanted_reason, 'version', a.wanted_version, 'cause', a.cause_payment_id)
        from access_states a join services v on v.organisation_id = a.organisation_id and v.id = a.service_id
       where a.subscriber_id = ${subscriberId} and a.observed_version is distinct from a.wanted_version
      union all
      select c.applied_at, 'access_applied', 'applied:' || c.id,
             jsonb_build_object('service', c.service_id, 'username', v.username, 'from', c.from_state, 'state', c.to_state, 'reason', c.reason,
                                'version', c.version, 'outcome', c.outcome, 'sessionsDropped', c.sessions_dropped, 'proof', c.proof)
        from access_changes c join services v on v.organisation_id = c.organisation_id and v.id = c.service_id
       where c.subscriber_id = ${subscriberId}
      union all
      select r.at, 'staff_action', 'audit:' || r.id,
             jsonb_build_object('action', r.action, 'actor', r.actor, 'noun', r.subject_noun, 'id', r.subject_id)
        from audit_records r
       where r.subject_id = any (array(
         select ${subscriberId}::text
         union all select id::text from services where subscriber_id = ${subscriberId}
         union all select id::text from subscriptions where subscriber_id = ${subscriberId}))
    ) t
    ${after === undefined ? sql`` : sql`where (at, key) < (${after.at}, ${after.key})`}
    order by at desc, key desc limit ${limit}`,
})
