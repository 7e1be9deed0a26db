import type { CivilDate } from '@nyuzi/core'
import type { PreviewChanges, PreviewPart } from '../../flows/previews/ports.ts'
import type { BillingPreviewReading, PreviewedSubscriber, ReadingStore } from '../../flows/readings/ports.ts'
import { fromRow } from '../mapping.ts'
import type { Sql } from '../transaction.ts'
import { first } from './page.ts'

type PartRow = Omit<PreviewPart, 'effects' | 'failure'> & {
  readonly effects: string
  readonly failure: string | null
  readonly subscribers: readonly PreviewedSubscriber[]
  readonly changes: PreviewChanges | null
  readonly followOn: CivilDate | null
}

export const previewReadings = (sql: Sql): Pick<ReadingStore, 'billingPreview' | 'billingPreviewParts' | 'previewedSubscribers'> => ({
  billingPreview: async (id) =>
    first(
      await sql<BillingPreviewReading[]>`
        select v.id, v.status, v.subscriber_id as "subscriberId", v.change, v.days, v.applies_from as "appliesFrom", v.totals, (select currency from organisations) as currency,
               v.fingerprint, v.requested_by as "requestedBy", v.created_at as "createdAt", v.expires_at as "expiresAt", v.applied_by as "appliedBy", v.applied_at as "appliedAt",
               p.parts, p."partsApplied", p."partsChanged", p."partsFollowed"
          from billing_previews v
          cross join lateral (
            select count(*)::int as parts, count(*) filter (where status = 'applied')::int as "partsApplied", count(*) filter (where status = 'changed')::int as "partsChanged",
                   count(follow_on)::int as "partsFollowed"
              from billing_preview_parts where preview_id = v.id) p
         where v.id = ${id} and v.status <> 'drafted'`,
    ),

  async billingPreviewParts(id, { after, limit }) {
    const rows = await sql<PartRow[]>`
      select position, subscriber_ids as "subscriberIds", status, effects, failure, changes, follow_on as "followOn",
             (select coalesce(json_agg(json_build_object('id', s.id, 'name', s.name, 'accountNumber', s.account_number) order by s.id), '[]')
                from subscribers s where s.id = any(subscriber_ids)) as subscribers
        from billing_preview_parts
       where preview_id = ${id} and position > ${after} order by position limit ${limit}`
    return rows.map(({ changes, followOn, subscribers, effects, ...row }) => ({
      subscribers,
      ...fromRow<Omit<PreviewPart, 'effects'>>(row),
      effects: JSON.parse(effects) as PreviewPart['effects'],
      changes,
      followOn,
    }))
  },

  previewedSubscribers: (ids) => sql<PreviewedSubscriber[]>`
    select id, name, account_number as "accountNumber" from subscribers where id = any(${[...ids]}::uuid[]) order by id`,
})
