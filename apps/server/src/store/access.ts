import {
  type AccessProfile,
  type Currency,
  debtReasons,
  type InstallationId,
  type Instant,
  type ServiceId,
  type SubscriberId,
  type SubscriptionId,
} from '@nyuzi/core'
import type { Row } from 'postgres'
import type { AccessStore, ServiceStanding, WantedChange, WantedService } from '../flows/access/ports.ts'
import { type PlanStandingRow, standingColumn, toPlanStanding } from './instalment-plans.ts'
import { fromRow, fromRows } from './mapping.ts'
import { inScope, type Scope } from './scope.ts'
import { rowsOf, type Sql } from './transaction.ts'

export const accessStore = (sql: Sql, scope?: Scope): AccessStore => ({
  async standings(query) {
    const which = 'subscriberIds' in query ? linesOf(sql, query.subscriberIds) : sql`v.id = any(${[...query.serviceIds]}::uuid[])`
    const rows = await sql`
      select v.id, v.subscription_id, v.subscriber_id, s.payer_id, v.installation_id, s.status, s.starts_on, s.cancelled_on, coalesce(s.grace_days, p.grace_days) as grace_days, p.billing, s.billed_until, t.until_on,
             case when p.cadence_unit in ('minute', 'hour') then (
               select coalesce(json_agg(json_build_array(lower(x.valid), upper(x.valid))), '[]') from passes x
                where x.subscription_id = s.id and not x.taken_back and upper(x.valid) > ${query.now}) end as passes,
             p.profile_name, p.download_bps, p.upload_bps, a.hold, a.wanted_state, a.wanted_reason, a.profile_name as wanted_profile_name,
             a.download_bps as wanted_download_bps, a.upload_bps as wanted_upload_bps, a.wanted_version, a.overdue_since, a.recheck_on,
             (select json_agg(json_build_array(h.from_on, h.until_on)) from subscription_pauses h
               where h.subscription_id = s.id and (h.until_on is null or h.until_on > ${query.today})) as pauses,
             u.currency, u.overdraft_minor, (select max(e.holds_until) from extensions e where e.subscriber_id = s.payer_id) as extended_until,
             (select coalesce(json_agg(json_build_array(i.due_on, (i.total_minor - i.allocated_minor)::text,
                       (select ${standingColumn(sql)} from instalment_plan_invoices x join instalment_plans p on p.id = x.plan_id where x.invoice_id = i.id order by p.id desc limit 1)
                     ) order by i.due_on), '[]')
                from invoices i where i.subscriber_id in (v.subscriber_id, s.payer_id) and i.status = 'open') as open
        from services v
        join subscriptions s on s.id = v.subscription_id
        join subscribers u on u.id = s.payer_id
        join lateral (
          select t.price_id, t.until_on from subscription_terms t where t.subscription_id = s.id and t.from_on <= greatest(${query.today}, s.starts_on) and (t.until_on is null or t.until_on > t.from_on)
           order by t.from_on desc, t.number desc limit 1) t on true
        join prices p on p.id = t.price_id
        left join access_states a on a.service_id = v.id
       where ${which} order by v.id`
    return rows.map((row) => toStanding(row, query.now))
  },

  async owe(newDebts, subscriberIds, today) {
    const rows = await sql`
      with kept as (
        update access_states a set recheck_on = least(a.recheck_on, r.due_on + 1)
          from ${rowsOf(sql, newDebts, { subscriptionId: 'uuid', dueOn: 'date' })} join services v on v.subscription_id = r.subscription_id
         where a.service_id = v.id and a.wanted_state = 'active' and a.wanted_reason = 'paid' and (a.recheck_on is null or a.recheck_on > ${today})
        returning a.service_id)
      select v.id from services v where ${linesOf(sql, subscriberIds)} and v.id not in (select service_id from kept) order by v.id`
    return rows.map(({ id }) => id as ServiceId)
  },

  async subscribersToRecheck(today, limit) {
    const rows = await sql`
      select subscriber_id from access_states where recheck_on <= ${today} ${inScope(sql, scope, sql`subscriber_id`)} group by subscriber_id order by min(recheck_on), subscriber_id limit ${limit}`
    return rows.map((row) => row.subscriber_id as SubscriberId)
  },

  async recheckDebts(today) {
    await sql`update access_states set recheck_on = ${today} where wanted_reason = any(${[...debtReasons, 'held']})`
  },

  async accountedFor(ids) {
    if (ids.length === 0) return
    await sql`
      update access_states a set overdue_since = null
        from services v where v.id = a.service_id and v.subscription_id = any(${[...ids]}::uuid[]) and a.overdue_since is not null`
  },

  async want(changes, at) {
    const moved = changes.filter((change) => change.moved)
    const kept = changes.filter((change) => !change.moved)
    if (kept.length > 0)
      await sql`
        update access_states a set wanted_reason = r.reason, overdue_since = r.overdue_since, recheck_on = r.recheck_on
          from ${rowsOf(
            sql,
            kept.map(({ serviceId, version, reason, overdueSince, recheckOn }) => ({
              serviceId,
              version,
              reason,
              overdueSince,
              recheckOn,
            })),
            { serviceId: 'uuid', version: 'integer', reason: 'text', overdueSince: 'date', recheckOn: 'date' },
          )} where a.service_id = r.service_id and a.wanted_version = r.version`
    if (moved.length > 0) await move(sql, moved, at)
  },

  async lanesDue(now) {
    const rows = await sql`
      select l.installation_id from access_lanes l
       where l.next_attempt_at <= ${now} and exists (
         select from access_states a where a.installation_id = l.installation_id and a.status <> 'in_sync' and a.next_attempt_at <= ${now})`
    return rows.map((row) => row.installation_id as InstallationId)
  },

  async leaseLane(installationId, holder, leaseMs) {
    // Real time, the database's own: servers and test clocks may disagree, a lease may not.
    const rows = await sql`
      update access_lanes set leased_by = ${holder}, leased_until = clock_timestamp() + ${leaseMs} * interval '1 ms'
       where installation_id = ${installationId} and (leased_by = ${holder} or leased_until is null or leased_until < clock_timestamp()) returning 1`
    return rows.length > 0
  },

  async renewLane(installationId, holder, leaseMs) {
    await sql`
      update access_lanes set leased_until = clock_timestamp() + ${leaseMs} * interval '1 ms' where installation_id = ${installationId} and leased_by = ${holder}`
  },

  async releaseLane(installationId, holder, { state, error, nextAttemptAt, at }) {
    await sql`
      update access_lanes set leased_until = null, leased_by = null, state = ${state}, last_error = ${error ?? null}, next_attempt_at = ${nextAttemptAt},
             failures = case when ${state} = 'reachable' then 0 else failures + 1 end,
             last_seen_at = case when ${state} = 'reachable' then ${at}::timestamptz else last_seen_at end
       where installation_id = ${installationId} and leased_by = ${holder}`
    if (error !== undefined) {
      const status = state === 'misconfigured' ? 'misconfigured' : 'unreachable'
      await sql`
        update access_states set status = ${status}, last_error = ${error}
         where installation_id = ${installationId} and status not in ('in_sync', 'conflict') and (status, last_error) is distinct from (${status}, ${error})`
    }
  },

  async laneFailures(installationId) {
    const [row] = await sql`select failures from access_lanes where installation_id = ${installationId}`
    return row?.failures ?? 0
  },

  async claimWanted(installationId, limit, now) {
    const due = (urgent: boolean) => sql`
      (select * from access_states where installation_id = ${installationId} and status <> 'in_sync' and next_attempt_at <= ${now} and urgent = ${urgent}
        order by next_attempt_at limit ${limit})`
    // Two looks into one index, each in its order: a backlog of ten thousand lines is neither sorted nor joined for a slice.
    const rows = await sql`
      select v.id as "serviceId", v.subscriber_id as "subscriberId", v.kind, v.username, v.password, a.wanted_state as state, a.wanted_reason as reason,
             a.profile_name, a.download_bps, a.upload_bps, a.wanted_version as version, a.wanted_at as "wantedAt", a.observed_state as "observedState",
             a.observed_version as "observedVersion", a.cause_payment_id as "causePaymentId", a.cause_at as "causeAt"
        from (select * from (${due(true)} union all ${due(false)}) both_kinds order by urgent desc, next_attempt_at limit ${limit}) a
        join services v on v.id = a.service_id
       order by a.urgent desc, a.next_attempt_at, a.service_id`
    return rows.map(({ profile_name, download_bps, upload_bps, ...row }) =>
      fromRow<WantedService>({ ...row, profile: { name: profile_name, downloadBps: BigInt(download_bps), uploadBps: BigInt(upload_bps) } }),
    )
  },

  async recordApplied(applied, at) {
    if (applied.length === 0) return
    const rows = applied.map((one) => ({
      serviceId: one.serviceId,
      subscriberId: one.subscriberId,
      version: one.version,
      observedState: one.observedState,
      fromState: one.fromState,
      reason: one.reason,
      outcome: one.outcome,
      differences: one.differences,
      sessionsDropped: one.sessionsDropped,
      proof: one.proof,
      wantedAt: one.wantedAt,
      causePaymentId: one.causePaymentId,
    }))
    const columns = {
      serviceId: 'uuid',
      subscriberId: 'uuid',
      version: 'integer',
      observedState: 'text',
      fromState: 'text',
      reason: 'text',
      outcome: 'text',
      differences: 'text',
      sessionsDropped: 'integer',
      proof: 'text',
      wantedAt: 'timestamptz',
      causePaymentId: 'uuid',
    } as const
    // What was wanted meanwhile stays to be done: only the version that was sent is settled.
    await sql`
      update access_states a set observed_state = r.observed_state, observed_version = greatest(a.observed_version, r.version), observed_at = ${at},
             status = case when a.wanted_version = r.version then 'in_sync' else 'pending' end, attempts = 0, last_error = null,
             drift_count = a.drift_count + case when r.outcome = 'drift' then 1 else 0 end,
             last_drift = coalesce(r.differences, a.last_drift), last_drift_at = case when r.outcome = 'drift' then ${at}::timestamptz else a.last_drift_at end
        from ${rowsOf(sql, rows, columns)} where a.service_id = r.service_id`
    const moves = rows.filter(({ outcome, fromState, observedState }) => outcome !== 'ok' || fromState !== observedState)
    if (moves.length === 0) return
    await sql`
      insert into access_changes (organisation_id, service_id, subscriber_id, from_state, to_state, reason, version, outcome, sessions_dropped, proof, cause_payment_id, wanted_at, applied_at)
      select nyuzi_organisation(), service_id, subscriber_id, from_state, observed_state, reason, version, outcome, sessions_dropped,
             proof || coalesce('; repaired: ' || differences, ''), cause_payment_id, wanted_at, ${at}
        from ${rowsOf(sql, moves, columns)}`
  },

  async recordDeferred(deferred, at) {
    if (deferred.length === 0) return
    await sql`
      update access_states a set status = r.status, last_error = r.error, next_attempt_at = r.next_attempt_at, attempts = a.attempts + 1, observed_at = ${at}
        from ${rowsOf(
          sql,
          deferred.map(({ serviceId, version, status, error, nextAttemptAt }) => ({ serviceId, version, status, error, nextAttemptAt })),
          { serviceId: 'uuid', version: 'integer', status: 'text', error: 'text', nextAttemptAt: 'timestamptz' },
        )} where a.service_id = r.service_id and a.wanted_version = r.version`
  },

  async inSync(installationId) {
    return fromRows(
      await sql`
        select v.id as "serviceId", v.username, a.wanted_state as state, a.profile_name as "profileName"
          from access_states a join services v on v.id = a.service_id where a.installation_id = ${installationId} and a.status = 'in_sync'`,
    )
  },

  async recheckNetwork(serviceIds, at) {
    if (serviceIds.length === 0) return
    await sql`
      update access_states set status = case when status = 'in_sync' then 'pending' else status end, next_attempt_at = ${at}
       where service_id = any(${[...serviceIds]}::uuid[])`
  },

  async reconciled(installationId, at) {
    // That it can be read says nothing of a right to write that is missing.
    await sql`
      update access_lanes l set reconciled_at = ${at}, last_seen_at = ${at}, state = case when w.waits then l.state else 'reachable' end,
             last_error = case when w.waits then l.last_error end
        from (select exists (select from access_states where installation_id = ${installationId} and status = 'misconfigured') as waits) w
       where l.installation_id = ${installationId}`
  },

  async unread(installationId, { state, error }) {
    await sql`update access_lanes set state = ${state}, last_error = ${error} where installation_id = ${installationId} and leased_by is null`
  },

  async lanesToReconcile(before) {
    const rows = await sql`select installation_id from access_lanes where reconciled_at is null or reconciled_at <= ${before}`
    return rows.map((row) => row.installation_id as InstallationId)
  },
})

