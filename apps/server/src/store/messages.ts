import {
  type CivilDate,
  type Currency,
  civilDateAt,
  keepsQuietHours,
  type MessageFacts,
  type MessageId,
  type MessageKind,
  missingToRenew,
  money,
  quietUntil,
  type SubscriberId,
} from '@nyuzi/core'
import type { Row } from 'postgres'
import type { MessageSource, MessageStore, MessageToSend } from '../flows/messages/ports.ts'
import { fromRow } from './mapping.ts'
import { renewalStanding, toRenewalStanding } from './renewal-standing.ts'
import { rowsOf, type Sql } from './transaction.ts'

export const messageStore = (sql: Sql): MessageStore => ({
  async owe(messages, at) {
    if (messages.length === 0) return
    const rows = messages.map(({ id, subscriberId, kind, dedupeKey, source, owedOn, channels, usefulUntil, skippedBecause }) => ({
      id,
      subscriberId,
      kind,
      dedupeKey,
      sourceNoun: source.noun,
      sourceId: source.id,
      owedOn,
      channels,
      usefulUntil,
      status: skippedBecause ? 'skipped' : 'queued',
      statusReason: skippedBecause,
      nextAttemptAt: skippedBecause ? undefined : at,
    }))
    await sql`
      insert into messages (organisation_id, created_at, id, subscriber_id, kind, dedupe_key, source_noun, source_id, owed_on, channels, useful_until, status, status_reason, next_attempt_at)
      select nyuzi_organisation(), ${at}, r.* from ${rowsOf(sql, rows, {
        id: 'uuid',
        subscriberId: 'uuid',
        kind: 'text',
        dedupeKey: 'text',
        sourceNoun: 'text',
        sourceId: 'text',
        owedOn: 'date',
        channels: 'jsonb',
        usefulUntil: 'date',
        status: 'text',
        statusReason: 'text',
        nextAttemptAt: 'timestamptz',
      })} on conflict (organisation_id, dedupe_key) do nothing`
  },

  async claim(limit, now, claimUntil) {
    const rows = await sql`
      with mine as (
        select id as mine_id, status as was from messages where next_attempt_at <= ${now} order by next_attempt_at, id limit ${limit} for update skip locked),
      claimed as (
        update messages m set status = 'sending', next_attempt_at = ${claimUntil}, attempts = m.attempts + 1
          from mine where m.id = mine.mine_id
        returning m.id, m.subscriber_id, m.kind, m.dedupe_key, m.source_noun, m.source_id, m.channels, m.attempts, m.created_at, m.useful_until, mine.was = 'sending' as interrupted)
      ${withFacts(sql, sql`claimed`)}`
    return rows.map((row) => toMessage(row, now))
  },

  async read(ids, now) {
    if (ids.length === 0) return []
    const rows = await withFacts(
      sql,
      sql`(select id, subscriber_id, kind, dedupe_key, source_noun, source_id, channels, attempts, created_at, useful_until, false as interrupted
             from messages where id = any(${[...ids]}::uuid[]))`,
    )
    return rows.map((row) => toMessage(row, now))
  },

  async lineSettled(subscriberIds, now) {
    if (subscriberIds.length === 0) return
    await sql`
      update messages set next_attempt_at = ${now}
       where subscriber_id = any(${[...subscriberIds]}::uuid[]) and kind = 'receipt' and status = 'queued' and next_attempt_at > ${now} and attempts = 0`
  },

  async finish({ id, status, reason, text, channel, to, installationId, providerReference, parts, costMinor, nextAttemptAt }, now) {
    const retry = status === 'queued'
    await sql`
      update messages set status = ${status}, status_reason = ${reason ?? null}, text = coalesce(${text ?? null}, text), channel = coalesce(${channel ?? null}, channel), sent_to = coalesce(${to ?? null}, sent_to),
             installation_id = coalesce(${installationId ?? null}, installation_id), provider_reference = coalesce(${providerReference ?? null}, provider_reference),
             parts = ${parts ?? null}, cost_minor = ${costMinor ?? null}, sent_at = case when ${status} = 'sent' then ${now}::timestamptz else sent_at end,
             attempts = attempts - case when ${retry && text === undefined} then 1 else 0 end, next_attempt_at = ${retry ? (nextAttemptAt ?? now) : null}
       where id = ${id} and status = 'sending'`
  },

  async report({ installationId, providerReference, state, reason, at }) {
    const [row] = await sql`select id from messages where installation_id = ${installationId} and provider_reference = ${providerReference}`
    if (!row) return false
    // Never backwards: delivered and failed are final, but a sent one may still fail.
    await sql`
      update messages set status = ${state}, status_reason = coalesce(${reason ?? null}, status_reason), delivered_at = case when ${state} = 'delivered' then ${at}::timestamptz else delivered_at end
       where id = ${row.id} and status in ('sending', 'sent', 'unknown') and ${state} <> 'sent'`
    return true
  },
})

