import type { ServiceId } from '@nyuzi/core'
import type { Scope } from '../scope.ts'
import { ofSubscribers, toEffects, type Written, type WrittenEffect } from './written.ts'

/** What a line was wanted to do before. */
export type WantedBefore = Map<ServiceId, { readonly state: string; readonly profile: string }>

export async function readWanted({ sql }: Pick<Written, 'sql'>, scope: Scope): Promise<WantedBefore> {
  const rows = await sql<{ serviceId: ServiceId; state: string; profile: string }[]>`
    select service_id as "serviceId", wanted_state as state, profile_name as profile from access_states a where true ${ofSubscribers(sql, scope, sql`a.subscriber_id`)}`
  return new Map(rows.map(({ serviceId, ...wanted }) => [serviceId, wanted]))
}

/** Lines that are to be switched. A day on which a line is looked at again is no effect. Brings `before` up to date. */
export async function accessEffects({ sql, xid }: Written, touched: Scope, before: WantedBefore): Promise<WrittenEffect[]> {
  const rows = await sql`
    select a.service_id as key, a.subscriber_id as "subscriberId", a.service_id as "serviceId", v.username, a.installation_id as "installationId", n.name as "installationName",
           a.wanted_state as "to", a.wanted_reason as reason, a.profile_name as "toProfile"
      from access_states a join services v on v.id = a.service_id join installations n on n.id = a.installation_id
     where a.xmin = ${xid}::xid ${ofSubscribers(sql, touched, sql`a.subscriber_id`)} order by a.service_id`
  const moved = rows.flatMap((row) => {
    const { serviceId, to, toProfile } = row as unknown as { serviceId: ServiceId; to: string; toProfile: string }
    const was = before.get(serviceId)
    before.set(serviceId, { state: to, profile: toProfile })
    return was?.state === to && was.profile === toProfile ? [] : [{ ...row, from: was?.state ?? null, fromProfile: was?.profile ?? null }]
  })
  return toEffects('access_moved', moved)
}

export async function subscriptionEffects({ sql, xid, newFrom }: Written, touched: Scope): Promise<WrittenEffect[]> {
  return toEffects(
    'subscription_changed',
    await sql`
      select s.id as key, s.subscriber_id as "subscriberId", case when s.id < ${newFrom}::uuid then s.id end as "subscriptionId", s.status, s.billed_until as "billedUntil",
             s.next_invoice_on as "nextInvoiceOn", s.awaits, s.renewal_on as "renewalOn", s.renewal_minor::text as "renewalMinor", s.cancelled_on as "cancelledOn", s.parked_reason as "parkedReason"
        from subscriptions s where s.xmin = ${xid}::xid ${ofSubscribers(sql, touched, sql`s.subscriber_id`)} order by s.id`,
  )
}

export async function cutOffEffects({ sql, xid }: Written): Promise<WrittenEffect[]> {
  return toEffects(
    'cut_off_listed',
    await sql`
      select m.batch_id || ' ' || m.service_id as key, m.subscriber_id as "subscriberId", v.username, m.status, m.reason, s.currency,
             m.debt_minor::text as "debtMinor", m.days_overdue as "daysOverdue"
        from cut_off_members m join services v on v.id = m.service_id join subscribers s on s.id = m.subscriber_id where m.xmin = ${xid}::xid order by m.service_id`,
  )
}