/** Their own and of those they pay for; as an array, since the planner then looks each up by its key, however many they are. */
const linesOf = (sql: Sql, subscriberIds: readonly SubscriberId[]) => sql`
  v.subscriber_id = any(array(
    select unnest(${[...subscriberIds]}::uuid[])
    union all select id from subscribers where parent_id = any(${[...subscriberIds]}::uuid[]) and parent_pays))`

/** Other states or profiles, each a version that the network has to follow. */
async function move(sql: Sql, changes: readonly WantedChange[], at: Instant): Promise<void> {
  const rows = changes.map(({ profile, ...change }) => ({
    serviceId: change.serviceId,
    subscriberId: change.subscriberId,
    installationId: change.installationId,
    wantedState: change.state,
    wantedReason: change.reason,
    profileName: profile.name,
    downloadBps: profile.downloadBps,
    uploadBps: profile.uploadBps,
    wantedVersion: change.version,
    overdueSince: change.overdueSince,
    recheckOn: change.recheckOn,
    urgent: change.urgent,
    causePaymentId: change.causePaymentId,
    causeAt: change.causeAt,
  }))
  await sql`
    insert into access_states as a (organisation_id, service_id, subscriber_id, installation_id, wanted_state, wanted_reason, profile_name, download_bps, upload_bps,
           wanted_version, wanted_at, overdue_since, recheck_on, urgent, cause_payment_id, cause_at, next_attempt_at)
    select nyuzi_organisation(), r.service_id, r.subscriber_id, r.installation_id, r.wanted_state, r.wanted_reason, r.profile_name, r.download_bps, r.upload_bps,
           r.wanted_version, ${at}, r.overdue_since, r.recheck_on, r.urgent, r.cause_payment_id, r.cause_at, ${at}
      from ${rowsOf(sql, rows, {
        serviceId: 'uuid',
        subscriberId: 'uuid',
        installationId: 'uuid',
        wantedState: 'text',
        wantedReason: 'text',
        profileName: 'text',
        downloadBps: 'text',
        uploadBps: 'text',
        wantedVersion: 'integer',
        overdueSince: 'date',
        recheckOn: 'date',
        urgent: 'boolean',
        causePaymentId: 'uuid',
        causeAt: 'timestamptz',
      })}
    on conflict (organisation_id, service_id) do update set
           wanted_state = excluded.wanted_state, wanted_reason = excluded.wanted_reason, profile_name = excluded.profile_name, download_bps = excluded.download_bps,
           upload_bps = excluded.upload_bps, overdue_since = excluded.overdue_since, recheck_on = excluded.recheck_on, wanted_version = excluded.wanted_version,
           wanted_at = case when excluded.wanted_version > a.wanted_version then excluded.wanted_at else a.wanted_at end,
           status = case when excluded.wanted_version > a.wanted_version then 'pending' else a.status end,
           urgent = case when excluded.wanted_version > a.wanted_version then excluded.urgent else a.urgent end,
           attempts = case when excluded.wanted_version > a.wanted_version then 0 else a.attempts end,
           next_attempt_at = case when excluded.wanted_version > a.wanted_version then excluded.next_attempt_at else a.next_attempt_at end,
           cause_payment_id = case when excluded.wanted_version > a.wanted_version then excluded.cause_payment_id else a.cause_payment_id end,
           cause_at = case when excluded.wanted_version > a.wanted_version then excluded.cause_at else a.cause_at end`
  await sql`
    insert into access_lanes (organisation_id, installation_id, next_attempt_at)
    select distinct nyuzi_organisation(), i, ${at}::timestamptz from unnest(${[...new Set(changes.map(({ installationId }) => installationId as string))]}::uuid[]) as i
    on conflict do nothing`
}

