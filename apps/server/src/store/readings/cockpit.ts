import { accountKey, type SubscriberId } from '@nyuzi/core'
import type {
  Box,
  CockpitReadings,
  DayOfMoney,
  Happening,
  LineInList,
  ListFilter,
  MovedSubscriber,
  Pulse,
  SubscriberInList,
} from '../../flows/cockpit/ports.ts'
import type { Sql } from '../transaction.ts'
import { freeCredit } from './free-credit.ts'
import { like, phoneText } from './subscribers.ts'

/**
 * The pages that staff leave open are asked for twice a second, so nothing here reads history: ids are made in the
 * order of real time, so the last day is the end of an index. A clock that is moved by hand only ever runs ahead of
 * real time, so that a day of its time is a day of real time at most.
 */
export const cockpitReadings = (sql: Sql): CockpitReadings => {
  const since = (span: string) => sql`(select uuidv7(${span}::interval))`
  return {
    async pulse(dayStartsAt) {
      const [row] = await sql`
        with paid as (
          select count(*) filter (where status = 'matched')::int as matched, count(*) filter (where status = 'unmatched')::int as unmatched,
                 coalesce(sum(amount_minor) filter (where currency = (select currency from organisations)), 0)::bigint as money
            from payments where id >= ${since('-26 hours')} and received_at >= ${dayStartsAt}
        ), moves as (
          select c.*, extract(epoch from c.applied_at - coalesce(p.resolved_at, p.received_at))::float8 as seconds
            from access_changes c left join payments p on p.organisation_id = c.organisation_id and p.id = c.cause_payment_id
           where c.id >= ${since('-26 hours')} and c.applied_at >= ${dayStartsAt}
        ), switched as (
          select count(*) filter (where to_state = 'active' and from_state in ('suspended', 'limited') and outcome <> 'drift')::int as restored,
                 count(*) filter (where to_state = 'suspended' and outcome <> 'drift')::int as suspended,
                 count(*) filter (where outcome = 'drift')::int as drifts
            from moves
        ), speed as (
          select count(*)::int as count, percentile_cont(0.5) within group (order by seconds) as p50, percentile_cont(0.99) within group (order by seconds) as p99
            from moves where seconds is not null and outcome = 'changed' and to_state = 'active'
        ), lines as (
          select count(*) filter (where wanted_state = 'active' and wanted_reason <> 'in_grace')::int as active,
                 count(*) filter (where wanted_state in ('active', 'limited') and wanted_reason = 'in_grace')::int as in_grace,
                 count(*) filter (where wanted_state = 'suspended')::int as suspended, count(*) filter (where wanted_state = 'closed')::int as closed,
                 count(*) filter (where status <> 'in_sync')::int as not_in_sync
            from access_states
        )
        select (select currency from organisations) as currency, paid.matched, paid.unmatched, paid.money, switched.restored, switched.suspended as switched_off,
               switched.drifts, speed.count, speed.p50, speed.p99, lines.active, lines.in_grace, lines.suspended, lines.closed, lines.not_in_sync,
               (select count(*)::int from payments where status = 'unmatched') as suspense,
               (select count(*)::int from tasks where done_at is null) as tasks,
               (select count(*)::int from payment_intents where next_look_up_at is not null) as prompts,
               (select count(*)::int from access_lanes l join installations i on i.id = l.installation_id
                 where i.status = 'active' and l.state in ('unreachable', 'misconfigured')) as away
          from paid, switched, speed, lines`
      if (!row) throw new Error('an aggregate always has a row')
      const pulse: Pulse = {
        currency: row.currency,
        paymentsMatched: row.matched,
        paymentsInSuspenseToday: row.unmatched,
        moneyTodayMinor: row.money,
        accessRestored: row.restored,
        linesSuspended: row.switched_off,
        promptsOpen: row.prompts,
        suspenseOpen: row.suspense,
        tasksOpen: row.tasks,
        linesNotInSync: row.not_in_sync,
        boxesAway: row.away,
        ...(row.count > 0 ? { secondsToAccess: { p50: row.p50, p99: row.p99, count: row.count } } : {}),
        lines: { active: row.active, in_grace: row.in_grace, suspended: row.suspended, closed: row.closed },
        driftsRepaired: row.drifts,
      }
      return pulse
    },

    async subscribers({ q, filter, limit, after }) {
      const text =
        q === undefined
          ? sql``
          : sql`and (s.name ilike ${like(q)} or s.account_key like ${`${accountKey(q) || '-'}%`} or s.phone like ${like(phoneText(q))})`
      const page = after === undefined ? sql`` : sql`and (s.name, s.id) > (${after.name}, ${after.id}::uuid)`
      return await rows(
        sql,
        sql`(select s.* from subscribers s where true ${text} ${filterOf(sql, filter)} ${page} order by s.name, s.id limit ${limit})`,
      )
    },

    subscribersOf: async (ids) =>
      ids.length === 0 ? [] : await rows(sql, sql`(select s.* from subscribers s where s.id = any (${[...ids]}::uuid[]))`),

    async moved(limit) {
      const found = await sql<{ subscriberId: SubscriberId; isOpen: boolean }[]>`
        select subscriber_id as "subscriberId", bool_or(is_open) as "isOpen" from (
          select subscriber_id, false as is_open from messages where id >= ${since('-15 seconds')}
          union all select subscriber_id, false from access_changes where id >= ${since('-15 seconds')}
          union all select subscriber_id, false from invoices where id >= ${since('-15 seconds')}
          union all select i.subscriber_id, false from intent_moves m join payment_intents i on i.organisation_id = m.organisation_id and i.id = m.intent_id
                     where m.id >= ${since('-15 seconds')}
          union all (select subscriber_id, true from access_states where status <> 'in_sync' order by next_attempt_at desc limit ${limit})
        ) m group by subscriber_id limit ${limit}`
      return found satisfies readonly MovedSubscriber[]
    },

    async boxes() {
      const found = await sql`
        select i.id, i.plugin_id as "pluginId", i.name, i.status, i.status_reason as "statusReason", l.state, l.last_error, l.last_seen_at, l.reconciled_at,
               coalesce(a.lines, 0) as lines, coalesce(a.lines_on, 0) as lines_on, coalesce(a.waiting, 0) as waiting, coalesce(a.drifts, 0) as drifts
          from installations i
          left join access_lanes l on l.organisation_id = i.organisation_id and l.installation_id = i.id
          left join (
            select installation_id, count(*) filter (where wanted_state <> 'closed')::int as lines, count(*) filter (where observed_state = 'active')::int as lines_on,
                   count(*) filter (where status <> 'in_sync')::int as waiting, sum(drift_count)::int as drifts
              from access_states group by 1
          ) a on a.installation_id = i.id
         order by l.installation_id is null, i.name`
      return found.map(
        (row): Box => ({
          id: row.id,
          pluginId: row.pluginId,
          name: row.name,
          status: row.status,
          statusReason: row.statusReason,
          lane:
            row.state === null
              ? null
              : { state: row.state, lastError: row.last_error, lastSeenAt: row.last_seen_at, reconciledAt: row.reconciled_at },
          lines: row.lines,
          linesOn: row.lines_on,
          linesNotInSync: row.waiting,
          drifts: row.drifts,
        }),
      )
    },

    happenings: async (limit) =>
      await sql<Happening[]>`
      select h.*, s.name, s.account_number as "accountNumber" from (
        (select 'payment:' || id as key, 'payment' as kind, received_at as at, subscriber_id as "subscriberId", amount_minor as "amountMinor", currency,
                provider_transaction as receipt, coalesce(match_rule, suspense_reason) as because, account_reference as reference, null as "toState",
                case when resolved_at is null then status else 'resolved' end as outcome, null::float8 as seconds
           from payments order by id desc limit ${limit})
        union all
        (select 'access:' || c.id, 'access', c.applied_at, c.subscriber_id, null, null, null,
                case c.outcome when 'drift' then substring(c.proof from 'repaired: (.*)$') else c.reason end, v.username, c.to_state, c.outcome,
                extract(epoch from c.applied_at - coalesce(p.resolved_at, p.received_at))::float8
           from (select * from access_changes order by id desc limit ${limit}) c
           join services v on v.organisation_id = c.organisation_id and v.id = c.service_id
           left join payments p on p.organisation_id = c.organisation_id and p.id = c.cause_payment_id)
      ) h left join subscribers s on s.id = h."subscriberId"
      order by h.at desc, h.key desc limit ${limit}`,

    moneyByDay: async (from, timeZone) =>
      await sql<DayOfMoney[]>`
      select ((received_at at time zone ${timeZone})::date)::text as day, sum(amount_minor)::bigint as "amountMinor"
        from payments where id >= ${since('-16 days')} and currency = (select currency from organisations) and (received_at at time zone ${timeZone})::date >= ${from}::date
       group by 1 order by 1`,
  }
}

