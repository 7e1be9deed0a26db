import {
  type CivilDate,
  type Currency,
  civilDateAt,
  keepsQuietHours,
  type MessageFacts,
  type MessageId,
  type MessageKind,
  missingTogether,
  money,
  quietUntil,
  type SubscriberId,
} from '@nyuzi/core'
import type { Row } from 'postgres'
import type { JoinableReading, MessageSource, MessageStore, MessageToSend } from '../flows/messages/ports.ts'
import { fromRow, fromRows } from './mapping.ts'
import { type RenewalStandingRow, renewalStanding, toRenewalStanding } from './renewal-standing.ts'
import { rowsOf, type Sql } from './transaction.ts'

export const messageStore = (sql: Sql): MessageStore => ({
  async owe(messages, at) {
    if (messages.length === 0) return new Set()
    const rows = messages.map(
      ({ id, subscriberId, kind, dedupeKey, source, owedOn, channels, usefulUntil, prompt = false, toldWith, skippedBecause }) => ({
        id,
        subscriberId,
        kind,
        dedupeKey,
        sourceNoun: source.noun,
        sourceId: source.id,
        owedOn,
        channels,
        usefulUntil,
        prompt,
        toldWith,
        status: skippedBecause ? 'skipped' : 'queued',
        statusReason: skippedBecause,
        nextAttemptAt: skippedBecause ? undefined : at,
      }),
    )
    const written = await sql`
      insert into messages (organisation_id, created_at, id, subscriber_id, kind, dedupe_key, source_noun, source_id, owed_on, channels, useful_until, prompt, told_with, status, status_reason, next_attempt_at)
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
        prompt: 'boolean',
        toldWith: 'uuid',
        status: 'text',
        statusReason: 'text',
        nextAttemptAt: 'timestamptz',
      })} on conflict (organisation_id, dedupe_key) do nothing returning id`
    return new Set(written.map(({ id }) => id as MessageId))
  },

  async lockJoinable(subscriberIds) {
    const rows = await sql`
      select id, subscriber_id as "subscriberId", kind, case source_noun when 'service' then 'cut_off' else split_part(dedupe_key, ':', 3) end as topic,
             useful_until as "usefulUntil", channels, prompt
        from messages where subscriber_id = any(${[...subscriberIds]}::uuid[]) and next_attempt_at is not null and status = 'queued' and attempts = 0
       order by id for update`
    return fromRows<JoinableReading>(rows)
  },

  async claim(limit, now, claimUntil) {
    const rows = await sql`
      with mine as (
        select id as mine_id, status as was from messages where next_attempt_at <= ${now} order by next_attempt_at, id limit ${limit} for update skip locked),
      claimed as (
        update messages m set status = 'sending', next_attempt_at = ${claimUntil}, attempts = m.attempts + 1
          from mine where m.id = mine.mine_id
        returning m.id, m.subscriber_id, m.kind, m.dedupe_key, m.source_noun, m.source_id, m.channels, m.prompt, m.attempts, m.created_at, m.useful_until, mine.was = 'sending' as interrupted)
      ${withFacts(sql, sql`claimed`)}`
    return rows.map((row) => toMessage(row, now))
  },

  async read(ids, now) {
    if (ids.length === 0) return []
    const rows = await withFacts(
      sql,
      sql`(select id, subscriber_id, kind, dedupe_key, source_noun, source_id, channels, prompt, attempts, created_at, useful_until, false as interrupted
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
    const rows = await sql`
      update messages set status = ${status}, status_reason = ${reason ?? null}, text = coalesce(${text ?? null}, text), channel = coalesce(${channel ?? null}, channel), sent_to = coalesce(${to ?? null}, sent_to),
             installation_id = coalesce(${installationId ?? null}, installation_id), provider_reference = coalesce(${providerReference ?? null}, provider_reference),
             parts = ${parts ?? null}, cost_minor = ${costMinor ?? null}, sent_at = case when ${status} = 'sent' then ${now}::timestamptz else sent_at end,
             attempts = attempts - case when ${retry && text === undefined} then 1 else 0 end, next_attempt_at = ${retry ? (nextAttemptAt ?? now) : null}
       where id = ${id} and status = 'sending' returning 1`
    return rows.length > 0
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

/** What a message `c` is about, with what is told with it. */
const told = (sql: Sql) => sql`(
  select c.source_id::uuid as source_id, c.dedupe_key union all select m.source_id::uuid, m.dedupe_key from messages m where m.told_with = c.id)`

/** Messages with all that their texts tell, as the books and lines say it now. */
const withFacts = (sql: Sql, messages: ReturnType<Sql>) => sql`
  select c.*, s.name, s.account_number, s.phone, s.email, s.language, s.currency, o.name as organisation_name, o.time_zone, o.policy->>'payTo' as pay_to, o.policy->'quietHours' as quiet_hours,
         d.numbers, d.due_on, d.suspends_on, d.open_minor as invoice_open, w.renewals, l.names,
         p.amount_minor as paid_minor, p.provider_transaction,
         (select coalesce(sum(v.total_minor - v.allocated_minor), 0)::bigint from invoices v where v.subscriber_id = c.subscriber_id and v.status = 'open') as open_minor,
         (select coalesce(sum(y.amount_minor - y.allocated_minor), 0)::bigint from payments y where y.subscriber_id = c.subscriber_id and y.status = 'matched') as credit_minor,
         (select bool_or(a.status <> 'in_sync') from access_states a where a.subscriber_id = c.subscriber_id) as line_pending,
         (select bool_and(a.observed_state = 'active') from access_states a where a.subscriber_id = c.subscriber_id) as line_on,
         (select bool_and(a.wanted_state = 'active') from access_states a where a.subscriber_id = c.subscriber_id) as line_wanted
    from ${messages} c
    join subscribers s on s.id = c.subscriber_id
    join organisations o on o.id = s.organisation_id
    left join payments p on c.source_noun = 'payment' and p.id = c.source_id::uuid
    left join lateral (
      select json_agg(i.number order by i.due_on, i.id) as numbers, min(i.due_on) as due_on, sum(i.total_minor - i.allocated_minor)::bigint as open_minor,
             min((select i.due_on + min(coalesce(u.grace_days, r.grace_days)) + 1 from invoice_lines n
                    join subscriptions u on u.id = n.subscription_id join prices r on r.id = n.price_id where n.invoice_id = i.id)) as suspends_on
        from ${told(sql)} t join invoices i on i.id = t.source_id and i.status = 'open'
     ) d on c.source_noun = 'invoice'
    left join lateral (
      select json_agg(json_build_object(
               'standing', ${renewalStanding(sql, sql`r`)}, 'on', r.renewal_on, 'account', payer.account_number, 'isOwn', r.subscriber_id = c.subscriber_id,
               'name', (select min(v.username) from services v where v.subscription_id = r.id),
               'isOff', exists (select from services v join access_states a on a.service_id = v.id
                                 where v.subscription_id = r.id and a.wanted_state = 'suspended' and a.wanted_reason = 'expired')) order by r.renewal_on, r.id) as renewals
        from (select distinct case c.source_noun when 'service' then (select v.subscription_id from services v where v.id = t.source_id) else t.source_id end as id,
                     case c.source_noun when 'subscription' then split_part(t.dedupe_key, ':', 4) end as renewal_on
                from ${told(sql)} t) t
        join subscriptions r on r.id = t.id and r.renewal_on is not null and (t.renewal_on is null or t.renewal_on = r.renewal_on::text)
        join subscribers payer on payer.id = r.payer_id
     ) w on c.kind in ('renewal_due', 'expired')
    left join lateral (
      select json_agg(json_build_object('name', v.username, 'isOwn', v.subscriber_id = c.subscriber_id) order by v.id) as names
        from ${told(sql)} t join services v on v.id = t.source_id
     ) l on c.kind = 'suspended'`

type RenewalRow = ToldLine & {
  readonly standing: RenewalStandingRow
  readonly on: CivilDate
  readonly account: string
  readonly isOff: boolean
}
type ToldLine = { readonly name: string | null; readonly isOwn: boolean }

function toMessage(row: Row, now: Date): MessageToSend {
  const currency = row.currency as Currency
  const source: MessageSource['noun'] = row.source_noun
  const kind = row.kind as MessageKind
  const today = civilDateAt(now, row.time_zone as string)
  const renewals = ((row.renewals ?? []) as readonly RenewalRow[]).filter(({ on, isOff }) =>
    // Of a line that is off it was told; one that went off may have been renewed.
    source === 'service' ? on <= today : kind === 'expired' || !isOff,
  )
  const missing = missingTogether(renewals.map(({ standing }) => toRenewalStanding(standing)))
  const about: Readonly<Record<MessageSource['noun'], bigint | null>> = {
    payment: row.paid_minor,
    invoice: row.invoice_open,
    subscription: missing,
    service: kind === 'expired' ? missing : row.open_minor,
  }
  const amountMinor = about[source] ?? 0n
  const lines: readonly ToldLine[] = row.names ?? renewals
  const facts: MessageFacts = fromRow({
    organisationName: row.organisation_name,
    subscriberName: row.name,
    accountNumber: renewals[0]?.account ?? row.account_number,
    payTo: row.pay_to,
    amount: money(amountMinor, currency),
    dueOn: row.due_on ?? renewals[0]?.on,
    suspendsOn: row.suspends_on,
    invoiceNumbers: row.numbers,
    // Whoever has one line knows which it is.
    lineNames: lines.length > 1 || lines.some(({ isOwn }) => !isOwn) ? lines.map(({ name }) => name ?? '') : null,
    receipt: row.provider_transaction,
    balance: money((row.open_minor as bigint) - (row.credit_minor as bigint), currency),
    lineState: row.line_on ? 'on' : row.line_wanted ? 'coming_on' : 'off',
  })
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
    prompt: row.prompt,
    quietUntil: keepsQuietHours(kind) && row.quiet_hours ? quietUntil(now, row.time_zone, row.quiet_hours) : null,
    // Its matter has settled: no invoice is open, nothing is owed, or what was to be renewed was bought or is covered.
    pointless: kind !== 'receipt' && amountMinor <= 0n,
    attempts: row.attempts,
    createdAt: row.created_at,
    usefulUntil: row.useful_until,
    interrupted: row.interrupted,
  })
}