function toStanding(row: Row, now: Instant): ServiceStanding {
  const passes = row.passes as [string, string][] | null
  const open = row.open as [string, string, PlanStandingRow | null][]
  const input = {
    subscription: fromRow({
      status: row.status,
      startsOn: row.starts_on,
      cancelledOn: row.cancelled_on,
      billing: row.billing,
      graceDays: row.grace_days,
      billedUntil: row.billed_until,
      nextTermsOn: row.until_on,
      passes: passes && { at: now, bought: passes.map(([from, until]) => ({ from: new Date(from), until: new Date(until) })) },
      pauses: ((row.pauses ?? []) as [string, string | null][]).map(([from, until]) => (until === null ? { from } : { from, until })),
    }),
    openInvoices: open.map(([dueOn, openMinor, plan]) => ({
      dueOn,
      openMinor: BigInt(openMinor),
      ...(plan === null ? {} : { plan: toPlanStanding(plan) }),
    })),
    overdraftMinor: row.overdraft_minor,
    ...(row.extended_until === null ? {} : { extendedUntil: row.extended_until }),
    ...(row.hold === null ? {} : { hold: row.hold }),
    profile: profileOf(row.profile_name, row.download_bps, row.upload_bps),
  } as unknown as ServiceStanding['input']
  return {
    serviceId: row.id as ServiceId,
    subscriptionId: row.subscription_id as SubscriptionId,
    subscriberId: row.subscriber_id as SubscriberId,
    currency: row.currency as Currency,
    payerId: row.payer_id as SubscriberId,
    installationId: row.installation_id as InstallationId,
    input,
    ...(row.wanted_state === null
      ? {}
      : {
          wanted: fromRow({
            state: row.wanted_state,
            reason: row.wanted_reason,
            profile: profileOf(row.wanted_profile_name, row.wanted_download_bps, row.wanted_upload_bps),
            version: row.wanted_version,
            overdueSince: row.overdue_since,
            recheckOn: row.recheck_on,
          }),
        }),
  }
}

const profileOf = (name: string, download: bigint | string, upload: bigint | string): AccessProfile => ({
  name,
  downloadBps: BigInt(download),
  uploadBps: BigInt(upload),
})
