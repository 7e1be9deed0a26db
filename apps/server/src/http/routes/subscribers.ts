import { z } from '@hono/zod-openapi'
import { amountToPay } from '../../flows/payments/amount-to-pay.ts'
import { changeSubscriber } from '../../flows/subscribers/change-subscriber.ts'
import { createSubscriber } from '../../flows/subscribers/create-subscriber.ts'
import { subscriberStatuses } from '../../flows/subscribers/ports.ts'
import { setParent } from '../../flows/subscribers/set-parent.ts'
import { fromPage, pageOf, pageQuery, toPage } from '../cursor.ts'
import { defined } from '../defined.ts'
import { type Endpoint, endpoint, found } from '../endpoint.ts'
import type { ApiParts } from '../parts.ts'
import { idIn } from '../wire/primitives.ts'
import {
  parentIn,
  serviceOut,
  subscriberChangesIn,
  subscriberIn,
  subscriberOut,
  subscriptionOut,
  toApiService,
  toApiSubscriber,
  toApiSubscription,
  toApiToPay,
  toPayOut,
} from '../wire/subscribers.ts'
import { fromTimeline, timelineItemOut, toTimelinePage } from '../wire/timeline.ts'

const tag = 'Subscribers'
const params = { subscriber: 'subscriber' } as const

export function subscriberRoutes(parts: ApiParts): readonly Endpoint[] {
  const { store } = parts
  return [
    endpoint({
      method: 'get',
      path: '/v1/subscribers',
      permission: 'read',
      tag,
      summary: 'Find subscribers',
      query: {
        ...pageQuery,
        q: z.string().min(1).max(100).optional().openapi({ description: 'Part of a name or phone, or the start of an account number' }),
        branch: idIn('branch').optional(),
        parent: idIn('subscriber').optional(),
        status: z.enum(subscriberStatuses).optional(),
      },
      answer: pageOf(subscriberOut),
      async handle({ principal, query }) {
        const filters = defined({ q: query.q, branchId: query.branch, parentId: query.parent, status: query.status })
        const rows = await store.inOrganisation(principal.organisationId, (tx) =>
          tx.readings.subscribers({ ...toPage('subscribers', query), ...filters }),
        )
        return fromPage('subscribers', query.limit, rows.map(toApiSubscriber), ({ id }) => id)
      },
    }),
    endpoint({
      method: 'post',
      path: '/v1/subscribers',
      permission: 'write',
      tag,
      summary: 'Add a subscriber',
      body: subscriberIn,
      status: 201,
      answer: subscriberOut,
      async handle({ principal: { organisationId, actor }, body: { branch, ...body } }) {
        const id = await createSubscriber(parts, organisationId, { ...defined(body), branchId: branch, actor })
        return toApiSubscriber(found(await store.inOrganisation(organisationId, (tx) => tx.readings.subscriber(id)), 'subscriber'))
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/subscribers/{subscriber}',
      permission: 'read',
      tag,
      summary: 'One subscriber',
      params,
      answer: subscriberOut,
      handle: async ({ principal, params: { subscriber } }) =>
        toApiSubscriber(
          found(await store.inOrganisation(principal.organisationId, (tx) => tx.readings.subscriber(subscriber)), 'subscriber'),
        ),
    }),
    endpoint({
      method: 'patch',
      path: '/v1/subscribers/{subscriber}',
      permission: 'write',
      tag,
      summary: 'Change a subscriber',
      params,
      body: subscriberChangesIn,
      answer: subscriberOut,
      async handle({ principal: { organisationId, actor }, params: { subscriber }, body: { branch, ...body } }) {
        await changeSubscriber(parts, organisationId, subscriber, { ...defined({ ...body, branchId: branch }), actor })
        return toApiSubscriber(found(await store.inOrganisation(organisationId, (tx) => tx.readings.subscriber(subscriber)), 'subscriber'))
      },
    }),
    endpoint({
      method: 'post',
      path: '/v1/subscribers/{subscriber}/parent',
      permission: 'money',
      tag,
      summary: 'Put a subscriber under another one, who may pay',
      params,
      body: parentIn,
      answer: subscriberOut,
      async handle({ principal: { organisationId, actor }, params: { subscriber }, body: { parent, pays } }) {
        await setParent(parts, organisationId, subscriber, { parentId: parent, pays, actor })
        return toApiSubscriber(found(await store.inOrganisation(organisationId, (tx) => tx.readings.subscriber(subscriber)), 'subscriber'))
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/subscribers/{subscriber}/to-pay',
      permission: 'read',
      tag,
      summary: 'What to ask a subscriber for today',
      params,
      answer: toPayOut,
      handle: async ({ principal, params: { subscriber } }) =>
        toApiToPay(
          found(await store.inOrganisation(principal.organisationId, (tx) => amountToPay(tx, subscriber, parts.clock.now())), 'subscriber'),
        ),
    }),
    endpoint({
      method: 'get',
      path: '/v1/subscribers/{subscriber}/subscriptions',
      permission: 'read',
      tag,
      summary: 'What a subscriber agreed to buy',
      params,
      query: pageQuery,
      answer: pageOf(subscriptionOut),
      async handle({ principal, params: { subscriber }, query }) {
        const rows = await store.inOrganisation(principal.organisationId, async (tx) => {
          found(await tx.readings.subscriber(subscriber), 'subscriber')
          return await tx.readings.subscriptions({ subscriberId: subscriber, ...toPage('subscriptions', query) }, parts.clock.now())
        })
        return fromPage('subscriptions', query.limit, rows.map(toApiSubscription), ({ id }) => id)
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/subscribers/{subscriber}/services',
      permission: 'read',
      tag,
      summary: "A subscriber's lines",
      params,
      query: pageQuery,
      answer: pageOf(serviceOut),
      async handle({ principal, params: { subscriber }, query }) {
        const rows = await store.inOrganisation(principal.organisationId, async (tx) => {
          found(await tx.readings.subscriber(subscriber), 'subscriber')
          return await tx.readings.services({ subscriberId: subscriber, ...toPage('services', query) })
        })
        return fromPage('services', query.limit, rows.map(toApiService), ({ id }) => id)
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/subscribers/{subscriber}/timeline',
      permission: 'read',
      tag,
      summary: 'What was owed, paid, told and switched',
      description: 'Newest first.',
      params,
      query: pageQuery,
      answer: pageOf(timelineItemOut),
      async handle({ principal, params: { subscriber }, query }) {
        const rows = await store.inOrganisation(principal.organisationId, async (tx) => {
          found(await tx.readings.subscriber(subscriber), 'subscriber')
          return await tx.readings.timeline(subscriber, toTimelinePage(query))
        })
        return fromTimeline(query.limit, rows)
      },
    }),
  ]
}
