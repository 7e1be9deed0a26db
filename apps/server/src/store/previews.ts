import type { SubscriberId } from '@nyuzi/core'
import type { BillingPreview, Family, FollowedParts, PreviewChanges, PreviewPart, PreviewStore } from '../flows/previews/ports.ts'
import { fromRow, toJson } from './mapping.ts'
import { rowsOf, type Sql } from './transaction.ts'

export const previewStore = (sql: Sql): PreviewStore => {
  const family = sql`array(select p.id union all select c.id from subscribers c where c.parent_id = p.id order by 1) as "subscriberIds"`
  return {
    async families(after, limit) {
      return await sql<(Family & { parentId: SubscriberId })[]>`
        select p.id as "parentId", ${family} from subscribers p where p.parent_id is null ${after === undefined ? sql`` : sql`and p.id > ${after}`} order by p.id limit ${limit}`
    },

    async familyOf(id) {
      const [row] = await sql<Family[]>`
        select ${family} from subscribers s join subscribers p on p.id = coalesce(s.parent_id, s.id) where s.id = ${id}`
      return row
    },

    async add({ id, status, subscriberId, change, days, appliesFrom, expiresAt, requestedBy, createdAt }) {
      await sql`
        insert into billing_previews (organisation_id, id, status, subscriber_id, change, days, applies_from, expires_at, requested_by, created_at)
        values (nyuzi_organisation(), ${id}, ${status}, ${subscriberId ?? null}, ${change === undefined ? null : sql.json(toJson(change))}, ${sql.json([...days])},
                ${appliesFrom}, ${expiresAt}, ${requestedBy}, ${createdAt})`
    },

    async addParts(id, parts) {
      if (parts.length === 0) return
      const rows = parts.map(({ position, subscriberIds, status, effects, failure }) => ({
        position,
        subscriberIds: `{${subscriberIds.join(',')}}`,
        status,
        effects,
        failure,
      }))
      await sql`
        insert into billing_preview_parts (organisation_id, preview_id, position, subscriber_ids, status, effects, fingerprint, failure)
        select nyuzi_organisation(), ${id}, r.position, r.subscriber_ids::uuid[], r.status, r.effects, encode(sha256(convert_to(r.effects, 'UTF8')), 'hex'), r.failure
          from ${rowsOf(sql, rows, { position: 'integer', subscriberIds: 'text', status: 'text', effects: 'text', failure: 'text' })}`
    },

    async open(id, totals) {
      await sql`
        update billing_previews set status = 'open', totals = ${sql.json(toJson(totals))},
               fingerprint = encode(sha256(convert_to(coalesce((
                 select string_agg(fingerprint, '' order by position) from billing_preview_parts where preview_id = ${id}), ''), 'UTF8')), 'hex')
         where id = ${id} and status = 'drafted'`
    },

    async read(id) {
      const [row] = await sql`
        select id, status, subscriber_id as "subscriberId", change, days, applies_from as "appliesFrom", expires_at as "expiresAt", requested_by as "requestedBy",
               created_at as "createdAt" from billing_previews where id = ${id} and status <> 'drafted'`
      return row && fromRow<BillingPreview>(row)
    },

    async parts(id, from, limit) {
      const rows = await sql<PartRow[]>`
        select position, subscriber_ids as "subscriberIds", status, effects from billing_preview_parts
         where preview_id = ${id} and position >= ${from} order by position limit ${limit}`
      return rows.map(toPart)
    },

    async lockParts(id, positions) {
      const rows = await sql<{ position: number }[]>`
        select position from billing_preview_parts
         where preview_id = ${id} and position = any(${[...positions]}::int[]) and status in ('planned', 'changed') order by position for update`
      return rows.map(({ position }) => position)
    },

    async applied(id, positions, at, followOn) {
      await sql`
        update billing_preview_parts set status = 'applied', changes = null, applied_at = ${at}, follow_on = ${followOn ?? null}
         where preview_id = ${id} and position = any(${[...positions]}::int[])`
      if (followOn === undefined) return
      await sql`
        update billing_preview_parts earlier set follow_on = null from billing_preview_parts p
         where p.preview_id = ${id} and p.position = any(${[...positions]}::int[])
           and earlier.preview_id <> ${id} and earlier.follow_on is not null and earlier.subscriber_ids && p.subscriber_ids`
    },

    async changed(id, position, changes) {
      await sql`
        update billing_preview_parts set status = 'changed', changes = ${sql.json(toJson(changes))} where preview_id = ${id} and position = ${position}`
    },

    async lockFollowed(until, limit) {
      const rows = await sql<(PartRow & Omit<FollowedParts, 'parts'> & { readonly changes: PreviewChanges | null })[]>`
        select p.preview_id as "previewId", p.follow_on as "on", v.days->>-1 as until, p.position, p.subscriber_ids as "subscriberIds", p.status, p.effects, p.changes
          from billing_preview_parts p join billing_previews v on v.id = p.preview_id
         where p.follow_on <= ${until} order by p.preview_id, p.follow_on, p.position limit ${limit} for update of p skip locked`
      const [first] = rows
      if (!first) return undefined
      const mine = rows.filter(({ previewId, on }) => previewId === first.previewId && on === first.on)
      const parts = mine.map(({ previewId: _, on: __, until: ___, changes, ...row }) => ({ ...toPart(row), ...(changes && { changes }) }))
      return { previewId: first.previewId, on: first.on, until: first.until, parts }
    },

    async followed(id, parts, next) {
      const rows = parts.map(({ position, changes }) => ({ position, changes: changes && JSON.stringify(toJson(changes)) }))
      await sql`
        update billing_preview_parts p set follow_on = ${next ?? null}, changes = r.changes::jsonb
          from ${rowsOf(sql, rows, { position: 'integer', changes: 'text' })} where p.preview_id = ${id} and p.position = r.position`
    },

    async finish(id, by, at) {
      const [row] = await sql<{ applied: number; changed: number }[]>`
        with parts as (
          select count(*) filter (where status = 'applied')::int as applied, count(*) filter (where status in ('planned', 'changed'))::int as changed
            from billing_preview_parts where preview_id = ${id}),
        done as (
          update billing_previews set status = case when changed = 0 then 'applied' else 'partly_applied' end, applied_by = ${by}, applied_at = ${at} from parts where id = ${id})
        select applied, changed from parts`
      return row ?? { applied: 0, changed: 0 }
    },
  }
}

type PartRow = Omit<PreviewPart, 'effects'> & { readonly effects: string }

const toPart = ({ effects, ...part }: PartRow): PreviewPart => ({ ...part, effects: JSON.parse(effects) as PreviewPart['effects'] })