function filterOf(sql: Sql, filter: ListFilter) {
  const line = (condition: ReturnType<Sql>) => sql`and exists (select from access_states a where a.subscriber_id = s.id and ${condition})`
  switch (filter) {
    case 'active':
      return line(sql`a.wanted_state in ('active', 'limited')`)
    case 'in_grace':
      return line(sql`a.wanted_state in ('active', 'limited') and a.wanted_reason = 'in_grace'`)
    case 'suspended':
      return line(sql`a.wanted_state = 'suspended'`)
    case 'closed':
      return line(sql`a.wanted_state = 'closed'`)
    case 'not_in_sync':
      return line(sql`a.status <> 'in_sync'`)
    case 'owing':
      return sql`and exists (select from invoices i where i.subscriber_id = s.id and i.status = 'open')`
    case 'credit':
      return sql`and exists (select from payments p where p.subscriber_id = s.id and p.status = 'matched' and p.allocated_minor < p.amount_minor)`
    case 'all':
      return sql``
  }
}

type Row = Omit<SubscriberInList, 'lines'> & { readonly lines: readonly LineInList[] | null }

/** `page` is a query of subscribers: sums are made for what is shown and no more. */
async function rows(sql: Sql, page: ReturnType<Sql>): Promise<readonly SubscriberInList[]> {
  const found = await sql<Row[]>`
    select s.id, s.name, s.account_number as "accountNumber", s.phone, b.code as branch, s.status, plan.name as plan, s.currency, owed.minor as "owedMinor",
           credit.minor as "creditMinor", owed.due_on::text as "dueOn", lines.list as lines
      from ${page} s
      join branches b on b.organisation_id = s.organisation_id and b.id = s.branch_id
      left join lateral (
        select l.name from subscriptions n join subscription_terms t on t.subscription_id = n.id join prices r on r.id = t.price_id join plans l on l.id = r.plan_id
         where n.subscriber_id = s.id and (t.until_on is null or t.until_on > t.from_on) order by n.id desc, t.from_on desc, t.number desc limit 1) plan on true
      left join lateral (
        select coalesce(sum(i.total_minor - i.allocated_minor), 0)::bigint as minor, min(i.due_on) as due_on
          from invoices i where i.subscriber_id = s.id and i.status = 'open') owed on true
      left join lateral (
        select coalesce(sum(free), 0)::bigint as minor from ${freeCredit(sql)} f where f.subscriber_id = s.id) credit on true
      left join lateral (
        select jsonb_agg(jsonb_build_object('serviceId', a.service_id, 'username', v.username, 'wanted', a.wanted_state, 'reason', a.wanted_reason,
                                            'observed', a.observed_state, 'status', a.status, 'lastError', a.last_error) order by v.username) as list
          from access_states a join services v on v.id = a.service_id where a.subscriber_id = s.id) lines on true
     order by s.name, s.id`
  return found.map((row) => ({ ...row, lines: row.lines ?? [] }))
}