/** Messages with all that their texts tell, as the books and lines say it now. Of a line that is cut off: what is owed by whoever pays for it, and its account. */
const withFacts = (sql: Sql, messages: ReturnType<Sql>) => sql`
  select c.*, s.name, coalesce(w.account_number, z.account_number, s.account_number) as account_number, s.phone, s.email, s.language, o.name as organisation_name, o.currency, o.time_zone, o.policy->>'payTo' as pay_to, o.policy->'quietHours' as quiet_hours,
         i.number, coalesce(i.due_on, w.renewal_on) as due_on, w.renewal_on, w.standing, w.is_off, i.total_minor - i.allocated_minor as invoice_open, i.status as invoice_status,
         p.amount_minor as paid_minor, p.provider_transaction,
         (select coalesce(sum(v.total_minor - v.allocated_minor), 0)::bigint from invoices v where v.subscriber_id in (c.subscriber_id, coalesce(z.id, c.subscriber_id)) and v.status = 'open') as open_minor,
         (select coalesce(sum(y.amount_minor - y.allocated_minor), 0)::bigint from payments y where y.subscriber_id = c.subscriber_id and y.status = 'matched') as credit_minor,
         (select i.due_on + min(coalesce(u.grace_days, r.grace_days)) + 1 from invoice_lines n
            join subscriptions u on u.id = n.subscription_id join prices r on r.id = n.price_id where n.invoice_id = i.id) as suspends_on,
         (select bool_or(a.status <> 'in_sync') from access_states a where a.subscriber_id = c.subscriber_id) as line_pending,
         (select bool_and(a.observed_state = 'active') from access_states a where a.subscriber_id = c.subscriber_id) as line_on,
         (select bool_and(a.wanted_state = 'active') from access_states a where a.subscriber_id = c.subscriber_id) as line_wanted
    from ${messages} c
    join subscribers s on s.id = c.subscriber_id
    join organisations o on o.id = s.organisation_id
    left join invoices i on c.source_noun = 'invoice' and i.id = c.source_id::uuid
    left join payments p on c.source_noun = 'payment' and p.id = c.source_id::uuid
    left join lateral (
      select payer.id, payer.account_number from services v join subscriptions r on r.id = v.subscription_id join subscribers payer on payer.id = r.payer_id
       where v.id = c.source_id::uuid) z on c.source_noun = 'service'
    left join lateral (
      select r.renewal_on, ${renewalStanding(sql, sql`r`)} as standing, payer.account_number,
             exists (select from services v join access_states a on a.service_id = v.id
                      where v.subscription_id = r.id and a.wanted_state = 'suspended' and a.wanted_reason = 'expired') as is_off
        from subscriptions r join subscribers payer on payer.id = r.payer_id
       where r.id = case c.source_noun when 'subscription' then c.source_id::uuid
                                       when 'service' then (select v.subscription_id from services v where v.id = c.source_id::uuid) end
     ) w on c.kind in ('renewal_due', 'expired')`

function toMessage(row: Row, now: Date): MessageToSend {
  const currency = row.currency as Currency
  const source: MessageSource['noun'] = row.source_noun
  const missing = row.standing && missingToRenew(toRenewalStanding(row.standing))
  const facts: MessageFacts = fromRow({
    organisationName: row.organisation_name,
    subscriberName: row.name,
    accountNumber: row.account_number,
    payTo: row.pay_to,
    amount: money(missing ?? (source === 'payment' ? row.paid_minor : source === 'invoice' ? row.invoice_open : row.open_minor), currency),
    dueOn: row.due_on,
    suspendsOn: row.suspends_on,
    invoiceNumber: row.number,
    receipt: row.provider_transaction,
    balance: money((row.open_minor as bigint) - (row.credit_minor as bigint), currency),
    lineState: row.line_on ? 'on' : row.line_wanted ? 'coming_on' : 'off',
  })
  const kind = row.kind as MessageKind
  const today = civilDateAt(now, row.time_zone as string)
  return fromRow<MessageToSend>({
    id: row.id as MessageId,
    subscriberId: row.subscriber_id as SubscriberId,
    kind,
    language: row.language,
    reach: fromRow({ phone: row.phone, email: row.email }),
    today,
    facts,
    linePending: kind === 'receipt' && row.line_pending === true,
    channels: row.channels,
    quietUntil: keepsQuietHours(kind) && row.quiet_hours ? quietUntil(now, row.time_zone, row.quiet_hours) : null,
    pointless: isPointless(row, kind, today, missing),
    attempts: row.attempts,
    createdAt: row.created_at,
    usefulUntil: row.useful_until,
    interrupted: row.interrupted,
  })
}

/** Its matter has settled: the invoice is not open, nothing is owed, or the renewal was bought or is covered. */
function isPointless(row: Row, kind: MessageKind, today: CivilDate, missing: bigint | null): boolean {
  if (row.source_noun === 'invoice') return row.invoice_status !== 'open'
  if (kind === 'suspended') return row.open_minor <= 0n
  if (kind !== 'renewal_due' && kind !== 'expired') return false
  if (missing === null || missing === 0n) return true
  if (row.source_noun === 'service') return row.renewal_on > today
  const [, , , renewalOn] = (row.dedupe_key as string).split(':')
  // Once the line is off, that was told.
  return renewalOn !== row.renewal_on || (kind === 'renewal_due' && row.is_off)
}
