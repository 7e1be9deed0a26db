import { z } from '@hono/zod-openapi'
import { Defect } from '@nyuzi/core'
import { cancelSubscription } from '../../flows/subscribers/cancel-subscription.ts'
import { createSubscription } from '../../flows/subscribers/create-subscription.ts'
import { defined } from '../defined.ts'
import { type Endpoint, endpoint, found } from '../endpoint.ts'
import type { ApiParts } from '../parts.ts'
import { dateIn } from '../wire/primitives.ts'
import { subscriptionIn, subscriptionOut, toApiSubscription } from '../wire/subscribers.ts'

const tag = 'Subscriptions'
const params = { subscription: 'subscription' } as const

export function subscriptionRoutes(parts: ApiParts): readonly Endpoint[] {
  const { store } = parts
  return [
    endpoint({
      method: 'post',
      path: '/v1/subscriptions',
      permission: 'write',
      tag,
      summary: 'Sell a plan to a subscriber',
      body: subscriptionIn,
      status: 201,
      answer: subscriptionOut,
      async handle({ principal: { organisationId, actor }, body: { subscriber, plan, price, ...body } }) {
        const sold = soldOf(plan, price)
        const id = await createSubscription(parts, organisationId, { ...defined(body), subscriberId: subscriber, sold, actor })
        return toApiSubscription(found(await store.inOrganisation(organisationId, (tx) => tx.readings.subscription(id)), 'subscription'))
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/subscriptions/{subscription}',
      permission: 'read',
      tag,
      summary: 'One subscription',
      params,
      answer: subscriptionOut,
      handle: async ({ principal, params: { subscription } }) =>
        toApiSubscription(
          found(await store.inOrganisation(principal.organisationId, (tx) => tx.readings.subscription(subscription)), 'subscription'),
        ),
    }),
    endpoint({
      method: 'post',
      path: '/v1/subscriptions/{subscription}/cancel',
      permission: 'write',
      tag,
      summary: 'End a subscription',
      params,
      body: z.strictObject({ on: dateIn.openapi({ description: 'The first day without service; it may lie ahead' }) }),
      answer: subscriptionOut,
      async handle({ principal: { organisationId, actor }, params: { subscription }, body: { on } }) {
        await cancelSubscription(parts, organisationId, subscription, { on, actor })
        return toApiSubscription(
          found(await store.inOrganisation(organisationId, (tx) => tx.readings.subscription(subscription)), 'subscription'),
        )
      },
    }),
  ]
}

function soldOf<Plan, Price>(planId: Plan | undefined, priceId: Price | undefined) {
  if (planId !== undefined) return { planId }
  if (priceId !== undefined) return { priceId }
  throw new Defect('the schema let neither a plan nor a price pass')
}
