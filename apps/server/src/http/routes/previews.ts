import type { BillingPreviewId } from '@nyuzi/core'
import type { Transaction } from '../../flows/ports.ts'
import { applyPreview } from '../../flows/previews/apply-preview.ts'
import { createPreview } from '../../flows/previews/create-preview.ts'
import type { BillingPreviewPartReading } from '../../flows/readings/ports.ts'
import { fromPage, invalidCursor, pageOf, pageQuery, readCursor } from '../cursor.ts'
import { defined } from '../defined.ts'
import { type Endpoint, endpoint, found, moneyEndpoint } from '../endpoint.ts'
import type { ApiParts } from '../parts.ts'
import { carryOutOf, subscriberOf } from '../proposed-change.ts'
import {
  appliedPreviewOut,
  billingPreviewIn,
  billingPreviewOut,
  previewPartOut,
  proposedChangeIn,
  toApiPreviewPart,
  toApiPreviewTotals,
} from '../wire/previews.ts'

const tag = 'Billing'
const noun = 'billing preview'
const params = { billingPreview: 'billingPreview' } as const
const firstPage = 50

export function previewRoutes(parts: ApiParts): readonly Endpoint[] {
  const { store } = parts
  return [
    moneyEndpoint({
      method: 'post',
      path: '/v1/billing/previews',
      tag,
      summary: 'Preview a day, or a change',
      description:
        'Rehearses what would be invoiced, told, switched and settled, and keeps it for a review. Nothing else is written. A change needs the permission of its own route too.',
      body: billingPreviewIn,
      status: 201,
      answer: billingPreviewOut,
      async handle({ principal, body: { date, subscriber, change: proposed }, once }) {
        const { organisationId, actor } = principal
        const change = proposed && { asked: proposed.asked, carryOut: carryOutOf(proposed.change, principal) }
        const subscriberId = subscriber ?? (proposed && (await subscriberOf(parts, organisationId, proposed.change)))
        const idempotency = once(({ previewId }: { readonly previewId: BillingPreviewId }, tx) => read(tx, previewId))
        return await createPreview(parts, organisationId, { ...defined({ date, subscriberId, change }), actor, idempotency })
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/billing/previews/{billingPreview}',
      permission: 'read',
      tag,
      summary: 'One preview',
      params,
      answer: billingPreviewOut,
      handle: ({ principal, params: { billingPreview } }) =>
        store.inOrganisation(principal.organisationId, (tx) => read(tx, billingPreview)),
    }),
    endpoint({
      method: 'get',
      path: '/v1/billing/previews/{billingPreview}/parts',
      permission: 'read',
      tag,
      summary: 'What a preview holds, family by family',
      params,
      query: pageQuery,
      answer: pageOf(previewPartOut),
      async handle({ principal, params: { billingPreview }, query: { limit, cursor } }) {
        return await store.inOrganisation(principal.organisationId, async (tx) => {
          const { currency } = found(await tx.readings.billingPreview(billingPreview), noun)
          const rows = await tx.readings.billingPreviewParts(billingPreview, { after: positionAt(cursor), limit: limit + 1 })
          return pageOfParts(limit, rows, currency)
        })
      },
    }),
    moneyEndpoint({
      method: 'post',
      path: '/v1/billing/previews/{billingPreview}/apply',
      tag,
      summary: 'Do what was previewed',
      description:
        'Exactly that, family by family: one for whom anything would come out otherwise is left, and told with what differs. Of a change with days to come, the change is made now, and each day’s run is compared with what was foretold for it: the parts tell what differs. When nothing can be done as previewed, the answer is 409 `preview_outdated` with what differs.',
      params,
      answer: appliedPreviewOut,
      async handle({ principal, params: { billingPreview }, once }) {
        return await applyPreview(parts, principal.organisationId, billingPreview, {
          carryOutOf: (asked) => carryOutOf(proposedChangeIn.parse(asked), principal),
          actor: principal.actor,
          idempotency: once(async (result) => result),
        })
      },
    }),
  ]
}

async function read(tx: Transaction, id: BillingPreviewId) {
  const { subscriberId, totals, currency, ...preview } = found(await tx.readings.billingPreview(id), noun)
  const rows = await tx.readings.billingPreviewParts(id, { after: 0, limit: firstPage + 1 })
  return {
    ...preview,
    subscriber: subscriberId,
    totals: toApiPreviewTotals(totals, currency),
    parts: pageOfParts(firstPage, rows, currency),
  }
}

const list = 'billing_preview_parts'

const pageOfParts = (limit: number, rows: readonly BillingPreviewPartReading[], currency: Parameters<typeof toApiPreviewPart>[0]) =>
  fromPage(list, limit, rows.map(toApiPreviewPart(currency)), ({ position }) => String(position))

function positionAt(cursor: string | undefined): number {
  if (cursor === undefined) return 0
  const [position = ''] = readCursor(list, cursor)
  if (!/^[1-9]\d{0,8}$/.test(position)) throw invalidCursor()
  return Number(position)
}
